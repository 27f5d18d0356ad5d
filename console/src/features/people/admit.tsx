/** Admit: somebody is let in; their name is sealed, and everybody sees a pseudonym. */
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Admission, InvitedTold } from '#contract/people'
import type { Role } from '#terms/people'
import { ask } from '../../app/queries.ts'
import { Act } from './act.tsx'
import { OneTimeLink } from './one-time-link.tsx'
import { RolePicker } from './role-picker.tsx'
import { separated } from './words.ts'

export function Admit() {
  const [name, setName] = useState('')
  const [contact, setContact] = useState('')
  const [departments, setDepartments] = useState('')
  const [roles, setRoles] = useState<Role[]>([])
  const run = (): Promise<InvitedTold> => {
    const body: Admission = {
      ...{ name: name.trim(), roles, departments: separated(departments) },
      ...(contact.trim() !== '' && { contact: contact.trim() }),
    }
    return ask<InvitedTold>('/v1/people', { body })
  }
  const after = (invited: InvitedTold) => {
    setName('')
    setContact('')
    setRoles([])
    return <OneTimeLink invited={invited} />
  }
  return (
    <Act
      label="Admit somebody"
      variant="filled"
      does={[
        'They get a pseudonym. Name and contact are sealed under a key of their own, and told only with a reason.',
        'You get a link, once, by which they set up their sign-in within a day.',
      ]}
      confirm="Admit them"
      isReady={name.trim() !== '' && roles.length > 0}
      run={run}
      after={after}
    >
      <TextInput
        label="Name"
        required
        maxLength={500}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <TextInput
        label="Contact"
        description="An address or number; may stay empty."
        maxLength={500}
        value={contact}
        onChange={({ currentTarget }) => setContact(currentTarget.value)}
      />
      <TextInput
        label="Departments"
        description="With commas between; written authorities may be given to a department."
        value={departments}
        onChange={({ currentTarget }) => setDepartments(currentTarget.value)}
      />
      <RolePicker roles={roles} setRoles={setRoles} />
    </Act>
  )
}
