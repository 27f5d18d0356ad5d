/** Case acts: closing, holding, opening again and appealing: each with its reason, and with what it does said before. */
import { Button, Group, Modal, NativeSelect, Stack, Text, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { WholeCaseTold } from '#contract/desk'
import { ask, queries } from '../../app/queries.ts'
import { hasRole, useMe } from '../../app/session.ts'
import { Told } from '../../components/told.tsx'
import { itemName } from './words.ts'

type Act = 'close' | 'hold' | 'appeal' | 'reopen' | 'resume'

const WORDS: Readonly<
  Record<Act, { readonly title: string; readonly words: string; readonly needsReason: boolean }>
> = {
  close: {
    title: 'Close the case',
    words:
      'Work ends where enough is decided. Nobody has it in hand any more; its reporters are told that it is ' +
      'closed, and nothing else. A supervisor can open it again.',
    needsReason: true,
  },
  hold: {
    title: 'Put it on hold',
    words: 'Nobody is given it until it is taken up again. Its clocks run on.',
    needsReason: true,
  },
  appeal: {
    title: 'Appeal a decision',
    words: 'A person who has not touched the case decides on it. The decision stands until then.',
    needsReason: true,
  },
  reopen: { title: 'Open it again', words: 'It waits again, as its items stand.', needsReason: false },
  resume: {
    title: 'Take it off hold',
    words: 'It waits again at its place in the queue.',
    needsReason: false,
  },
}

export function CaseActs({ told }: { readonly told: WholeCaseTold }) {
  const me = useMe()
  const [act, setAct] = useState<Act>()
  const { case: one, items } = told
  const isSupervisor = hasRole(me, 'supervisor')
  const isMine = one.claim?.mine === true
  const isClosed = one.closedAt !== undefined
  const acts: readonly (readonly [Act, boolean])[] = [
    [
      'appeal',
      items.some(({ decision }) => decision !== undefined) &&
        hasRole(me, 'supervisor', 'analyst', 'safeguarding-lead', 'steward'),
    ],
    ['hold', !isClosed && one.heldBecause === undefined && isSupervisor],
    ['resume', !isClosed && one.heldBecause !== undefined && isSupervisor],
    ['close', !isClosed && (isSupervisor || (isMine && hasRole(me, 'analyst', 'officer')))],
    ['reopen', isClosed && isSupervisor],
  ]
  return (
    <Group gap="sm">
      {acts.map(
        ([name, isOffered]) =>
          isOffered && (
            <Button key={name} variant="default" onClick={() => setAct(name)}>
              {WORDS[name].title}
            </Button>
          ),
      )}
      <Modal
        opened={act !== undefined}
        onClose={() => setAct(undefined)}
        title={act && WORDS[act].title}
        size="lg"
        centered
      >
        {act && <ActForm act={act} told={told} close={() => setAct(undefined)} />}
      </Modal>
    </Group>
  )
}

interface ActFormGiven {
  readonly act: Act
  readonly told: WholeCaseTold
  readonly close: () => void
}

function ActForm({ act, told, close }: ActFormGiven) {
  const [because, setBecause] = useState('')
  const [item, setItem] = useState('')
  const { title, words, needsReason } = WORDS[act]
  const path = `/v1/cases/${encodeURIComponent(told.case.number)}/${act === 'appeal' ? 'appeals' : act}`
  const done = useMutation({
    mutationFn: () =>
      ask(path, {
        method: 'POST',
        ...(needsReason && { body: { because, ...(act === 'appeal' && item !== '' && { item }) } }),
      }),
    onSuccess: async () => {
      close()
      await queries.invalidateQueries()
    },
  })
  return (
    <Stack>
      <Text>{words}</Text>
      {act === 'appeal' && <WhichDecision items={told.items} value={item} set={setItem} />}
      {needsReason && (
        <Textarea
          label="Why"
          description="In a few words; it is written down with your pseudonym. No names."
          value={because}
          onChange={({ currentTarget }) => setBecause(currentTarget.value)}
          maxLength={2000}
          autosize
          minRows={2}
          required
          data-autofocus
        />
      )}
      <Told error={done.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Back
        </Button>
        <Button
          loading={done.isPending}
          disabled={needsReason && because.trim() === ''}
          onClick={() => done.mutate()}
        >
          {title}
        </Button>
      </Group>
    </Stack>
  )
}

interface WhichDecisionGiven {
  readonly items: WholeCaseTold['items']
  readonly value: string
  readonly set: (value: string) => void
}

function WhichDecision({ items, value, set }: WhichDecisionGiven) {
  const decided = items.filter(({ decision }) => decision !== undefined)
  return (
    <NativeSelect
      label="Which decision"
      value={value}
      onChange={({ currentTarget }) => set(currentTarget.value)}
      data={[
        { value: '', label: 'of the whole case' },
        ...decided.map((one) => ({ value: one.id, label: itemName(one) })),
      ]}
    />
  )
}
