/** Access acts: what somebody else may do is set, stopped, or begun anew. */
import { Group, NumberInput, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import type { InvitedTold, PersonTold } from '#contract/people'
import type { Role } from '#terms/people'
import { ask } from '../../app/queries.ts'
import { useMe } from '../../app/session.ts'
import { Act } from './act.tsx'
import { may } from './may.ts'
import { OneTimeLink } from './one-time-link.tsx'
import { RolePicker } from './role-picker.tsx'
import { separated } from './words.ts'

interface On {
  readonly person: PersonTold
}

export function AccessActs({ person }: On) {
  const me = useMe()
  if (person.state === 'left') return null
  const canSuspend = may(me, 'suspend-person')
  if (!canSuspend && !may(me, 'set-roles') && !may(me, 'set-budget')) return null
  return (
    <section aria-labelledby="access">
      <Title order={2} id="access" mb="xs">
        Access
      </Title>
      <Group gap="sm">
        {may(me, 'set-roles') && <SetRoles person={person} />}
        {may(me, 'set-budget') && <SetBudget person={person} />}
        {may(me, 'reset-sign-in') && <Reset person={person} />}
        {may(me, 'reset-sign-in') && <RemovePasskeys person={person} />}
        {canSuspend &&
          (person.state === 'suspended' ? <Resume person={person} /> : <Suspend person={person} />)}
        {canSuspend && <Leave person={person} />}
      </Group>
    </section>
  )
}

const pathOf = ({ id }: PersonTold, act: string): string => `/v1/people/${id}/${act}`
const post = (person: PersonTold, act: string) => () => ask(pathOf(person, act), { method: 'POST' })

function SetRoles({ person }: On) {
  const [roles, setRoles] = useState<Role[]>(person.roles)
  const [departments, setDepartments] = useState(person.departments.join(', '))
  return (
    <Act
      label="Set roles"
      does={['It holds from their next request on. What they did before stays theirs.']}
      confirm="Set them"
      run={() =>
        ask(pathOf(person, 'roles'), {
          method: 'PUT',
          body: { roles, departments: separated(departments) },
        })
      }
    >
      <RolePicker roles={roles} setRoles={setRoles} />
      <TextInput
        label="Departments"
        description="With commas between."
        value={departments}
        onChange={({ currentTarget }) => setDepartments(currentTarget.value)}
      />
    </Act>
  )
}

function SetBudget({ person }: On) {
  const [units, setUnits] = useState<number | string>(person.budgetUnits ?? '')
  return (
    <Act
      label="Set budget"
      does={[
        'So many units of looking there may be in a day. Beyond them nothing is shown; what waits is handed over.',
        'Empty: as the deployment has it. Settle it with the person.',
      ]}
      confirm="Set it"
      run={() =>
        ask(pathOf(person, 'budget'), {
          method: 'PUT',
          body: { units: typeof units === 'number' ? units : null },
        })
      }
    >
      <NumberInput
        label="Units of a day"
        min={0}
        max={1_000_000}
        allowDecimal={false}
        value={units}
        onChange={setUnits}
      />
    </Act>
  )
}

function Suspend({ person }: On) {
  return (
    <Act
      label="Suspend"
      isGrave
      does={[
        'They are out at once: every session of theirs ends, and nothing opens until they are let in again.',
        'Their cases stay theirs until somebody takes them over.',
      ]}
      confirm="Suspend them"
      run={post(person, 'suspend')}
    />
  )
}

function Resume({ person }: On) {
  return (
    <Act
      label="Let in again"
      does={[
        'They can sign in and act as before.',
        'After a reset this says that it is really they who wait: it takes somebody other than who reset them.',
      ]}
      confirm="Let them in"
      run={post(person, 'resume')}
    />
  )
}

function Leave({ person }: On) {
  return (
    <Act
      label="Has left"
      isGrave
      does={[
        'They are out at once, for good: sessions, sign-in and roles end. This is not undone.',
        'From now on the period runs after which their name is shredded; what they did stays on record.',
      ]}
      confirm="They have left"
      run={post(person, 'leave')}
    />
  )
}

function Reset({ person }: On) {
  return (
    <Act
      label="Reset sign-in"
      isGrave
      does={[
        'Everything they sign in by ends now: password, codes, passkeys, sessions.',
        'You get a link, once. Somebody other than you then lets them in.',
        'It takes a sign-in of yours of the last hour.',
      ]}
      confirm="Reset it"
      run={() => ask<InvitedTold>(pathOf(person, 'reset'), { method: 'POST' })}
      after={(invited) => <OneTimeLink invited={invited} />}
    />
  )
}

function RemovePasskeys({ person }: On) {
  return (
    <Act
      label="Remove passkeys"
      isGrave
      does={[
        'Every passkey of theirs ends, and so do their sessions: for devices that were lost.',
        'Password and codes stay as they are.',
      ]}
      confirm="Remove them"
      run={() => ask(pathOf(person, 'passkeys'), { method: 'DELETE' })}
    />
  )
}
