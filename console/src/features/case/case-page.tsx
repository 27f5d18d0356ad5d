/** Case page: the first screen of a case shows no picture: why it is here, what the machine found, the clock, what is next. */
import { Anchor, Badge, Button, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { WholeCaseTold } from '#contract/desk'
import { ask, queries } from '../../app/queries.ts'
import { Clock } from '../../components/clock.tsx'
import { Moment } from '../../components/moment.tsx'
import { Presence } from '../../components/presence.tsx'
import { Told } from '../../components/told.tsx'
import { caseKindWords, channelWords, itemStateWords, reportKindWords, stateWords } from './words.ts'

export function CasePage() {
  const { number } = useParams({ from: '/desk/cases/$number' })
  const whole = useQuery({
    queryKey: ['case', number],
    queryFn: () => ask<WholeCaseTold>(`/v1/cases/${encodeURIComponent(number)}`),
  })
  if (whole.error) return <Told error={whole.error} />
  if (!whole.data) return null
  return <Whole told={whole.data} />
}

function Whole({ told }: { readonly told: WholeCaseTold }) {
  const { case: one, why, next } = told
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start">
        <div>
          <Anchor component={Link} to="/queue" size="sm">
            Queue
          </Anchor>
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
            <Anchor component={Link} to={`/ledger/${one.number}`} inherit>
              the whole story
            </Anchor>
          </Text>
          <Presence number={one.number} />
        </div>
        <Claiming told={told} />
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
        <Fact title="Why it is here">{why}</Fact>
        <Fact title="Next">{next}</Fact>
        <Fact title="Clock">{one.priority.dueAt ? <Clock dueAt={one.priority.dueAt} /> : 'None runs.'}</Fact>
        <Fact title="Has it">{one.claim ? (one.claim.mine ? 'You' : one.claim.by) : 'Nobody'}</Fact>
      </SimpleGrid>
      <Reports reports={told.reports} />
      <Items told={told} />
    </Stack>
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

function Claiming({ told: { case: one } }: { readonly told: WholeCaseTold }) {
  const path = `/v1/cases/${encodeURIComponent(one.number)}`
  const options = { onSuccess: () => queries.invalidateQueries() }
  const claim = useMutation({
    mutationFn: () => ask(`${path}/claim`, { method: 'POST', body: {} }),
    ...options,
  })
  const release = useMutation({
    mutationFn: () => ask(`${path}/release`, { method: 'POST', body: {} }),
    ...options,
  })
  return (
    <Stack align="flex-end" gap="xs">
      <Group>
        {one.claim?.mine ? (
          <>
            <Button variant="default" onClick={() => release.mutate()} loading={release.isPending}>
              Hand over
            </Button>
            <Button component={Link} to={`/cases/${one.number}/review`}>
              Review
            </Button>
          </>
        ) : (
          !one.claim && (
            <Button onClick={() => claim.mutate()} loading={claim.isPending}>
              Take it up
            </Button>
          )
        )}
      </Group>
      <Told error={claim.error ?? release.error} />
    </Stack>
  )
}

function Reports({ reports }: Pick<WholeCaseTold, 'reports'>) {
  return (
    <section aria-labelledby="reports">
      <Title order={2} id="reports" mb="xs">
        Reports
      </Title>
      <Stack gap="sm">
        {reports.map((report) => (
          <Paper key={report.id} withBorder p="md">
            <Text size="sm" c="dimmed">
              {reportKindWords[report.kind]}, from {channelWords[report.channel]},{' '}
              <Moment at={report.receivedAt} />
              {report.anonymous ? ', without a name' : ''}
            </Text>
            {report.words && <Text mt="xs">{report.words}</Text>}
            {report.address && (
              <Text mt="xs" size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                {report.address}
              </Text>
            )}
          </Paper>
        ))}
      </Stack>
    </section>
  )
}

function Items({ told }: { readonly told: WholeCaseTold }) {
  if (told.items.length === 0) return null
  return (
    <section aria-labelledby="items">
      <Title order={2} id="items" mb="xs">
        Items
      </Title>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Item</Table.Th>
              <Table.Th>What the machine found</Table.Th>
              <Table.Th>On whose word</Table.Th>
              <Table.Th>Decision</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {told.items.map((item) => (
              <Table.Tr key={item.id}>
                <Table.Td>
                  <Text size="sm" ff="monospace">
                    {item.hashes.sha256?.slice(0, 8) ?? item.id}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {item.mediaType ?? reportKindWords[item.kind]}
                    {item.stack === item.id ? '' : ', in a stack'}
                  </Text>
                </Table.Td>
                <Table.Td>{itemStateWords[item.state]}</Table.Td>
                <Table.Td>
                  {item.screening?.matches.slice(0, 3).map((match) => (
                    <Text key={`${match.list} ${match.entry}`} size="sm">
                      {match.list}: {match.trust}
                      {match.distance === undefined
                        ? `, by ${match.basis}`
                        : `, ${match.distance} of 256 bits differ`}
                    </Text>
                  )) ?? <Text c="dimmed">nobody’s</Text>}
                </Table.Td>
                <Table.Td>
                  {item.decision?.grades
                    .map(({ scheme, category }) => `${category} (${scheme})`)
                    .join(', ') ?? <Text c="dimmed">open</Text>}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {told.moreItems > 0 && (
        <Text size="sm" c="dimmed">
          and {told.moreItems} more
        </Text>
      )}
    </section>
  )
}
