/** Sign-in page: a passkey, or a name with a password and six digits. */
import {
  Button,
  Center,
  Divider,
  Group,
  Image,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { SessionTold } from '#contract/sign-in'
import { ask, queries } from '../../app/queries.ts'
import { sessionQuery } from '../../app/session.ts'
import { Told } from '../../components/told.tsx'
import { DemonstrationSignIn } from './demonstration.tsx'
import { shownPasskey } from './passkey.ts'

export function SignInPage() {
  const { back } = useSearch({ from: '/sign-in' })
  const navigate = useNavigate()
  const [waits, setWaits] = useState(false)
  const entered = async ({ waits: isWaiting }: SessionTold): Promise<void> => {
    if (isWaiting) return setWaits(true)
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
    await queries.refetchQueries({ queryKey: sessionQuery.queryKey })
    await navigate({ to: back ?? '/' })
  }
  return (
    <Center mih="100vh" p="md">
      <Paper withBorder p="xl" w="100%" maw={400} component="main">
        <Stack>
          <Group gap="sm">
            <Image src="/mark.svg" alt="" w={34} h={34} />
            <Title order={1}>Tutela</Title>
          </Group>
          {waits ? (
            <Text>Your sign-in was set up anew. Somebody else must let you in before it opens anything.</Text>
          ) : (
            <>
              <DemonstrationSignIn entered={entered} />
              <Passkey entered={entered} />
              <Divider label="or" />
              <ByPassword entered={entered} />
            </>
          )}
          <Text size="sm" c="dimmed">
            What you open here is recorded, for your protection as much as for others’.
          </Text>
        </Stack>
      </Paper>
    </Center>
  )
}

interface Entering {
  readonly entered: (session: SessionTold) => Promise<void>
}

function Passkey({ entered }: Entering) {
  const shown = useMutation({ mutationFn: shownPasskey, onSuccess: entered })
  return (
    <>
      <Button onClick={() => shown.mutate()} loading={shown.isPending} fullWidth>
        Sign in with a passkey
      </Button>
      <Told error={shown.error} />
    </>
  )
}

function ByPassword({ entered }: Entering) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const asked = useMutation({
    mutationFn: () => ask<SessionTold>('/v1/sign-in', { body: { name, password, code, as: 'cookie' } }),
    onSuccess: entered,
    onError: () => setCode(''),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    asked.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          autoComplete="username"
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          required
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
          required
        />
        <TextInput
          label="Code"
          description="Six digits of your authenticator, or a recovery code."
          autoComplete="one-time-code"
          value={code}
          onChange={({ currentTarget }) => setCode(currentTarget.value)}
          required
        />
        <Told error={asked.error} />
        <Button type="submit" variant="default" loading={asked.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  )
}
