/** Authorities page: written authorities: what each covers, from when until when, and how one is registered and revoked. */
import { Badge, Group, Paper, Stack, Text, Textarea, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AuthoritiesTold, AuthorityTold } from '#contract/people'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { exactly } from '../../components/moments.ts'
import { Told } from '../../components/told.tsx'
import { Act } from './act.tsx'
import { RegisterAuthority } from './authority-form.tsx'
import { Frame } from './frame.tsx'
import { may } from './may.ts'
import { authorityPurposeWords, plain } from './words.ts'

export function AuthoritiesPage() {
  const me = useMe()
  const { data, error } = useQuery({
    queryKey: ['authorities'],
    queryFn: () => ask<AuthoritiesTold>('/v1/authorities'),
    // What is not for somebody is not asked for: each refusal is on record.
    enabled: may(me, 'read-records'),
  })
  return (
    <Frame
      title="Written authorities"
      words={
        'Given for a chief officer or the National Crime Agency (memorandum on section 46, paragraphs ' +
        '23 to 25). Crawling, and real material in training, need one; once one covers an act, it is ' +
        'kept to.'
      }
      act={may(me, 'register-authority') && <RegisterAuthority />}
    >
      <Told error={error} />
      {!may(me, 'read-records') && <Text>Authorities are shown to whoever reads the records.</Text>}
      {data?.authorities.length === 0 && <None />}
      <Stack gap="md">
        {data?.authorities.map((one) => (
          <One key={one.id} authority={one} />
        ))}
      </Stack>
    </Frame>
  )
}

function stateOf({ revokedAt, from, until, reviewAt }: AuthorityTold): readonly [string, string] {
  const now = new Date().toISOString()
  if (revokedAt) return ['revoked', 'gray']
  if (from > now) return ['not begun yet', 'blue']
  if (until <= now) return ['over', 'gray']
  if (reviewAt && reviewAt <= now) return ['review overdue: covers nothing until then', 'red']
  return ['in force', 'teal']
}

function One({ authority }: { readonly authority: AuthorityTold }) {
  const me = useMe()
  const [words, color] = stateOf(authority)
  const { id, issuer, issuedFor, from, until, reviewAt, revokedAt } = authority
  return (
    <Paper withBorder p="md" component="article" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start">
        <Group gap="sm">
          <Title order={2} id={id}>
            {issuer}
          </Title>
          <Badge color={color} variant="light" tt="none" fw={500}>
            {words}
          </Badge>
        </Group>
        {!revokedAt && may(me, 'revoke-authority') && <Revoke id={id} />}
      </Group>
      <Text size="sm" c="dimmed">
        for {issuedFor}; {exactly(from)} to {exactly(until)}
        {reviewAt && `, review by ${exactly(reviewAt)}`}
        {revokedAt && `, revoked ${exactly(revokedAt)}`}
      </Text>
      <Covers authority={authority} />
    </Paper>
  )
}

function Covers({ authority }: { readonly authority: AuthorityTold }) {
  const { acts, purposes, people, departments, scope, conditions } = authority
  const whom = [...people, ...departments.map((one) => `department ${one}`)]
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ['Acts', acts.map(plain)],
    ['Purposes', purposes.map((one) => authorityPurposeWords[one])],
    ['Whom', whom.length === 0 ? ['the whole organisation'] : whom],
    ['Cases', scope.cases ?? ['not bounded']],
    ['Hosts', scope.hosts ?? ['not bounded']],
    ['Lists', scope.lists ?? ['not bounded']],
    ['Conditions', conditions.length === 0 ? ['none'] : conditions],
  ]
  return (
    <Stack gap={2} mt="sm">
      {lines.map(([title, all]) => (
        <Group key={title} gap="sm" wrap="nowrap" align="flex-start">
          <Text size="sm" c="dimmed" w={90} style={{ flexShrink: 0 }}>
            {title}
          </Text>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {all.join(', ')}
          </Text>
        </Group>
      ))}
    </Stack>
  )
}

function Revoke({ id }: { readonly id: string }) {
  const [because, setBecause] = useState('')
  return (
    <Act
      label="Revoke"
      isGrave
      does={[
        'It covers nothing from now on, also what is under way. This is not undone: another is registered instead.',
      ]}
      confirm="Revoke it"
      isReady={because.trim() !== ''}
      run={() => ask(`/v1/authorities/${id}/revoke`, { body: { because } })}
    >
      <Textarea
        label="Why"
        required
        autosize
        minRows={2}
        value={because}
        onChange={({ currentTarget }) => setBecause(currentTarget.value)}
      />
    </Act>
  )
}

function None() {
  return (
    <Text maw={640}>
      None is registered. Grading what was reported needs none: it stands on the role and the case. Before
      anybody crawls, or trains with real material, an officer gives an authority in writing, and a supervisor
      or approving senior officer who is not named in it registers it here.
    </Text>
  )
}
