/** Story page: everything that was done in a case, in order, and what the ledger has of each act. No picture is on it. */
import { Alert, Anchor, Badge, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { StoryTold } from '#contract/story'
import { ask } from '../../app/queries.ts'
import { hasRole, useMe } from '../../app/session.ts'
import { CsvButton } from '../../components/figure.tsx'
import { Told } from '../../components/told.tsx'
import { HowToCheck } from './how-to-check.tsx'
import { StoryRows } from './story-rows.tsx'
import { byWords, leafWords } from './words.ts'

export function StoryPage() {
  const { number } = useParams({ from: '/desk/ledger/$number' })
  const path = `/v1/cases/${encodeURIComponent(number)}/story`
  const story = useInfiniteQuery({
    queryKey: ['story', number],
    queryFn: ({ pageParam }) => ask<StoryTold>(pageParam === '' ? path : `${path}?after=${pageParam}`),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: 30_000,
  })
  const events = story.data?.pages.flatMap((page) => page.events) ?? []
  return (
    <Stack gap="lg">
      <Head number={number} events={events} />
      <Told error={story.error} />
      {story.data && <Whether events={events} />}
      {events.length > 0 && <StoryRows events={events} />}
      {story.hasNextPage && (
        <Button
          variant="default"
          onClick={() => void story.fetchNextPage()}
          loading={story.isFetchingNextPage}
        >
          Show what came after
        </Button>
      )}
      {events.length > 0 && <HowToCheck signingKey={undefined} />}
    </Stack>
  )
}

function Head({ number, events }: { readonly number: string; readonly events: StoryTold['events'] }) {
  const me = useMe()
  const readsLedger = hasRole(
    me,
    ...(['supervisor', 'auditor', 'administrator', 'steward', 'officer', 'examiner'] as const),
  )
  return (
    <Group justify="space-between" align="flex-start">
      <div>
        <Anchor component={Link} to={readsLedger ? '/ledger' : `/cases/${number}`} size="sm">
          {readsLedger ? 'Ledger' : 'The case'}
        </Anchor>
        <Title order={1}>The story of {number}</Title>
        <Text c="dimmed" size="sm">
          What was done, by whom and when. Votes are told, and not how anybody voted.
        </Text>
      </div>
      <CsvButton
        name={`story-${number.replaceAll('/', '-')}`}
        columns={[
          { title: 'When', of: ({ at }) => at },
          { title: 'Who', of: ({ by }) => byWords(by) },
          { title: 'What', of: ({ words }) => words },
          { title: 'Particulars', of: ({ particulars }) => particulars.join('; ') },
          { title: 'Leaf', of: ({ leaf }) => leaf.number },
          { title: 'Ledger', of: ({ leaf }) => leafWords[leaf.state][0] },
        ]}
        rows={events}
      />
    </Group>
  )
}

/** In one line, whether the whole of it is proved. */
function Whether({ events }: Pick<StoryTold, 'events'>) {
  const of = (state: string): number => events.filter(({ leaf }) => leaf.state === state).length
  const differs = of('differs')
  if (events.length === 0) return <Text>Nothing was done in this case.</Text>
  if (differs > 0)
    return (
      <Alert color="red" role="alert" title={`${differs} of these acts are not as they were written down`}>
        What stands in the database is not what the ledger has of it. Keep the machine as it is, and tell
        whoever runs the service; <code>tutela ledger verify</code> says what differs.
      </Alert>
    )
  const proved = of('proved')
  return (
    <Group gap="xs">
      <Badge color={proved === events.length ? 'green' : 'gray'} variant="light" tt="none" fw={500}>
        {proved === events.length ? 'all proved' : `${proved} of ${events.length} proved`}
      </Badge>
      <Text size="sm" c="dimmed">
        {proved === events.length
          ? 'Each act is under a signed checkpoint.'
          : 'The others get their place and a signature within seconds while the service runs.'}
      </Text>
    </Group>
  )
}
