/** Opt-outs: what is not shown to the person, without a reason, until they take it back. */
import { Button, Group, NativeSelect, Stack, Switch, Table, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { OwnExposureTold } from '#contract/viewings'
import { OPT_OUT_CATEGORIES, OPT_OUT_KINDS, type OptOutCategory } from '#terms/exposure'
import { ask, queries } from '../../app/queries.ts'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { optOutTold } from './words.ts'

const DAY_MILLISECONDS = 86_400_000
/** For how long, in days; none: until it is taken back. */
const SPANS = [
  { value: '', label: 'until I take it back' },
  { value: '1', label: 'for a day' },
  { value: '7', label: 'for a week' },
  { value: '30', label: 'for 30 days' },
]
const SHOWN = OPT_OUT_CATEGORIES.filter((one) => one !== 'view')
const choice = (value: OptOutCategory) => ({ value, label: optOutTold(value) })
const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ['exposure'] })

export function OptOuts({ optOuts }: Pick<OwnExposureTold, 'optOuts'>) {
  const everything = optOuts.find(({ category }) => category === 'view')
  const out = useMutation({ mutationFn: optedOut, onSuccess: again })
  const back = useMutation({ mutationFn: takenBack, onSuccess: again })
  return (
    <section aria-labelledby="opt-outs">
      <Title order={2} id="opt-outs">
        Opt out
      </Title>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          No reason is asked, and none is kept. Cases that need what you left out are taken up by others.
        </Text>
        <Switch
          label="Show me no picture at all"
          checked={everything !== undefined}
          disabled={out.isPending || back.isPending}
          onChange={() => (everything ? back.mutate(everything.id) : out.mutate({ category: 'view' }))}
        />
        <OfOneKind leave={out.mutate} isBusy={out.isPending} />
        <Told error={out.error ?? back.error} />
        <InForce optOuts={optOuts} takeBack={back.mutate} />
      </Stack>
    </section>
  )
}

interface OptingOut {
  readonly category: string
  readonly days?: number
}

function optedOut({ category, days }: OptingOut): Promise<unknown> {
  const until = days && { until: new Date(Date.now() + days * DAY_MILLISECONDS).toISOString() }
  return ask('/v1/exposure/me/opt-outs', { body: { category, ...until } })
}

function takenBack(id: string): Promise<unknown> {
  return ask(`/v1/exposure/me/opt-outs/${id}`, { method: 'DELETE' })
}

function OfOneKind({ leave, isBusy }: { leave: (given: OptingOut) => void; isBusy: boolean }) {
  const [category, setCategory] = useState<string>('full')
  const [days, setDays] = useState('')
  return (
    <Group gap="sm" align="flex-end">
      <NativeSelect
        label="Leave out one kind"
        value={category}
        onChange={({ currentTarget }) => setCategory(currentTarget.value)}
        data={[
          { group: 'What is shown to me', items: SHOWN.map(choice) },
          { group: 'What is given to me', items: OPT_OUT_KINDS.map((kind) => choice(`kind:${kind}`)) },
        ]}
      />
      <NativeSelect
        label="How long"
        value={days}
        onChange={({ currentTarget }) => setDays(currentTarget.value)}
        data={SPANS}
      />
      <Button
        variant="default"
        loading={isBusy}
        onClick={() => leave({ category, ...(days !== '' && { days: Number(days) }) })}
      >
        Opt out
      </Button>
    </Group>
  )
}

function InForce({
  optOuts,
  takeBack,
}: Pick<OwnExposureTold, 'optOuts'> & { readonly takeBack: (id: string) => void }) {
  if (optOuts.length === 0) return null
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table aria-label="What you opted out of">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Not shown or given to you</Table.Th>
            <Table.Th>Since</Table.Th>
            <Table.Th>Until</Table.Th>
            <Table.Th ta="right">Back in</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {optOuts.map(({ id, category, from, until }) => (
            <Table.Tr key={id}>
              <Table.Td>{optOutTold(category)}</Table.Td>
              <Table.Td>
                <Moment at={from} />
              </Table.Td>
              <Table.Td>{until ? <Moment at={until} /> : 'you take it back'}</Table.Td>
              <Table.Td ta="right">
                <Button size="compact-sm" variant="default" onClick={() => takeBack(id)}>
                  Take back
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
