/** Settings page: who one is here, by what one signs in, how it looks, and what this deployment is. */
import {
  Anchor,
  Badge,
  Code,
  Group,
  SegmentedControl,
  Stack,
  Text,
  Title,
  useMantineColorScheme,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { Moment } from '../../components/moment.tsx'
import { exactly } from '../../components/moments.ts'
import { Records } from '../people/records.tsx'
import { plain, roleWords } from '../people/words.ts'
import { Passkeys } from './passkeys.tsx'

export function SettingsPage() {
  return (
    <Stack gap="xl" maw={760}>
      <div>
        <Title order={1}>Settings</Title>
        <Text c="dimmed" size="sm">
          What is yours: roles that others gave you, your sign-in, and how the desk looks.
        </Text>
      </div>
      <You />
      <Passkeys />
      <Colours />
      <OfYou />
      <Deployment />
    </Stack>
  )
}

function You() {
  const { person, roles, departments, how, begunAt, endsAt } = useMe()
  return (
    <section aria-labelledby="you">
      <Title order={2} id="you" mb="xs">
        You
      </Title>
      <Stack gap="xs">
        <Text size="sm">
          Others see you as <Code>{person}</Code>
          {departments.length > 0 && `, of ${departments.join(', ')}`}. Signed in by {plain(how)}{' '}
          <Moment at={begunAt} />; this session ends {exactly(endsAt)} at the latest.
        </Text>
        {roles.length === 0 && <Text size="sm">You have no role: an administrator sets one.</Text>}
        {roles.map((role) => (
          <Group key={role} gap="sm">
            <Badge variant="default" tt="none" fw={500}>
              {plain(role)}
            </Badge>
            <Text size="sm" c="dimmed">
              {roleWords[role]}
            </Text>
          </Group>
        ))}
      </Stack>
    </section>
  )
}

const SCHEMES = [
  { value: 'auto', label: 'As the machine has it' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

function Colours() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <section aria-labelledby="colours">
      <Title order={2} id="colours" mb="xs">
        Colours
      </Title>
      <SegmentedControl
        aria-labelledby="colours"
        data={[...SCHEMES]}
        value={colorScheme}
        onChange={setColorScheme}
      />
      <Text size="sm" c="dimmed" mt="xs">
        Kept in this browser. What moves keeps still where your machine asks for that.
      </Text>
    </section>
  )
}

/** Training and advice, as those who answer for the work see them too. */
function OfYou() {
  const { person } = useMe()
  return (
    <Stack>
      <Records id={person} isSelf />
    </Stack>
  )
}

function Deployment() {
  const { data } = useQuery({
    queryKey: ['deployment'],
    queryFn: () => ask<{ readonly demonstration: boolean }>('/v1/deployment'),
  })
  return (
    <section aria-labelledby="deployment">
      <Title order={2} id="deployment" mb="xs">
        This deployment
      </Title>
      <Stack gap={4}>
        <Text size="sm">
          {data?.demonstration
            ? 'A demonstration: everything in it is generated, and nothing leaves this machine.'
            : 'At work: what is done here counts.'}
        </Text>
        <Text size="sm">
          It is reached at <Code>{window.location.origin}</Code>.
        </Text>
        <Text size="sm">
          <Anchor href="/docs" inherit underline="always">
            Reference of the interface
          </Anchor>
          {', '}
          <Anchor href="/report" inherit underline="always">
            the public report page
          </Anchor>
        </Text>
      </Stack>
    </section>
  )
}
