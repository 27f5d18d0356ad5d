/** Role picker: roles as boxes to tick, each with what it is for. */
import { Checkbox, SimpleGrid } from '@mantine/core'
import { ROLES, type Role } from '#terms/people'
import { plain, roleWords } from './words.ts'

export interface RolePicking {
  readonly roles: readonly Role[]
  readonly setRoles: (roles: Role[]) => void
}

export function RolePicker({ roles, setRoles }: RolePicking) {
  return (
    <Checkbox.Group
      label="Roles"
      description="One person may have several; nobody approves what they proposed, whatever their roles."
      value={[...roles]}
      onChange={(picked) => setRoles(ROLES.filter((role) => picked.includes(role)))}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="xs" spacing="sm">
        {ROLES.map((role) => (
          <Checkbox key={role} value={role} label={plain(role)} description={roleWords[role]} />
        ))}
      </SimpleGrid>
    </Checkbox.Group>
  )
}
