/** Open: what signing in and the care of people work with, from the data directory and what is set. */
import { join } from 'node:path'
import { openPersonKeys } from '#ground/person-keys'
import type { Database } from '#store/database'
import { SESSION_LIMITS, type SessionLimits } from '#store/sessions'
import type { OidcAsked, PeopleDesk } from './desk.ts'
import { Pending } from './pending.ts'
import { finishWeeding } from './weed.ts'

/** What is set of people; what is absent has its default. */
export interface PeopleAsked {
  readonly database: Database
  /** The data directory: keys of people lie in it, and never in the database or its backup. */
  readonly data: string
  readonly origin?: string
  readonly oidc?: OidcAsked
  readonly limits?: Partial<SessionLimits>
  now(): Date
}

/** Opens it, and shreds what a process that ended did not come to. @throws Fault `config.invalid`, `output.failed` */
export async function openPeople({ data, limits, ...given }: PeopleAsked): Promise<PeopleDesk> {
  const keys = await openPersonKeys(join(data, 'keys', 'people'))
  const desk = { ...given, keys, limits: { ...SESSION_LIMITS, ...limits }, pending: new Pending() }
  await finishWeeding(desk)
  return desk
}
