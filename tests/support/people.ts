/** People: somebody with roles and a case, and how a refusal of them reads, for a test. */
import { expect } from 'vitest'
import { newId } from '#ground/id'
import { allocate } from '#store/allocations'
import type { Database } from '#store/database'
import { admitPerson, changePerson } from '#store/people'
import type { Person, Role } from '#terms/people'

const signed = { actor: 'tutela', at: new Date('2026-01-01T00:00:00Z') } as const

/** Admits somebody who is active at once, with cases of their own. */
export async function someone(
  database: Database,
  roles: readonly Role[],
  {
    cases = [],
    departments = [],
  }: { readonly cases?: readonly string[]; readonly departments?: string[] } = {},
): Promise<Person> {
  return database.transaction(async (tx) => {
    const given = { id: newId('p'), roles, departments, identity: new Uint8Array([0]) }
    const invited = await admitPerson(tx, given, signed)
    const person = await changePerson(tx, invited, { state: 'active' }, 'person.activated', signed)
    for (const number of cases) await allocate(tx, number, person.id, signed)
    return person
  })
}

/** What is thrown where a person's act is refused, and on record. */
export function refusal(because: string) {
  return { code: 'people.refused', message: expect.stringContaining(`(${because}, r-`) }
}
