/** Said: what was told back to the source of a list, and what is thought of its entries here. */
import { Badge, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { DeskListTold } from '#contract/desk-lists'
import { Moment } from '../../components/moment.tsx'
import { byWords } from '../ledger/words.ts'

export function Feedback({ told }: Pick<DeskListTold, 'told'>) {
  return (
    <Said
      id="feedback"
      title="Told back to its source"
      empty="Nothing yet. A decision here that contradicts an entry is told to its source by itself."
      head={['Entry', 'Told', 'By', 'When', 'Sent']}
      rows={told.map(({ feedback, entry, kind, because, by, at, sentAt, failedBecause }) => [
        String(feedback),
        entry,
        <Reasoned key="kind" words={kind === 'affirm' ? 'right' : 'wrong'} because={because} />,
        byWords(by),
        <Moment key="at" at={at} size="sm" />,
        sentAt ? <Moment key="sent" at={sentAt} size="sm" /> : (failedBecause ?? 'not yet'),
      ])}
    />
  )
}

export function Judged({ judged }: Pick<DeskListTold, 'judged'>) {
  return (
    <Said
      id="judged"
      title="Thought otherwise here"
      empty="Nothing: every entry counts as its publisher says."
      head={['Entry', 'Counts as', 'By', 'When']}
      rows={judged.map(({ entry, trust, disabledUntil, because, by, at }) => [
        String(entry),
        entry,
        <Reasoned key="trust" words={trust ?? offWords(disabledUntil)} because={because} />,
        byWords(by),
        <Moment key="at" at={at} size="sm" />,
      ])}
    />
  )
}

function offWords(until: string | undefined): string {
  if (until === undefined) return 'as its publisher says'
  return until === 'always' ? 'switched off' : `switched off until ${until.slice(0, 10)}`
}

function Reasoned({ words, because }: { readonly words: string; readonly because: string | undefined }) {
  return (
    <>
      <Badge variant="light" color="gray" tt="none" fw={500}>
        {words}
      </Badge>
      {because && (
        <Text size="xs" c="dimmed" mt={2} style={{ overflowWrap: 'anywhere' }}>
          {because}
        </Text>
      )}
    </>
  )
}

function Said({
  id,
  title,
  empty,
  head,
  rows,
}: {
  readonly id: string
  readonly title: string
  readonly empty: string
  readonly head: readonly string[]
  /** The first cell of each is its key, and is not shown. */
  readonly rows: readonly (readonly [string, ...ReactNode[]])[]
}) {
  return (
    <section aria-labelledby={id}>
      <Title order={2} id={id} mb="xs">
        {title}
      </Title>
      {rows.length === 0 ? (
        <Text size="sm">{empty}</Text>
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table verticalSpacing="sm" aria-labelledby={id}>
            <Table.Thead>
              <Table.Tr>
                {head.map((words) => (
                  <Table.Th key={words}>{words}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(([key, ...cells]) => (
                <Table.Tr key={key} style={{ verticalAlign: 'top' }}>
                  {head.map((words, at) => (
                    <Table.Td key={words}>{cells[at]}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  )
}
