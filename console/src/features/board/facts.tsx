/** Facts: what of the board is seen first: what is open, what is overdue, what the machine still has. */
import { Paper, SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { BoardTold } from '#contract/board'
import { Clock } from '../../components/clock.tsx'
import { Moment } from '../../components/moment.tsx'
import { screeningWords } from './words.ts'

export function Facts({ board }: { readonly board: BoardTold }) {
  const { open, overdue, nearestDueAt, oldestAt, screeningSince, tables } = board
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
      <Fact title="Open cases" figure={open}>
        {oldestAt ? (
          <>
            the oldest came <Moment at={oldestAt} />
          </>
        ) : (
          'nothing waits'
        )}
      </Fact>
      <Fact title="Overdue" figure={overdue}>
        {overdue === 0 ? 'no clock has ended' : 'their clock has ended: see the queue'}
      </Fact>
      <Fact title="Nearest clock" figure={nearestDueAt ? <Clock dueAt={nearestDueAt} /> : 'none'}>
        {nearestDueAt ? '' : 'no clock runs'}
      </Fact>
      <Fact
        title="Items at the machine"
        figure={tables.screening.find(({ what }) => what === 'waits')?.items ?? 0}
      >
        {tables.screening
          .filter(({ what }) => what !== 'waits')
          .map(({ what, items }) => `${items} ${screeningWords[what]}`)
          .join(', ')}
        {screeningSince && (
          <>
            ; due <Moment at={screeningSince} />
          </>
        )}
      </Fact>
    </SimpleGrid>
  )
}

function Fact({
  title,
  figure,
  children,
}: {
  readonly title: string
  readonly figure: ReactNode
  readonly children: ReactNode
}) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text component="div" fz={26} fw={600} lh={1.5}>
        {figure}
      </Text>
      <Text component="div" size="sm" c="dimmed">
        {children}
      </Text>
    </Paper>
  )
}
