/** Recipients page: authorities to whom a copy may go, and who compared their keys out of band. */
import {
  Badge,
  Button,
  Code,
  CopyButton,
  Group,
  NativeSelect,
  Paper,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RecipientsTold, RecipientTold } from '#contract/handovers'
import { CHECKS_NEEDED, RECIPIENT_KINDS } from '#terms/handover'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { exactly } from '../../components/moments.ts'
import { Told } from '../../components/told.tsx'
import { Act } from './act.tsx'
import { Frame } from './frame.tsx'
import { may } from './may.ts'
import { recipientKindWords } from './words.ts'

export function RecipientsPage() {
  const me = useMe()
  const { data, error } = useQuery({
    queryKey: ['recipients'],
    queryFn: () => ask<RecipientsTold>('/v1/recipients'),
    // What is not for somebody is not asked for: each refusal is on record.
    enabled: may(me, 'read-recipients'),
  })
  return (
    <Frame
      title="Recipients"
      words={
        'Authorities to whom material may go, and their public keys. Nothing goes to one until two ' +
        'others have compared its key, by telephone or in person.'
      }
      act={may(me, 'register-recipient') && <Register />}
    >
      <Told error={error} />
      {!may(me, 'read-recipients') && (
        <Text>Recipients are shown to whoever proposes, approves or checks.</Text>
      )}
      {data?.recipients.length === 0 && (
        <Text maw={640}>
          None is registered. A supervisor or administrator registers an authority with its public key (
          <Code>age1…</Code>); two others then compare the key with the authority itself.
        </Text>
      )}
      <Stack gap="md">
        {data?.recipients.map((one) => (
          <One key={one.id} recipient={one} />
        ))}
      </Stack>
    </Frame>
  )
}

function One({ recipient }: { readonly recipient: RecipientTold }) {
  const me = useMe()
  const { id, name, kind, registeredBy, registeredAt, checks, endedAt } = recipient
  const isMine = registeredBy === me.person || checks.some(({ person }) => person === me.person)
  return (
    <Paper withBorder p="md" component="article" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start">
        <Group gap="sm">
          <Title order={2} id={id}>
            {name}
          </Title>
          <ReadyBadge recipient={recipient} />
        </Group>
        <Group gap="sm">
          {!endedAt && !isMine && may(me, 'check-recipient') && <Check recipient={recipient} />}
          {!endedAt && may(me, 'register-recipient') && <End id={id} />}
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        {recipientKindWords[kind]}; registered by {registeredBy}, {exactly(registeredAt)}
        {endedAt && `; ended ${exactly(endedAt)}`}
      </Text>
      <Key value={recipient.key} />
      <Stack gap={2} mt="sm">
        {checks.map(({ person, how, at }) => (
          <Text key={person} size="sm">
            Compared by {person}, {exactly(at)}: {how}
          </Text>
        ))}
        {!endedAt && !recipient.ready && isMine && (
          <Text size="sm">The next check is for somebody else.</Text>
        )}
      </Stack>
    </Paper>
  )
}

function ReadyBadge({ recipient: { ready, checks, endedAt } }: { readonly recipient: RecipientTold }) {
  const [words, color] = endedAt
    ? ['ended', 'gray']
    : ready
      ? ['checked, ready', 'teal']
      : [`${checks.length} of ${CHECKS_NEEDED} checks`, 'yellow']
  return (
    <Badge color={color} variant="light" tt="none" fw={500}>
      {words}
    </Badge>
  )
}

/** In groups of eight, as one reads it out. */
function Key({ value }: { readonly value: string }) {
  return (
    <Group gap="sm" mt="sm" wrap="nowrap" align="flex-start">
      <Code block style={{ whiteSpace: 'pre-wrap', flex: 1 }}>
        {value.match(/.{1,8}/g)?.join(' ')}
      </Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button variant="default" size="xs" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}

function Check({ recipient: { id, key } }: { readonly recipient: RecipientTold }) {
  const [how, setHow] = useState('')
  return (
    <Act
      label="I compared the key"
      does={[
        'You say that you compared every character with the authority itself, not with a mail or a page.',
        `After ${CHECKS_NEEDED} checks by others than whoever registered it, copies can go to it.`,
      ]}
      confirm="I compared it"
      isReady={how.trim() !== ''}
      run={() => ask(`/v1/recipients/${id}/checks`, { body: { how } })}
    >
      <Key value={key} />
      <Textarea
        label="How"
        description="With whom, and by which way: “called the duty desk on the number from the warrant card”."
        required
        autosize
        minRows={2}
        maxLength={2000}
        value={how}
        onChange={({ currentTarget }) => setHow(currentTarget.value)}
      />
    </Act>
  )
}

function End({ id }: { readonly id: string }) {
  return (
    <Act
      label="End"
      isGrave
      does={['Nothing goes to it any more, and it is not opened again: a new key is registered anew.']}
      confirm="End it"
      run={() => ask(`/v1/recipients/${id}/end`, { method: 'POST' })}
    />
  )
}

function Register() {
  const [name, setName] = useState('')
  const [kind, setKind] = useState<string>('police')
  const [key, setKey] = useState('')
  return (
    <Act
      label="Register a recipient"
      variant="filled"
      does={['Nothing goes to it until two others have compared the key. You cannot check it yourself.']}
      confirm="Register it"
      isReady={name.trim() !== '' && key.trim() !== ''}
      run={() => ask('/v1/recipients', { body: { name: name.trim(), kind, key: key.trim() } })}
    >
      <TextInput
        label="Authority"
        required
        maxLength={500}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <NativeSelect
        label="Kind"
        data={RECIPIENT_KINDS.map((value) => ({ value, label: recipientKindWords[value] }))}
        value={kind}
        onChange={({ currentTarget }) => setKind(currentTarget.value)}
      />
      <Textarea
        label="Public key"
        description="age1…"
        required
        autosize
        maxLength={4096}
        ff="monospace"
        value={key}
        onChange={({ currentTarget }) => setKey(currentTarget.value)}
      />
    </Act>
  )
}
