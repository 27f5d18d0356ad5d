/** Queue page: what waits, in its order, and why each stands above the next. No picture is on it. */
import { Badge, Button, Group, Stack, Table, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useHotkeys } from 'react-hotkeys-hook'
import type { CaseTold, QueueTold } from '#contract/desk'
import { ask } from '../../app/queries.ts'
import { hasRole, useMe } from '../../app/session.ts'
import { Clock } from '../../components/clock.tsx'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { caseKindWords, movedWords, stateWords } from '../case/words.ts'

const ROWS = 100

export function QueuePage() {
  const me = useMe()
  const navigate = useNavigate()
  const queue = useQuery({
    queryKey: ['queue'],
    queryFn: () => ask<QueueTold>(`/v1/queue?limit=${ROWS}`),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
  const next = useMutation({
    mutationFn: () => ask<CaseTold | undefined>('/v1/cases/next', { method: 'POST', body: {} }),
    onSuccess: async (given) => {
      if (given) return navigate({ to: '/cases/$number', params: { number: given.number } })
      notifications.show({ message: 'Nothing waits that you may take up.' })
    },
  })
  const mayClaim = hasRole(me, 'analyst', 'reviewer', 'supervisor', 'officer', 'examiner')
  useHotkeys('n', () => next.mutate(), { enabled: mayClaim })
  return (
    <Stack>
      <Group justify="space-between">
        <div>
          <Title order={1}>Queue</Title>
          <Text c="dimmed" size="sm">
            {queue.data ? `${queue.data.total} wait for a person` : ' '}
          </Text>
        </div>
        {mayClaim && (
          <Button onClick={() => next.mutate()} loading={next.isPending}>
            Take the next case (N)
          </Button>
        )}
      </Group>
      <Told error={queue.error ?? next.error} />
      {queue.data && (queue.data.total === 0 ? <Empty /> : <Rows cases={queue.data.cases} />)}
    </Stack>
  )
}

function Rows({ cases }: { readonly cases: QueueTold['cases'] }) {
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Case</Table.Th>
            <Table.Th>Why here</Table.Th>
            <Table.Th>Waits for</Table.Th>
            <Table.Th>Clock</Table.Th>
            <Table.Th visibleFrom="sm">Oldest report</Table.Th>
            <Table.Th>Has it</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cases.map((one) => (
            <Row key={one.number} one={one} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** What the badge says already. */
const AT_RISK_WHY = 'a child is at risk now'

function Row({ one }: { readonly one: QueueTold['cases'][number] }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Text
          component={Link}
          to="/cases/$number"
          params={{ number: one.number } as never}
          fw={600}
          style={{ whiteSpace: 'nowrap' }}
          c="var(--mantine-color-anchor)"
        >
          {one.number}
        </Text>
        <Text size="xs" c="dimmed">
          {caseKindWords[one.kind]}, {one.items === 1 ? '1 item' : `${one.items} items`}
        </Text>
      </Table.Td>
      <Table.Td maw={380}>
        {one.priority.atRisk && (
          <Badge color="red" variant="filled" mr="xs" tt="none" miw="max-content">
            child at risk now
          </Badge>
        )}
        {one.why !== AT_RISK_WHY && (
          <Text span size="sm">
            {one.why}
          </Text>
        )}
        <Ordered one={one} />
      </Table.Td>
      <Table.Td>{stateWords[one.state]}</Table.Td>
      <Table.Td>
        {one.priority.dueAt ? (
          <Clock dueAt={one.priority.dueAt} />
        ) : (
          <Text c="dimmed" size="sm">
            none
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Moment at={one.priority.receivedAt} size="sm" />
      </Table.Td>
      <Table.Td>
        {one.claim ? (
          <Text size="sm">{one.claim.mine ? 'you' : one.claim.by}</Text>
        ) : (
          <Text size="sm" c="dimmed">
            nobody
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

/** What a prioritiser did to the order, where it had a word that did anything. */
function Ordered({ one }: { readonly one: QueueTold['cases'][number] }) {
  const { ordered } = one.priority
  const words = movedWords(ordered, one.moved)
  if (words === undefined || (ordered?.points === 0 && (one.moved ?? 0) === 0)) return null
  return (
    <Text size="xs" c="dimmed">
      {words}
    </Text>
  )
}

/** An empty queue teaches what fills it. */
function Empty() {
  return (
    <Stack align="flex-start" maw={560} py="xl">
      <Title order={2}>Nothing waits</Title>
      <Text>
        Cases come from reports: the public page at <code>/report</code>, platforms by the interface, the
        gate, and scans. The machine looks at each first; what is known by the same file never comes here.
      </Text>
      <Text>
        To see the desk at work, run <code>npm run demo:desk</code>: everything in it is generated.
      </Text>
    </Stack>
  )
}
