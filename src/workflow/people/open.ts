/** Open: what signing in and the care of people work with, from the data directory and the configuration. */
import { join } from 'node:path'
import type { PeopleConfig } from '#ground/people-config'
import { openPersonKeys } from '#ground/person-keys'
import { readSecret } from '#ground/secret'
import type { Database } from '#store/database'
import { SESSION_LIMITS } from '#store/sessions'
import { readProfiles } from '../evidence/profiles.ts'
import type { OidcAsked, PeopleDesk } from './desk.ts'
import { Pending } from './pending.ts'
import { finishWeeding } from './weed.ts'

export interface PeopleAsked {
  readonly database: Database
  /** The data directory: keys of people lie in it unless another folder is set, and never in the database or its backup. */
  readonly data: string
  readonly config?: PeopleConfig | undefined
  now(): Date
}

/** Opens it, and shreds what a process that ended did not come to. @throws Fault `config.invalid`, `output.failed` */
export async function openPeople({ data, config = {}, database, now }: PeopleAsked): Promise<PeopleDesk> {
  const { origin, idleMinutes, sessionHours, admission = 'two' } = config
  const oidc = await oidcOf(config)
  const desk: PeopleDesk = {
    ...{ database, now, admission, pending: new Pending() },
    profiles: () => readProfiles(data),
    keys: await openPersonKeys(config.keys ?? join(data, 'keys', 'people')),
    limits: {
      idleMinutes: idleMinutes ?? SESSION_LIMITS.idleMinutes,
      hours: sessionHours ?? SESSION_LIMITS.hours,
    },
    ...(origin !== undefined && { origin }),
    ...(oidc && { oidc }),
  }
  await finishWeeding(desk)
  return desk
}

async function oidcOf({ oidc }: PeopleConfig): Promise<OidcAsked | undefined> {
  if (oidc === undefined) return undefined
  const { clientSecretFile, ...asked } = oidc
  return { ...asked, clientSecret: await readSecret(clientSecretFile) }
}
