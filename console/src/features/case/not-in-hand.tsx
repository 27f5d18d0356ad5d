/** Not in hand: a case that somebody may not read now: who has it and until when, or how it is taken up; as it happens. */
import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { QueueTold } from '#contract/desk'
import { ask, Problem, queries } from '../../app/queries.ts'
import { hasRole, useMe } from '../../app/session.ts'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { BackToQueue } from './back-to-queue.tsx'
import { caseKindWords, purposeWords, stateWords } from './words.ts'

/** As many as the queue's page shows: what is asked for there need not be asked for again. */
const ROWS = 100

/** Who may take cases up. The service decides; what it would refuse is not offered. */
export function useMayClaim(): boolean {
  return hasRole(useMe(), 'analyst', 'reviewer', 'supervisor', 'officer', 'examiner')
}

/** Takes a case up. */
export function useClaim(number: string) {
  return useMutation({
    mutationFn: () => ask(`/v1/cases/${encodeURIComponent(number)}/claim`, { body: {} }),
    onSuccess: () => queries.invalidateQueries(),
  })
}

/** A case is read by whoever has it, and by those who answer for the work: others may take it up. */
export function NotInHand({ number, error }: { readonly number: string; readonly error: Error }) {
  const mayClaim = useMayClaim()
  const claim = useClaim(number)
  const { data } = useQuery({
    queryKey: ['queue'],
    queryFn: () => ask<QueueTold>(`/v1/queue?limit=${ROWS}`),
    enabled: mayClaim,
  })
  const row = data?.cases.find((one) => one.number === number)
  const isTheirs = row?.claim !== undefined && !row.claim.mine
  const isNowhere = error instanceof Problem && error.code === 'evidence.unknown'
  const isNotTheirs = error instanceof Problem && error.message.includes('(not-allocated, ')
  return (
    <Stack maw={640} align="flex-start">
      <BackToQueue />
      <Title order={1}>{number}</Title>
      {row && isNotTheirs ? <Waiting row={row} /> : <Told error={error} />}
      <Told error={claim.error} />
      {mayClaim && !isTheirs && !isNowhere && (
        <Group>
          <Button onClick={() => claim.mutate()} loading={claim.isPending}>
            Take it up
          </Button>
        </Group>
      )}
    </Stack>
  )
}

function Waiting({ row: { kind, items, state, claim, why } }: { readonly row: QueueTold['cases'][number] }) {
  return (
    <Stack gap="xs">
      <Text c="dimmed" size="sm">
        {caseKindWords[kind]}, {items === 1 ? '1 item' : `${items} items`}, waits for {stateWords[state]}
      </Text>
      <Text>{why}</Text>
      <Text role="status">
        {claim ? (
          <>
            {claim.mine ? 'You have' : <strong>{claim.by}</strong>}
            {claim.mine ? ' it' : ' has it'}, {purposeWords[claim.purpose]}, until <Moment at={claim.until} />
            .
          </>
        ) : (
          'Nobody has it.'
        )}
      </Text>
      <Text size="sm" c="dimmed">
        What was told of it is shown to whoever takes it up, one person at a time.
      </Text>
    </Stack>
  )
}
