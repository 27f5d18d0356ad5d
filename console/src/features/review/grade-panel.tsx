/** Grade panel: the categories with their digits, what else is said, and one act that gives it: on what basis stands on it. */
import {
  Button,
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
import { AnnotationFields } from './annotation-fields.tsx'
import { isWhole, withGrade } from './draft.ts'
import { UNSEEN_BASES, type UnseenBasis } from './levels.ts'
import type { Scheme, Schemes } from './schemes.ts'
import type { Review } from './use-review.ts'
import { shortName } from './walk.ts'

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
    <Paper withBorder p="md" component="section" aria-labelledby="grade">
      <Stack gap="md">
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
        <Giving review={review} schemes={schemes} />
      </Stack>
    </Paper>
  )
}

/** For one item or its stack; with the exceptions in sight. */
function Scope({ review }: Pick<Grading, 'review'>) {
  const { draft, others, item, apart } = review
  if (!item || others.length === 0) return null
  const left = others.filter(({ id }) => apart.has(id))
  const count = others.length + 1 - left.length
  return (
    <div>
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
      <Text size="sm" c="dimmed" mt={4}>
        {left.length === 0
          ? 'Nothing stands apart. X on an item sets it apart.'
          : `Standing apart: ${left.map(shortName).join(', ')}.`}
      </Text>
    </div>
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
        {code === 'none' ? 'None' : code}
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
  const count = others.filter(({ id }) => !apart.has(id)).length + 1
  const what = draft.isForStack && others.length > 0 ? `Grade ${count} as ${category}` : `Grade ${category}`
  return (
    <Stack gap="xs">
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
        disabled={!isWhole(draft, schemes)}
        loading={review.isBusy}
        onClick={review.give}
        rightSection={<Kbd size="xs">Enter</Kbd>}
      >
        {category === undefined ? 'No grade is drafted' : `${what}, on the basis: ${basis}`}
      </Button>
      {draft.isForStack && count > 1 && (
        <Text size="sm" c="dimmed">
          To grade a stack never says that each of it was seen.
        </Text>
      )}
      <Told error={review.error} />
    </Stack>
  )
}
