/** Totals: how much a team looked on days that are over; of a day on which few looked, nothing. */
import { Group, Loader, Stack, Text, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { TotalsTold } from '#contract/viewings'
import { ask } from '../../app/queries.ts'
import type { Column } from '../../components/csv.ts'
import { Figure } from '../../components/figure.tsx'
import { Told } from '../../components/told.tsx'

type Day = TotalsTold['days'][number]

const DAY_MILLISECONDS = 86_400_000
const COLUMNS: readonly Column<Day>[] = [
  { title: 'Day', of: ({ day }) => day },
  { title: 'People', of: ({ counts }) => counts?.people },
  { title: 'Looks', of: ({ counts }) => counts?.looks },
  { title: 'Units', of: ({ counts }) => counts?.units },
  { title: 'Units a person', of: ({ counts }) => counts?.unitsPerPerson },
]
const daysAgo = (days: number): string =>
  new Date(Date.now() - days * DAY_MILLISECONDS).toISOString().slice(0, 10)

export function Totals() {
  const [from, setFrom] = useState(daysAgo(30))
  const [to, setTo] = useState(daysAgo(1))
  const { data, error, isPending } = useQuery({
    queryKey: ['exposure', 'totals', from, to],
    queryFn: () => ask<TotalsTold>(`/v1/exposure/totals?from=${from}&to=${to}`),
    placeholderData: keepPreviousData,
    enabled: from !== '' && to !== '',
  })
  return (
    <Stack maw={880}>
      <Group align="flex-end">
        <TextInput
          type="date"
          label="From"
          value={from}
          max={to}
          onChange={({ currentTarget }) => setFrom(currentTarget.value)}
        />
        <TextInput
          type="date"
          label="To"
          value={to}
          min={from}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
        />
      </Group>
      <Told error={error} />
      {isPending && !error && <Loader aria-label="Totals are asked for" />}
      {data && (data.days.length === 0 ? <Nothing /> : <Days days={data.days} from={from} to={to} />)}
    </Stack>
  )
}

function Days({ days, from, to }: { days: readonly Day[]; from: string; to: string }) {
  return (
    <Figure
      title="Looking, a person and day"
      words={
        'Units that a person looked at on the average of those who looked. People see theirs first; a ' +
        'day on which fewer than five looked is not told.'
      }
      name={`exposure-${from}-${to}`}
      columns={COLUMNS}
      rows={days}
      drawing={{
        kind: 'bar',
        along: days.map(({ day }) => day),
        series: [
          { name: 'Units a person', values: days.map(({ counts }) => counts?.unitsPerPerson ?? null) },
        ],
      }}
    />
  )
}

function Nothing() {
  return (
    <Text>
      Nobody looked at anything on these days, or they are not over. Totals come once a day is over, so that
      people see theirs first.
    </Text>
  )
}
