/** Defence record: what one person did about one item or case, made from the records, to be kept or handed over. */
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { DefenceAsked } from '#contract/retention'
import { Problem } from '../../app/queries.ts'
import { download } from '../../components/download.ts'
import { Told } from '../../components/told.tsx'

const TYPES = { pdf: 'application/pdf', json: 'application/json' } as const
const KINDS = [
  { value: 'case', label: 'a case' },
  { value: 'item', label: 'an item' },
]

export function DefenceRecord() {
  const [person, setPerson] = useState('')
  const [kind, setKind] = useState('case')
  const [id, setId] = useState('')
  const made = useMutation({
    mutationFn: async (form: keyof typeof TYPES) => {
      const subject = { kind: kind === 'item' ? 'item' : 'case', id: id.trim() } as const
      const file = await asFile({ person: person.trim(), subject }, TYPES[form])
      download(`record-${person.trim()}-${id.trim()}.${form}`, file, TYPES[form])
    },
  })
  const isReady = person.trim() !== '' && id.trim() !== ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isReady) made.mutate('pdf')
  }
  return (
    <form onSubmit={submit}>
      <Stack maw={620} gap="sm">
        <Text size="sm">
          It states what the records have: roles, authorities, views, decisions, refusals. It argues nothing,
          and is no legal advice. That it was made is itself on record, with its digest in the ledger. Anybody
          can have their own.
        </Text>
        <TextInput
          label="Person"
          description="By pseudonym: p-…"
          required
          value={person}
          onChange={({ currentTarget }) => setPerson(currentTarget.value)}
        />
        <Group align="flex-end">
          <NativeSelect
            label="About"
            data={KINDS}
            value={kind}
            onChange={({ currentTarget }) => setKind(currentTarget.value)}
          />
          <TextInput
            label="Its number or id"
            required
            style={{ flex: 1 }}
            value={id}
            onChange={({ currentTarget }) => setId(currentTarget.value)}
          />
        </Group>
        <Told error={made.error} />
        <Makes isReady={isReady} isPending={made.isPending} asJson={() => made.mutate('json')} />
      </Stack>
    </form>
  )
}

interface Making {
  readonly isReady: boolean
  readonly isPending: boolean
  readonly asJson: () => void
}

function Makes({ isReady, isPending, asJson }: Making) {
  return (
    <Group>
      <Button type="submit" loading={isPending} disabled={!isReady}>
        Make it as PDF
      </Button>
      <Button variant="default" loading={isPending} disabled={!isReady} onClick={asJson}>
        As JSON
      </Button>
    </Group>
  )
}

async function asFile(body: DefenceAsked, accept: string): Promise<Blob> {
  const answer = await fetch('/v1/defence-records', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Problem(answer.status, (await answer.json()) as { detail?: string })
  return answer.blob()
}
