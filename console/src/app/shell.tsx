/** Shell: what is on every page: where one is, who one is, calm time left, and the way to say that a child is at risk now. */
import {
  ActionIcon,
  Alert,
  Anchor,
  AppShell,
  Badge,
  Burger,
  Button,
  Code,
  Group,
  Image,
  Kbd,
  Menu,
  NavLink,
  Stack,
  Text,
  Title,
  Tooltip,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { openSpotlight } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { type ErrorComponentProps, Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { MeTold } from '#contract/sign-in'
import type { OwnExposureTold } from '#contract/viewings'
import { AtRisk } from '../components/at-risk.tsx'
import { DemonstrationBanner } from '../components/demonstration-banner.tsx'
import { Palette } from '../components/palette.tsx'
import { useLive } from './live.ts'
import { fetchTheOthers } from './pages.ts'
import { ask, Problem, queries } from './queries.ts'
import { sectionsFor } from './sections.ts'
import { sessionQuery, useMe } from './session.ts'

/** The frame of every page behind the sign-in. */
export function Shell() {
  const me = useMe()
  useLive(me.roles)
  useEffect(fetchTheOthers, [])
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const place = useRouterState({ select: (state) => state.location.pathname })
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="lg"
    >
      <a className="skip" href="#page">
        To the page
      </a>
      <Header me={me} isOpen={isOpen} toggle={toggle} />
      <AppShell.Navbar p="sm" component="nav" aria-label="Sections">
        {sectionsFor(me.roles).map(({ to, title }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={title}
            active={
              place === to || place.startsWith(`${to}/`) || (to === '/queue' && place.startsWith('/cases'))
            }
            onClick={close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <DemonstrationBanner />
        <Outlet />
      </AppShell.Main>
      <Palette roles={me.roles} />
    </AppShell>
  )
}

/** Where one is, what looking cost today, and what is one press away everywhere. */
function Header({
  me,
  isOpen,
  toggle,
}: {
  readonly me: MeTold
  readonly isOpen: boolean
  readonly toggle: () => void
}) {
  return (
    <AppShell.Header px="md">
      <Group h="100%" justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap">
          <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Sections" />
          <Link to="/" className="plain-link">
            <Group gap="xs" wrap="nowrap">
              <Image src="/mark.svg" alt="" w={26} h={26} />
              <Text fw={600}>Tutela</Text>
            </Group>
          </Link>
        </Group>
        <Group gap="sm" wrap="nowrap">
          <CalmTime />
          <Tooltip label="Go anywhere">
            <Button variant="default" size="xs" visibleFrom="md" onClick={openSpotlight}>
              Search{' '}
              <Kbd ml="xs" size="xs">
                Ctrl K
              </Kbd>
            </Button>
          </Tooltip>
          <AtRisk />
          <Me person={me.person} roles={me.roles} />
        </Group>
      </Group>
    </AppShell.Header>
  )
}

/** What is left of the day's budget, as calm words: no score, and never a hurry. */
function CalmTime() {
  const { data } = useQuery({
    queryKey: ['exposure'],
    queryFn: () => ask<OwnExposureTold>('/v1/exposure/me'),
    refetchInterval: 60_000,
  })
  if (!data) return null
  const share = data.budgetUnits === 0 ? 0 : Math.max(0, 1 - data.units / data.budgetUnits)
  const words = {
    ok: share > 0.5 ? 'plenty left today' : 'some left today',
    near: 'little left today',
    'break-due': 'a break is due',
    over: 'enough for today',
    'opted-out': 'opted out',
  }[data.state]
  return (
    <Tooltip label="Your own exposure. Only you see it like this.">
      <Anchor component={Link} to="/exposure" size="sm" c="dimmed" underline="hover" visibleFrom="sm">
        Looking: {words}
      </Anchor>
    </Tooltip>
  )
}

function Me({ person, roles }: { readonly person: string; readonly roles: readonly string[] }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = async (): Promise<void> => {
    await ask('/v1/sign-out', { method: 'POST' })
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, null)
    window.location.assign('/sign-in')
  }
  return (
    <Menu width={230} position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label="You">
          <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
            <circle cx="9" cy="6" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.5" />
            <path
              d="M2.8 16c.6-3.4 3.1-5 6.2-5s5.6 1.6 6.2 5"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              strokeLinecap="round"
            />
          </svg>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Code>{person}</Code>
        </Menu.Label>
        <Group gap={4} px="sm" pb="xs">
          {roles.map((role) => (
            <Badge key={role} variant="light" size="sm" tt="none" fw={500}>
              {role}
            </Badge>
          ))}
        </Group>
        <Menu.Divider />
        <Menu.Item onClick={() => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark')}>
          {colorScheme === 'dark' ? 'Light colours' : 'Dark colours'}
        </Menu.Item>
        <Menu.Item component={Link} to="/settings">
          Settings
        </Menu.Item>
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** What stands at an address that is none. */
export function NoPage() {
  return (
    <Stack maw={640} p="lg" align="flex-start">
      <Title order={1}>There is no such page</Title>
      <Text>The address may be mistyped, or from another version of Tutela.</Text>
      <Anchor component={Link} to="/">
        To the first page
      </Anchor>
    </Stack>
  )
}

/** What stands where a page should: what went wrong, whose it is, and what to do. */
export function PageProblem({ error }: Pick<ErrorComponentProps, 'error'>) {
  const isTold = error instanceof Problem
  const words = error instanceof Error ? error.message : String(error)
  return (
    <Stack maw={640} p="lg">
      <Title order={1}>This page could not be shown</Title>
      <Alert color="red" title={isTold ? error.code : 'the console failed'}>
        <Text>{words}</Text>
        {isTold && error.hint && <Text mt="xs">{error.hint}</Text>}
      </Alert>
      <Group>
        <Button onClick={() => window.location.reload()}>Try again</Button>
        <Anchor href="/">To the beginning</Anchor>
      </Group>
    </Stack>
  )
}
