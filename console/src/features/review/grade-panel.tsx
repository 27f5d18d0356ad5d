/** Grade panel: the categories with their digits, what else is said, and one act that gives it: on what basis stands on it. */

import {
  Button,
  Group,
  Kbd,
  NativeSelect,
  Paper,
  Radio,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  Title,
} from '@mantine/core'
import type { ReactNode } from 'react'
import { Told } from '../../components/told.tsx'
import { itemName } from '../case/words.ts'
import { AnnotationFields } from './annotation-fields.tsx'
import { isWhole, withGrade } from './draft.ts'
import { UNSEEN_BASES, type UnseenBasis } from './levels.ts'
import type { Scheme, Schemes } from './schemes.ts'
import type { Review } from './use-review.ts'

interface Grading {
  readonly review: Review
  readonly schemes: Schemes
}

export function GradePanel({ review, schemes }: Grading) {
  const { item, draft, graded } = review
  if (!item) return null
  const given = graded.get(item.id)
  if (given)
    return (
      <Paper withBorder p="md" component="section" aria-labelledby="grade">
        <Title order={2} id="grade" mb="xs">
          Graded
        </Title>
        <Text>{given.vote.grades?.map(({ category, scheme }) => `${category} (${scheme})`).join(', ')}</Text>
        <Text size="sm" c="dimmed" mt="xs">
          {given.isDecided ? 'It is decided: an appeal opens it again.' : 'U takes back what you gave last.'}
        </Text>
      </Paper>
    )
  return (
    <Paper withBorder component="section" aria-labelledby="grade" className="grade">
      <Stack gap="md" p="md" className="grade-fields">
        <Title order={2} id="grade">
          Grade
        </Title>
        <Scope review={review} />
        {schemes.main && <MainScheme scheme={schemes.main} review={review} />}
        {schemes.all
          .filter(({ isMain }) => !isMain)
          .map((scheme, at) => (
            <NativeSelect
              key={scheme.scheme}
              data-field={at === 0 ? 'scheme' : undefined}
              label={`Also in ${scheme.title}`}
              value={draft.grades[scheme.scheme] ?? ''}
              onChange={({ currentTarget: { value } }) =>
                review.change(withGrade(draft, scheme.scheme, value === '' ? undefined : value))
              }
              data={[
                { value: '', label: 'not graded in it' },
                ...scheme.codes.map(({ code, title }) => ({ value: code, label: `${code}: ${title}` })),
              ]}
            />
          ))}
        <AnnotationFields review={review} ageBands={schemes.ageBands} />
        <Textarea
          data-field="notes"
          label="Notes"
          description="Why, where it is not plain. Sealed with the case."
          value={draft.rationale}
          onChange={({ currentTarget }) => review.change({ ...draft, rationale: currentTarget.value })}
          maxLength={2000}
          autosize
          minRows={2}
        />
      </Stack>
      <Giving review={review} schemes={schemes} />
    </Paper>
  )
}

/** For one item or its stack; with the exceptions in sight. */
function Scope({ review }: Pick<Grading, 'review'>) {
  const { draft, others, item, apart, pile } = review
  if (!item || !pile || pile.items.length === 1) return null
  const isApart = apart.has(item.id)
  const left = others.filter(({ id }) => apart.has(id))
  const count = others.length + 1 - left.length
  return (
    <Stack gap={6}>
      {!isApart && count > 1 && (
        <SegmentedControl
          fullWidth
          aria-label="What is graded"
          value={draft.isForStack ? 'stack' : 'item'}
          onChange={(value) => review.change({ ...draft, isForStack: value === 'stack' })}
          data={[
            { value: 'item', label: 'This item' },
            { value: 'stack', label: `Its stack: ${count}` },
          ]}
        />
      )}
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {isApart
            ? 'This one stands apart from its stack.'
            : left.length === 0
              ? 'Nothing of its stack stands apart.'
              : `Apart: ${left.map(itemName).join(', ')}.`}
        </Text>
        <Button
          variant="default"
          size="compact-sm"
          className="kept-whole"
          onClick={() => review.toggleApart(item.id)}
          rightSection={<Kbd size="xs">X</Kbd>}
        >
          {isApart ? 'Put it back' : 'Set apart'}
        </Button>
      </Group>
    </Stack>
  )
}

function MainScheme({ scheme, review }: { readonly scheme: Scheme } & Pick<Grading, 'review'>) {
  const { draft } = review
  return (
    <Radio.Group
      label={scheme.title}
      description={`As of ${scheme.version}`}
      value={draft.grades[scheme.scheme] ?? ''}
      onChange={(code) => review.change(withGrade(draft, scheme.scheme, code))}
    >
      <Stack gap="xs" mt="xs">
        {scheme.codes.map(({ code, title, key }) => (
          <Radio
            key={code}
            value={code}
            label={
              <Labelled code={code} hint={key}>
                {title}
              </Labelled>
            }
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}

/** What a category is called. */
function nameOf(code: string | undefined): string {
  return code === 'none' ? 'None' : (code ?? '')
}

interface LabelGiven {
  readonly code: string
  readonly hint: string | undefined
  readonly children: ReactNode
}

function Labelled({ code, hint, children }: LabelGiven) {
  return (
    <>
      {hint !== undefined && (
        <Kbd size="xs" mr={6}>
          {hint}
        </Kbd>
      )}
      <Text span fw={600} size="sm">
        {nameOf(code)}
      </Text>
      <Text span size="sm">
        {' '}
        {children}
      </Text>
    </>
  )
}

const unseenWords: Readonly<Record<UnseenBasis, string>> = {
  hash: 'its hashes, and what the machine found',
  text: 'the words of the report',
  metadata: 'what is known about the file',
  'third-party': 'somebody else’s word',
}

function Giving({ review, schemes }: Grading) {
  const { draft, basis, seen, item, others, apart } = review
  const category = schemes.main && draft.grades[schemes.main.scheme]
  const isStack = draft.isForStack && others.length > 0
  const count = others.filter(({ id }) => !apart.has(id)).length + 1
  const what = isStack ? `Grade ${count} as ${nameOf(category)}` : `Grade ${nameOf(category)}`
  return (
    <Stack gap="xs" p="md" className="giving">
      {seen.size === 0 && item && (
        <NativeSelect
          label="On the basis of"
          description="No picture of it was on the screen here."
          value={basis}
          onChange={({ currentTarget: { value } }) =>
            review.change({ ...draft, unseen: value as UnseenBasis })
          }
          data={UNSEEN_BASES.map((value) => ({ value, label: unseenWords[value] }))}
        />
      )}
      <Button
        fullWidth
        className="wraps"
        disabled={!isWhole(draft, schemes)}
        loading={review.isBusy}
        onClick={review.give}
        rightSection={<Kbd size="xs">Enter</Kbd>}
      >
        {category === undefined ? 'No grade is drafted' : `${what}, on the basis: ${basis}`}
      </Button>
      {isStack && (
        <Text size="sm" c="dimmed">
          To grade a stack never says that each of it was seen.
        </Text>
      )}
      <Told error={review.error} />
    </Stack>
  )
}
