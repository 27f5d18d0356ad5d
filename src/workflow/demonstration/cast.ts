/** Cast: the people of the demonstration: several in the roles that need two, none with a password. */
import { newId } from '#ground/id'
import type { Signed } from '#store/append'
import { admitPerson, allPeople, changePerson } from '#store/people'
import { recordTraining } from '#store/training'
import type { Person, Role } from '#terms/people'
import type { PeopleDesk } from '../people/desk.ts'
import { sealIdentity } from '../people/identity.ts'

/** Who there is, in the order in which they are admitted. */
export const CAST: readonly { readonly role: Role; readonly name: string }[] = [
  { role: 'administrator', name: 'Demonstration administrator' },
  { role: 'supervisor', name: 'Demonstration supervisor' },
  { role: 'analyst', name: 'First demonstration analyst' },
  { role: 'analyst', name: 'Second demonstration analyst' },
  { role: 'reviewer', name: 'First demonstration reviewer' },
  { role: 'reviewer', name: 'Second demonstration reviewer' },
  { role: 'officer', name: 'Demonstration officer' },
  { role: 'safeguarding-lead', name: 'Demonstration safeguarding lead' },
  { role: 'steward', name: 'Demonstration steward' },
  { role: 'auditor', name: 'Demonstration auditor' },
]

/** Somebody of the cast, by their role and their place among those who have it, from 1. */
export interface CastMember {
  readonly role: Role
  readonly place: number
  readonly person: Person
}

const DEPARTMENT = 'demonstration'
const DAY_MILLISECONDS = 86_400_000

/** Admits the cast. They sign in by one-time links, or as the demonstration lets them. */
export async function admitCast(desk: PeopleDesk, signed: Signed): Promise<void> {
  for (const [place, { role, name }] of CAST.entries()) {
    const id = newId('p')
    const identity = await sealIdentity(desk, id, { name })
    const at = new Date(signed.at.getTime() + place) // so that their order stands
    await desk.database.transaction(async (tx) => {
      const given = { id, roles: [role], departments: [DEPARTMENT], identity }
      const invited = await admitPerson(tx, given, { ...signed, at })
      await changePerson(tx, invited, { state: 'active' }, 'person.activated', { ...signed, at })
      const training = { person: id, subject: 'Looking safely', givenBy: 'the demonstration' }
      const day = new Date(at.getTime() - DAY_MILLISECONDS).toISOString()
      await recordTraining(tx, { ...training, at: day, exposureUnits: 0 }, { ...signed, at })
    })
  }
}

/** Those of the cast who can act now. */
export async function castOf({ database }: Pick<PeopleDesk, 'database'>): Promise<CastMember[]> {
  const people = (await allPeople(database)).filter(
    ({ state, departments }) => state === 'active' && departments.includes(DEPARTMENT),
  )
  people.sort((one, other) => one.admittedAt.localeCompare(other.admittedAt))
  const counted = new Map<Role, number>()
  return people.flatMap((person) => {
    const role = CAST.find((one) => person.roles.includes(one.role))?.role
    if (role === undefined) return []
    const place = (counted.get(role) ?? 0) + 1
    counted.set(role, place)
    return [{ role, place, person }]
  })
}
