/** Record acts: training, advice, a conflict of interest and a case are written down of somebody. */
import {
  Group,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Switch,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import { useState } from 'react'
import type { PersonTold } from '#contract/people'
import { ACTS } from '#terms/people'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { Act } from './act.tsx'
import { may } from './may.ts'
import { plain } from './words.ts'

interface On {
  readonly person: PersonTold
  readonly isSelf: boolean
}

export function RecordActs({ person, isSelf }: On) {
  const me = useMe()
  const canConflict = isSelf || may(me, 'record-conflict')
  const canAllocate = !isSelf && may(me, 'allocate-case')
  if (!canConflict && !canAllocate) return null
  return (
    <section aria-labelledby="write-down">
      <Title order={2} id="write-down" mb="xs">
        Write down
      </Title>
      <Group gap="sm">
        {!isSelf && may(me, 'record-training') && <Train id={person.id} />}
        {may(me, 'record-advice') && <Advise id={person.id} />}
        {canConflict && <Conflict id={person.id} />}
        {canAllocate && <Allocate id={person.id} />}
      </Group>
    </section>
  )
}

const today = (): string => new Date().toISOString().slice(0, 10)
/** A day as the moment at which it begins, UTC. */
const momentOf = (day: string): string => `${day}T00:00:00.000Z`

function Train({ id }: { readonly id: string }) {
  const [subject, setSubject] = useState('')
  const [givenBy, setGivenBy] = useState('')
  const [day, setDay] = useState(today())
  const [until, setUntil] = useState('')
  const [units, setUnits] = useState<number | string>(0)
  const body = {
    ...{ subject, givenBy, at: momentOf(day), exposureUnits: typeof units === 'number' ? units : 0 },
    ...(until !== '' && { validUntil: momentOf(until) }),
  }
  return (
    <Act
      label="Record training"
      does={['An authority with the condition “training” covers them while it holds.']}
      confirm="Record it"
      isReady={subject.trim() !== '' && givenBy.trim() !== '' && day !== ''}
      run={() => ask(`/v1/people/${id}/training`, { body })}
    >
      <TextInput
        label="Subject"
        required
        value={subject}
        onChange={({ currentTarget }) => setSubject(currentTarget.value)}
      />
      <TextInput
        label="Given by"
        required
        value={givenBy}
        onChange={({ currentTarget }) => setGivenBy(currentTarget.value)}
      />
      <Group grow align="flex-start">
        <TextInput
          type="date"
          label="When"
          required
          value={day}
          onChange={({ currentTarget }) => setDay(currentTarget.value)}
        />
        <TextInput
          type="date"
          label="Holds until"
          value={until}
          onChange={({ currentTarget }) => setUntil(currentTarget.value)}
        />
        <NumberInput
          label="Exposure, in units"
          min={0}
          allowDecimal={false}
          value={units}
          onChange={setUnits}
        />
      </Group>
    </Act>
  )
}

function Advise({ id }: { readonly id: string }) {
  const [officer, setOfficer] = useState('')
  const [acts, setActs] = useState<string[]>([])
  const [words, setWords] = useState('')
  return (
    <Act
      label="Record advice"
      does={[
        'It is shown to them beside the next act that it is about, and to whoever approves what they propose.',
        'They are asked to say that they read it.',
      ]}
      confirm="Record it"
      isReady={officer.trim() !== '' && acts.length > 0 && words.trim() !== ''}
      run={() => ask(`/v1/people/${id}/advice`, { body: { officer, acts, words } })}
    >
      <TextInput
        label="Officer who gave it"
        required
        value={officer}
        onChange={({ currentTarget }) => setOfficer(currentTarget.value)}
      />
      <MultiSelect
        label="On which acts"
        required
        searchable
        value={acts}
        onChange={setActs}
        data={ACTS.map((value) => ({ value, label: plain(value) }))}
      />
      <Textarea
        label="What was advised"
        required
        autosize
        minRows={3}
        maxLength={8000}
        value={words}
        onChange={({ currentTarget }) => setWords(currentTarget.value)}
      />
    </Act>
  )
}

const CONFLICT_KINDS = [
  { value: 'case', label: 'a case' },
  { value: 'item', label: 'an item' },
  { value: 'person', label: 'a person' },
]

function Conflict({ id }: { readonly id: string }) {
  const [kind, setKind] = useState<string>('case')
  const [on, setOn] = useState('')
  return (
    <Act
      label="Record a conflict of interest"
      does={[
        'They do not act on it any more, whatever else they may do; nothing overrides that.',
        'Of an item, every case that it belongs to counts.',
      ]}
      confirm="Record it"
      isReady={on.trim() !== ''}
      run={() => ask(`/v1/people/${id}/conflicts`, { body: { on: { kind, id: on.trim() } } })}
    >
      <Group align="flex-end">
        <NativeSelect
          label="With"
          data={CONFLICT_KINDS}
          value={kind}
          onChange={({ currentTarget }) => setKind(currentTarget.value)}
        />
        <TextInput
          label="Its number or id"
          required
          style={{ flex: 1 }}
          maxLength={100}
          value={on}
          onChange={({ currentTarget }) => setOn(currentTarget.value)}
        />
      </Group>
    </Act>
  )
}

function Allocate({ id }: { readonly id: string }) {
  const [number, setNumber] = useState('')
  const [ends, setEnds] = useState(false)
  return (
    <Act
      label="Give or take a case"
      does={[
        'With a case they may work on it and ask for views of its items; without it they may not.',
        'Whoever takes a case up from the queue has it by that: this is for what is arranged by hand.',
      ]}
      confirm={ends ? 'Take it from them' : 'Give it to them'}
      isReady={number.trim() !== ''}
      run={() => ask(`/v1/people/${id}/cases`, { body: { case: number.trim(), ends } })}
    >
      <TextInput
        label="Case"
        required
        maxLength={100}
        value={number}
        onChange={({ currentTarget }) => setNumber(currentTarget.value)}
      />
      <Switch
        label="Take it from them"
        checked={ends}
        onChange={({ currentTarget }) => setEnds(currentTarget.checked)}
      />
    </Act>
  )
}
