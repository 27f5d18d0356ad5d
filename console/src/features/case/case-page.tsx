/** Case page: the first screen of a case shows no picture: why it is here, what the machine found, the clock, what is next. */
import {
  Alert,
  Anchor,
  Badge,
  Button,
  Group,
  Kbd,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useHotkeys } from 'react-hotkeys-hook'
import type { WholeCaseTold } from '#contract/desk'
import { ask, queries } from '../../app/queries.ts'
import { Clock } from '../../components/clock.tsx'
import { Moment } from '../../components/moment.tsx'
import { Presence } from '../../components/presence.tsx'
import { Told } from '../../components/told.tsx'
import { BackToQueue } from './back-to-queue.tsx'
import { CaseActs } from './case-acts.tsx'
import { ItemsTable } from './items-table.tsx'
import { NotInHand, useClaim, useMayClaim } from './not-in-hand.tsx'
import { Reports } from './reports.tsx'
import { Votes } from './votes.tsx'
import { caseKindWords, movedWords, purposeWords, stateWords } from './words.ts'

export function CasePage() {
  const { number } = useParams({ from: '/desk/cases/$number' })
  const whole = useQuery({
    queryKey: ['case', number],
    queryFn: () => ask<WholeCaseTold>(`/v1/cases/${encodeURIComponent(number)}`),
    // A refusal is on record: to come back to the page is not to ask again.
    refetchOnWindowFocus: ({ state }) => state.error === null,
  })
  if (whole.error) return <NotInHand number={number} error={whole.error} />
  if (!whole.data) return null
  return <Whole told={whole.data} />
}

function Whole({ told }: { readonly told: WholeCaseTold }) {
  const { case: one, why, next, policy } = told
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start">
        <div>
          <BackToQueue />
          <Group gap="sm">
            <Title order={1}>{one.number}</Title>
            {one.priority.atRisk && (
              <Badge color="red" variant="filled" tt="none">
                child at risk now
              </Badge>
            )}
          </Group>
          <Text c="dimmed" size="sm">
            {caseKindWords[one.kind]}, opened <Moment at={one.openedAt} />, waits for {stateWords[one.state]};{' '}
            <Anchor component={Link} to={`/ledger/${one.number}`} inherit underline="always">
              the whole story
            </Anchor>
          </Text>
          <Presence number={one.number} />
        </div>
        <Claiming told={told} />
      </Group>
      <States told={told} />
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
        <Fact title="Why it is here">
          {why}
          <Ordered told={told} />
        </Fact>
        <Fact title="Next">{next}</Fact>
        <Fact title="Clock">{one.priority.dueAt ? <Clock dueAt={one.priority.dueAt} /> : 'None runs.'}</Fact>
        <Fact title="Has it">
          {one.claim ? (
            <>
              {one.claim.mine ? 'You' : one.claim.by}, {purposeWords[one.claim.purpose]}, until it lapses{' '}
              <Moment at={one.claim.until} />
            </>
          ) : (
            'Nobody'
          )}
        </Fact>
      </SimpleGrid>
      <Reports reports={told.reports} />
      <ItemsTable told={told} />
      <Votes votes={told.votes} items={told.items} policy={policy} />
      <CaseActs told={told} />
    </Stack>
  )
}

/** What a prioritiser did to the order, or that it has said nothing. */
function Ordered({ told: { case: one, moved, prioritiser } }: { readonly told: WholeCaseTold }) {
  const isWaiting = WAITING.includes(one.state)
  const silent = `${prioritiser} has said nothing of it: it stands as it would without.`
  const words = movedWords(one.priority.ordered, moved) ?? (prioritiser && isWaiting ? silent : undefined)
  if (words === undefined) return null
  return (
    <Text size="xs" c="dimmed" mt={4}>
      {words}
    </Text>
  )
}

/** What stops a case, in words that cannot be overlooked. */
function States({ told: { case: one } }: { readonly told: WholeCaseTold }) {
  return (
    <>
      {one.priority.atRisk && (
        <Alert color="red" title="A child is at risk now">
          Call first: “Child at risk now”, above, says whom. Looks, votes and filings follow.
        </Alert>
      )}
      {one.heldBecause !== undefined && (
        <Alert color="yellow" title="On hold">
          {one.heldBecause} Nobody is given it until it is taken up again.
        </Alert>
      )}
      {one.closedAt !== undefined && (
        <Alert color="gray" title="Closed">
          <Moment at={one.closedAt} />
          {one.closedBecause === undefined ? '' : `: ${one.closedBecause}`}
        </Alert>
      )}
    </>
  )
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Text size="xs" c="dimmed" mb={4}>
        {title}
      </Text>
      <Text component="div" size="sm">
        {children}
      </Text>
    </Paper>
  )
}

const WAITING = ['waiting', 'second', 'third']

function Claiming({ told: { case: one, items } }: { readonly told: WholeCaseTold }) {
  const isClaimer = useMayClaim()
  const navigate = useNavigate()
  const claim = useClaim(one.number)
  const release = useMutation({
    mutationFn: () => ask(`/v1/cases/${encodeURIComponent(one.number)}/release`, { body: {} }),
    onSuccess: async () => {
      await navigate({ to: '/queue' })
      await queries.invalidateQueries()
    },
  })
  const isMine = one.claim?.mine === true
  const review = (): void => {
    void navigate({ to: '/cases/$number/review', params: { number: one.number } })
  }
  useHotkeys('r', review, { enabled: isMine && items.length > 0 })
  const mayClaim = !one.claim && one.heldBecause === undefined && WAITING.includes(one.state) && isClaimer
  return (
    <Stack align="flex-end" gap="xs">
      <Group>
        {isMine && (
          <Button variant="default" onClick={() => release.mutate()} loading={release.isPending}>
            Hand over
          </Button>
        )}
        {isMine && items.length > 0 && (
          <Button onClick={review} rightSection={<Kbd size="xs">R</Kbd>}>
            Review
          </Button>
        )}
        {mayClaim && (
          <Button onClick={() => claim.mutate()} loading={claim.isPending}>
            Take it up
          </Button>
        )}
      </Group>
      <Told error={claim.error ?? release.error} />
    </Stack>
  )
}
