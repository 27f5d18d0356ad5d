/** People page: everybody by pseudonym, what they may do, and whether they are active. */
import { Alert, Badge, Code, Group, Switch, Table, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { PeopleTold, PersonTold } from '#contract/people'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { Admit } from './admit.tsx'
import { Frame } from './frame.tsx'
import { may } from './may.ts'
import { PersonState } from './person-state.tsx'
import { plain } from './words.ts'

export function PeoplePage() {
  const me = useMe()
  const [sought, setSought] = useState('')
  const [withLeft, setWithLeft] = useState(false)
  const { data, error } = useQuery({
    queryKey: ['people'],
    queryFn: () => ask<PeopleTold>('/v1/people'),
    enabled: may(me, 'read-records'),
  })
  const shown = data?.people.filter((one) => (withLeft || one.state !== 'left') && has(one, sought))
  return (
    <Frame
      title="People"
      words="Everybody is a pseudonym here. A name is told only with a reason, on record."
      act={may(me, 'admit-person') && <Admit />}
    >
      {!may(me, 'read-records') && <NotForYou />}
      <Told error={error} />
      {data && (
        <Group>
          <TextInput
            aria-label="Search people"
            placeholder="Pseudonym, role or department"
            w={280}
            value={sought}
            onChange={({ currentTarget }) => setSought(currentTarget.value)}
          />
          <Switch
            label="Also who has left"
            checked={withLeft}
            onChange={({ currentTarget }) => setWithLeft(currentTarget.checked)}
          />
        </Group>
      )}
      {data?.people.length === 1 && <Alone />}
      {shown && (shown.length > 0 ? <Rows people={shown} self={me.person} /> : <Text>Nobody fits.</Text>)}
    </Frame>
  )
}

function has({ id, roles, departments }: PersonTold, sought: string): boolean {
  const words = sought.trim().toLowerCase().split(/\s+/)
  const all = [id, ...roles, ...departments].join(' ').toLowerCase()
  return words.every((word) => all.includes(word))
}

function Rows({ people, self }: { readonly people: readonly PersonTold[]; readonly self: string }) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Pseudonym</Table.Th>
            <Table.Th>Roles</Table.Th>
            <Table.Th>Departments</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Admitted</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>
                <Text
                  component={Link}
                  to="/people/$id"
                  params={{ id: one.id } as never}
                  ff="monospace"
                  size="sm"
                  c="var(--mantine-color-anchor)"
                >
                  {one.id}
                </Text>
                {one.id === self && (
                  <Text span size="sm" c="dimmed" ml={6}>
                    you
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Group gap={4}>
                  {one.roles.map((role) => (
                    <Badge key={role} variant="default" tt="none" fw={500}>
                      {plain(role)}
                    </Badge>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>{one.departments.join(', ')}</Table.Td>
              <Table.Td>
                <PersonState state={one.state} />
              </Table.Td>
              <Table.Td>
                <Moment at={one.admittedAt} size="sm" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function NotForYou() {
  return (
    <Text>
      Who works here is shown to those who answer for it. Recipients and their keys are yours to see and to
      check.
    </Text>
  )
}

/** An empty place teaches what belongs there. */
function Alone() {
  return (
    <Alert color="slate" title="You are alone here">
      Admit at least two more: whoever grades, and whoever confirms. Nobody approves their own work, and
      nobody gives roles to themself. Roles are explained at each box; <Code>docs/guides/access.md</Code> has
      the whole table.
    </Alert>
  )
}
