/** Board page: clocks, load, agreement and what is ready to be taken down, for those who answer for the work. */
import { Group, Loader, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { BoardTold } from '#contract/board'
import { ask } from '../../app/queries.ts'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { Agreement } from './agreement.tsx'
import { Clocks, Waiting } from './clocks.tsx'
import { Decisions, Growth } from './days.tsx'
import { Facts } from './facts.tsx'
import { GoldenSets } from './golden-sets.tsx'
import { Load } from './load.tsx'
import { Takedown } from './takedown.tsx'

const PERIODS = [
  { value: '7', label: 'The last week' },
  { value: '30', label: 'The last 30 days' },
  { value: '90', label: 'The last 90 days' },
  { value: '365', label: 'The last year' },
]

export function BoardPage() {
  const [days, setDays] = useState('30')
  const { data, error, isPending } = useQuery({
    queryKey: ['board', days],
    queryFn: () => ask<BoardTold>(`/v1/board?days=${days}`),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  })
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={1}>Board</Title>
          <Text c="dimmed" size="sm">
            Figures of the team. Nobody is counted or ranked by themself.
            {data && (
              <>
                {' '}
                As of <Moment at={data.at} />.
              </>
            )}
          </Text>
        </div>
        <Select
          label="Decisions, agreement, growth"
          data={PERIODS}
          value={days}
          onChange={(value) => setDays(value ?? '30')}
          allowDeselect={false}
          w={240}
        />
      </Group>
      <Told error={error} />
      {isPending && !error && <Loader aria-label="The board is asked for" />}
      {data && <Whole board={data} />}
    </Stack>
  )
}

function Whole({ board }: { readonly board: BoardTold }) {
  const { tables, at } = board
  const day = at.slice(0, 10)
  return (
    <>
      <Facts board={board} />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Clocks rows={tables.clocks} day={day} />
        <Waiting rows={tables.waiting} day={day} />
        <Load rows={tables.load} day={day} />
        <Decisions rows={tables.decisions} day={day} />
        <Growth rows={tables.growth} day={day} list={board.ownList} />
        <Takedown rows={tables.takedown} day={day} scheme={board.mainScheme} />
      </SimpleGrid>
      <Agreement tables={tables} day={day} />
      <GoldenSets />
    </>
  )
}
