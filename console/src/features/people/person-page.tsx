/** Person page: one pseudonym: what they may do, what is recorded of them, and the acts that change either. */
import { Anchor, Badge, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { PeopleTold, PersonTold } from '#contract/people'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { Moment } from '../../components/moment.tsx'
import { Told } from '../../components/told.tsx'
import { AccessActs } from './access-acts.tsx'
import { CaseRecords } from './case-records.tsx'
import { may } from './may.ts'
import { NameActs } from './name-acts.tsx'
import { PersonState } from './person-state.tsx'
import { RecordActs } from './record-acts.tsx'
import { Records } from './records.tsx'
import { plain } from './words.ts'

export function PersonPage() {
  const { id } = useParams({ from: '/desk/people/$id' })
  const me = useMe()
  const { data, error } = useQuery({
    queryKey: ['people'],
    queryFn: () => ask<PeopleTold>('/v1/people'),
    // What is not for somebody is not asked for: each refusal is on record.
    enabled: may(me, 'read-records'),
  })
  const person = data?.people.find((one) => one.id === id)
  return (
    <Stack gap="lg" maw={960}>
      <div>
        <Anchor component={Link} to="/people" size="sm">
          People
        </Anchor>
        <Group gap="sm">
          <Title order={1} ff="monospace">
            {id}
          </Title>
          {person && <PersonState state={person.state} />}
        </Group>
      </div>
      <Told error={error} />
      {!may(me, 'read-records') && <Text>Who works here is shown to those who answer for it.</Text>}
      {data && !person && <Text>There is nobody with this pseudonym.</Text>}
      {person && (
        <>
          <Facts person={person} />
          {person.id === me.person ? <Yourself /> : <AccessActs person={person} />}
          <NameActs person={person} isSelf={person.id === me.person} />
          <CaseRecords id={person.id} />
          <Records id={person.id} isSelf={person.id === me.person} />
          <RecordActs person={person} isSelf={person.id === me.person} />
        </>
      )}
    </Stack>
  )
}

function Facts({ person }: { readonly person: PersonTold }) {
  const { roles, departments, admittedAt, leftAt, budgetUnits } = person
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }}>
      <Fact title="Roles">
        {roles.length === 0 ? (
          'none'
        ) : (
          <Group gap={4}>
            {roles.map((role) => (
              <Badge key={role} variant="default" tt="none" fw={500}>
                {plain(role)}
              </Badge>
            ))}
          </Group>
        )}
      </Fact>
      <Fact title="Departments">{departments.length === 0 ? 'none' : departments.join(', ')}</Fact>
      <Fact title="Admitted">
        <Moment at={admittedAt} />
        {leftAt && (
          <>
            , left <Moment at={leftAt} />
          </>
        )}
      </Fact>
      <Fact title="Budget of a day">
        {budgetUnits === undefined ? 'as the deployment has it' : `${budgetUnits} units`}
      </Fact>
    </SimpleGrid>
  )
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Text size="xs" c="dimmed" mb={4}>
        {title}
      </Text>
      <Text component="div" size="sm">
        {children}
      </Text>
    </Paper>
  )
}

function Yourself() {
  return (
    <Text size="sm">
      This is you. Roles, suspension and a new sign-in are for somebody else to set; your own sign-in is under{' '}
      <Anchor component={Link} to="/settings" inherit underline="always">
        Settings
      </Anchor>
      .
    </Text>
  )
}
