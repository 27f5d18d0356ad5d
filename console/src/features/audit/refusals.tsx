/** Refusals: the latest acts that the door refused, with their reason, to be narrowed down and saved. */
import { Group, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RefusalsTold } from '#contract/people'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import type { Column } from '../../components/csv.ts'
import { CsvButton } from '../../components/figure.tsx'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { may } from '../people/may.ts'
import { plain } from '../people/words.ts'

type Refusal = RefusalsTold['refusals'][number]

const COLUMNS: readonly Column<Refusal>[] = [
  { title: 'number', of: ({ id }) => id },
  { title: 'at', of: ({ at }) => at },
  { title: 'by', of: ({ by }) => by },
  { title: 'act', of: ({ act }) => act },
  { title: 'purpose', of: ({ purpose }) => purpose },
  { title: 'on', of: ({ on }) => on },
  { title: 'because', of: ({ because }) => because },
]

interface Sought {
  readonly words: string
  readonly act: string
  readonly because: string
  readonly from: string
}

export function Refusals() {
  const me = useMe()
  const [sought, setSought] = useState<Sought>({ words: '', act: '', because: '', from: '' })
  const { data, error } = useQuery({
    queryKey: ['refusals'],
    queryFn: () => ask<RefusalsTold>('/v1/refusals'),
    enabled: may(me, 'read-records'),
  })
  const all = data?.refusals ?? []
  const shown = all.filter((one) => fits(one, sought))
  return (
    <Stack>
      <Told error={error} />
      {!may(me, 'read-records') && <Text>Refusals are shown to whoever reads the records.</Text>}
      {data && all.length === 0 && (
        <Text maw={600}>
          Nothing was refused yet. An act that nobody may do, or that lacks a purpose, a case or a second
          person, is written down here with who, what, on what and why.
        </Text>
      )}
      {all.length > 0 && (
        <>
          <Narrowed all={all} sought={sought} set={(change) => setSought({ ...sought, ...change })} />
          <Group justify="space-between">
            <Text size="sm" c="dimmed" aria-live="polite">
              {shown.length} of the latest {all.length}
            </Text>
            <CsvButton name="refusals" columns={COLUMNS} rows={shown} />
          </Group>
          <Rows refusals={shown} />
        </>
      )}
    </Stack>
  )
}

function fits(one: Refusal, { words, act, because, from }: Sought): boolean {
  const text = [one.id, one.by, one.on ?? ''].join(' ')
  return (
    text.includes(words.trim()) &&
    (act === '' || one.act === act) &&
    (because === '' || one.because === because) &&
    (from === '' || one.at >= from)
  )
}

interface Narrowing {
  readonly all: readonly Refusal[]
  readonly sought: Sought
  readonly set: (change: Partial<Sought>) => void
}

function Narrowed({ all, sought, set }: Narrowing) {
  const of = (name: 'act' | 'because'): string[] => [...new Set(all.map((one) => one[name]))].sort()
  const wordsOf = new Map(all.map(({ because, words }) => [because, words]))
  return (
    <Group align="flex-end">
      <TextInput
        label="Person, subject or number"
        w={240}
        value={sought.words}
        onChange={({ currentTarget }) => set({ words: currentTarget.value })}
      />
      <NativeSelect
        label="Act"
        value={sought.act}
        onChange={({ currentTarget }) => set({ act: currentTarget.value })}
        data={[{ value: '', label: 'any' }, ...of('act').map((value) => ({ value, label: plain(value) }))]}
      />
      <NativeSelect
        label="Reason"
        maw={320}
        value={sought.because}
        onChange={({ currentTarget }) => set({ because: currentTarget.value })}
        data={[
          { value: '', label: 'any' },
          ...of('because').map((value) => ({ value, label: wordsOf.get(value) ?? plain(value) })),
        ]}
      />
      <TextInput
        type="date"
        label="Since"
        value={sought.from}
        onChange={({ currentTarget }) => set({ from: currentTarget.value })}
      />
    </Group>
  )
}

function Rows({ refusals }: RefusalsTold) {
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing="xs" aria-label="Refusals">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>Who</Table.Th>
            <Table.Th>Act</Table.Th>
            <Table.Th>On</Table.Th>
            <Table.Th>Why it was refused</Table.Th>
            <Table.Th>Number</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {refusals.map(({ id, at, by, act, purpose, on, words }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Moment at={at} />
              </Table.Td>
              <Table.Td ff="monospace">{by}</Table.Td>
              <Table.Td>
                {plain(act)}
                {purpose && (
                  <Text size="xs" c="dimmed">
                    to {plain(purpose)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{on ?? 'nothing named'}</Table.Td>
              <Table.Td>{words}</Table.Td>
              <Table.Td ff="monospace">{id}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
