/** Golden sets: generated pictures whose answer is known, made and listed by those who answer for the work. */
import { Group, NumberInput, Paper, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { GoldenAsked, GoldenSetTold, GoldenTold } from '#contract/golden'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { exactly } from '../../components/moments.ts'
import { Told } from '../../components/told.tsx'
import { Act } from '../people/act.tsx'
import { may } from '../people/may.ts'

const COUNT = { least: 1, usual: 20, most: 500 } as const
const SEED_MAX = 1_000_000

export function GoldenSets() {
  const isMine = may(useMe(), 'make-golden')
  const { data, error } = useQuery({
    queryKey: ['golden'],
    queryFn: () => ask<GoldenTold>('/v1/golden'),
    // What is not for somebody is not asked for: each refusal is on record.
    enabled: isMine,
  })
  if (!isMine) return null
  return (
    <Paper withBorder p="md" component="section" aria-label="Golden sets">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Title order={2}>Golden sets</Title>
          <Text size="sm" c="dimmed" maw={720}>
            Generated pictures that come among the others as ordinary cases, at the pace that the
            configuration sets (desk.goldenPerDay; none unless it is set). As which cases is told to nobody
            before they have graded them.
          </Text>
        </div>
        <Make />
      </Group>
      <Told error={error} />
      {data && data.sets.length > 0 && <Sets sets={data.sets} />}
    </Paper>
  )
}

function Make() {
  const [count, setCount] = useState<number | string>(COUNT.usual)
  const [seed, setSeed] = useState<number | string>('')
  const isReady = typeof count === 'number' && typeof seed === 'number'
  const run = (): Promise<GoldenSetTold> => {
    const body: GoldenAsked = { count: Number(count), seed: Number(seed) }
    return ask<GoldenSetTold>('/v1/golden', { body })
  }
  return (
    <Act
      label="Make a golden set"
      does={[
        'Pictures of clouds and plain shapes are generated, each labelled as if it were of one category of the main scheme.',
        'They become no entries, go to nobody, and count in no figure but agreement. Looking at one counts as any look.',
      ]}
      confirm="Make it"
      isReady={isReady}
      run={run}
    >
      <NumberInput
        label="Pictures"
        {...{ min: COUNT.least, max: COUNT.most, value: count, onChange: setCount }}
        allowDecimal={false}
      />
      <NumberInput
        label="Seed"
        description="Any number; another one for each set."
        {...{ min: 1, max: SEED_MAX, value: seed, onChange: setSeed }}
        allowDecimal={false}
      />
    </Act>
  )
}

function Sets({ sets }: GoldenTold) {
  return (
    <Table.ScrollContainer minWidth={480} mt="sm">
      <Table aria-label="Golden sets">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Made</Table.Th>
            <Table.Th>Scheme</Table.Th>
            <Table.Th>Seed</Table.Th>
            <Table.Th>Pictures</Table.Th>
            <Table.Th>Mixed in by now</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sets.map(({ id, madeAt, scheme, seed, pictures, brought }) => (
            <Table.Tr key={id}>
              <Table.Td>{exactly(madeAt)}</Table.Td>
              <Table.Td>{scheme}</Table.Td>
              <Table.Td>{seed}</Table.Td>
              <Table.Td>{pictures}</Table.Td>
              <Table.Td>{brought}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
