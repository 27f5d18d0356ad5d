/** Situations: who would do what, where everything but what a test changes speaks for it. */
import type { Situation } from '#people/policy'
import { ACTS, type Act, type Authority, type Person, type Role } from '#terms/people'

export const AT = '2026-05-01T12:00:00.000Z'

/** An authority for everything, so that what it is asked for is not what decides here. */
export const OPEN_AUTHORITY: Authority = {
  id: 'a-0000000000000000',
  issuer: 'DCI',
  issuedFor: 'a chief officer',
  acts: ACTS,
  people: [],
  departments: [],
  purposes: ['investigate-offence', 'prevent-another', 'preserve-evidence'],
  scope: {},
  conditions: [],
  from: '2026-01-01T00:00:00.000Z',
  until: '2027-01-01T00:00:00.000Z',
  version: 1,
}

export function person(roles: readonly Role[], more: Partial<Person> = {}): Person {
  return { id: 'p-0000000000000000', roles, departments: [], state: 'active', version: 1, ...more }
}

/** Signed in a moment ago. */
export const JUST_NOW = { signedInAt: new Date(AT) }

export function situation(roles: readonly Role[], act: Act, more: Partial<Situation> = {}): Situation {
  return {
    ...{ person: person(roles), act, facts: JUST_NOW, cases: ['c1'], allocated: ['c1'], hasConflict: false },
    ...{ authorities: [OPEN_AUTHORITY], isTrained: true, at: AT, ...more },
  }
}
