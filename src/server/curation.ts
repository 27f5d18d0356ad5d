/** Curation: what the steward's routes share: who signs, on which version, and when a change is heeded. */
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import type { ChangeTold } from '#contract/lists'
import type { Signed } from '#store/append'
import { type Client, isBoundTo } from '#terms/client'
import { Fault } from '#terms/fault'
import type { ListChange, RegisteredList } from '#terms/register'
import type { RegisterIndex } from '#terms/register-index'
import type { Changed } from './idempotency.ts'
import { clientOf } from './request.ts'
import type { Service } from './server.ts'

/** How long an answer waits for look-ups to heed its change. */
const SEARCHABLE_MILLISECONDS_MAX = 5000

/** Who signs a change that a request makes. */
export function signedBy(service: Service, request: FastifyRequest): Signed {
  return { actor: `client:${clientOf(request).name}`, at: service.now() }
}

/** True of a list that a client may look at: for curation every one it is not kept from, else those of the gate. */
export function maySee(client: Client, list: Pick<RegisteredList, 'id' | 'name' | 'uses'>): boolean {
  return isBoundTo(client, list) && (client.scopes.includes('curate') || list.uses.includes('gate'))
}

/** Refuses a list that a client may not look at as if there were none. @throws Fault `register.unknown` */
export function refuseUnseen(
  client: Client,
  list: Pick<RegisteredList, 'id' | 'name' | 'uses'>,
  what: string,
): void {
  if (!maySee(client, list)) throw new Fault('register.unknown', `there is no ${what}`)
}

/** Why, as the database can keep it. @throws Fault `request.invalid` for a text with a NUL or half a character */
export function refuseUnkept(because: string | undefined): void {
  if (because !== undefined && /[\0\p{Surrogate}]/u.test(because))
    throw new Fault('request.invalid', 'because has a NUL or half a character')
}

/** Holds a change to the version that the request names in `If-Match`, if it names one. @throws Fault `request.outdated` */
export function holdToVersion(request: FastifyRequest, list: RegisteredList): void {
  const given = request.headers['if-match']
  if (given === undefined || given === '*') return
  const version = /^"(\d{1,9})"$/.exec(given)?.[1]
  if (version === undefined) throw new Fault('request.invalid', 'If-Match names one version, in quotes')
  if (Number(version) !== list.version)
    throw new Fault('request.outdated', `list "${list.name}" is at version ${list.version}`)
}

/** The answer that stands for a change: more is said of it once look-ups heed it, or after a short time without. */
export function changed(index: RegisterIndex, change: Omit<ListChange, 'id' | 'list'>): Changed {
  const { kind, number, entry, at, added, replaced, withdrawn, unchanged, digest } = change
  const counts = { added, replaced, withdrawn, unchanged }
  const body = { kind, number, ...(entry !== undefined && { entry }), at, ...counts, digest }
  const told = (searchable: boolean): ChangeTold => ({ ...body, searchable })
  return {
    status: 200,
    body: told(false),
    later: async () => told(await isHeeded(index, number)),
  }
}

async function isHeeded(index: RegisterIndex, number: number): Promise<boolean> {
  const late = new AbortController()
  const heeded = index.catchUp(number, 'alone').then(
    () => true,
    () => false, // the index is closing or cannot read: it will catch up when it can
  )
  const gaveUp = wait(SEARCHABLE_MILLISECONDS_MAX, false, { signal: late.signal }).catch(() => false)
  try {
    return await Promise.race([heeded, gaveUp])
  } finally {
    late.abort()
  }
}
