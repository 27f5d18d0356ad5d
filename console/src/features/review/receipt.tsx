/** Receipt: what was graded on this visit, what became an entry, what waits for whom, and the next case. */
import { Alert, Anchor, Button, Group, Kbd, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { CaseTold } from '#contract/desk'
import { ask } from '../../app/queries.ts'
import { Told } from '../../components/told.tsx'
import { itemName, stateWords } from '../case/words.ts'
import { useKeys } from './keys.ts'
import type { Given, Review } from './use-review.ts'
import type { ItemTold } from './walk.ts'

export function Receipt({ review, back }: { readonly review: Review; readonly back: () => void }) {
  const { given, after, last, walk } = review
  const next = useNext()
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => title.current?.focus(), [])
  const takeBack = (): void => {
    review.takeBack(last)
  }
  useKeys({ ...NO_ACTS, next: () => next.mutate(), takeBack })
  const entries = given.flatMap(({ entry }) => entry ?? [])
  const names = new Map(walk.map((item) => [item.id as string, item]))
  return (
    <Stack gap="lg" maw={860}>
      <div>
        <Anchor component={Link} to="/queue" size="sm">
          Queue
        </Anchor>
        <Title order={1} ref={title} tabIndex={-1}>
          {given.length === 0 ? 'Nothing waits here for you' : 'Receipt'}
        </Title>
        <Text c="dimmed" size="sm">
          Case {after.number}: it waits for {stateWords[after.state]}.
        </Text>
      </div>
      {given.length > 0 && <GivenTable given={given} names={names} />}
      <Follows given={given} entries={entries.length} after={after} />
      <Told error={review.error ?? next.error} />
      {next.isSuccess && !next.data && <Alert>Nothing waits that you may take up.</Alert>}
      <Group>
        <Button onClick={() => next.mutate()} loading={next.isPending} rightSection={<Kbd size="xs">N</Kbd>}>
          Next case
        </Button>
        {last.length > 0 && (
          <Button
            variant="default"
            onClick={takeBack}
            loading={review.isBusy}
            rightSection={<Kbd size="xs">U</Kbd>}
          >
            {last.length === 1 ? 'Take the last back' : `Take the last ${last.length} back`}
          </Button>
        )}
        {!review.isLost && (
          <Button variant="default" onClick={back}>
            To the case
          </Button>
        )}
      </Group>
    </Stack>
  )
}

const nothing = (): void => undefined
const NO_ACTS = {
  ...{
    grade: nothing,
    confirm: nothing,
    takeBack: nothing,
    move: nothing,
    except: nothing,
    openView: nothing,
  },
  ...{ show: nothing, release: nothing, toggle: nothing, done: nothing, fullScreen: nothing },
  ...{ handOver: nothing, next: nothing, sheet: nothing, focus: nothing },
}

/** Takes up the next case; its first screen shows no picture. */
export function useNext() {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => ask<CaseTold | undefined>('/v1/cases/next', { method: 'POST', body: {} }),
    onSuccess: async (told) => {
      if (told) await navigate({ to: '/cases/$number', params: { number: told.number } })
    },
  })
}

interface GivenTableProps {
  readonly given: readonly Given[]
  readonly names: ReadonlyMap<string, ItemTold>
}

function GivenTable({ given, names }: GivenTableProps) {
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Item</Table.Th>
            <Table.Th>Your grade</Table.Th>
            <Table.Th>On the basis</Table.Th>
            <Table.Th>What follows</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {given.map((one) => (
            <Table.Tr key={one.vote.id}>
              <Table.Td ff="monospace">{nameOf(one.vote.item, names)}</Table.Td>
              <Table.Td>
                {one.vote.grades?.map(({ category, scheme }) => `${category} (${scheme})`).join(', ')}
              </Table.Td>
              <Table.Td>
                {one.vote.basis}
                {one.vote.forStack ? ', of its stack' : ''}
              </Table.Td>
              <Table.Td>{followsWords(one)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function nameOf(id: string, names: ReadonlyMap<string, ItemTold>): string {
  const item = names.get(id)
  return item ? itemName(item) : id
}

function followsWords({ isDecided, entry }: Given): string {
  if (entry) return `decided: entry ${entry.entry} of the list ${entry.list}`
  return isDecided ? 'decided' : 'waits for another person'
}

interface FollowsProps {
  readonly given: readonly Given[]
  readonly entries: number
  readonly after: CaseTold
}

function Follows({ given, entries, after }: FollowsProps) {
  if (given.length === 0)
    return <Text>Every item of this case is known, decided, or waits for somebody else.</Text>
  const lines = [
    entries > 0 &&
      `${entries === 1 ? 'One became an entry' : `${entries} became entries`} of the organisation’s own list: ` +
        'the next copy is found by itself.',
    after.state === 'second' &&
      'Another person grades them too, without seeing what you said. Until then you can take yours back.',
    after.state === 'third' && 'Two people disagree: a third one settles it.',
    after.state === 'decided' && 'Nothing of this case waits for a person.',
  ].filter((line) => line !== false)
  return (
    <Stack gap={4}>
      {lines.map((line) => (
        <Text key={line}>{line}</Text>
      ))}
    </Stack>
  )
}
