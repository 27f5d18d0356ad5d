/** People's server: the service with people on a database of its own, a clock to set, and somebody to sign in. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { generateSync } from 'otplib'
import { expect } from 'vitest'
import { openPersonKeys, type PersonKeys } from '#ground/person-keys'
import { Database } from '#store/database'
import { SESSION_LIMITS } from '#store/sessions'
import type { PersonId, Role } from '#terms/people'
import { readProfiles } from '#workflow/evidence/profiles'
import { refold } from '#workflow/ledger/verify/refold'
import type { PeopleDesk } from '#workflow/people/desk'
import { PEOPLE_FOLDS } from '#workflow/people/folds'
import { inviteAgain } from '#workflow/people/invite'
import { Pending } from '#workflow/people/pending'
import { sharedDatabase } from './database.ts'
import { DIGESTS } from './digests.ts'
import { LinearIndex } from './linear-index.ts'
import { someone } from './people.ts'
import { clientsOf, openServer } from './server.ts'

export const PASSWORD = 'four plain words here'

/** Somebody who has set up their sign-in. */
interface Someone {
  readonly id: PersonId
  readonly name: string
  readonly secret: string
  readonly recoveryCodes: readonly string[]
  readonly headers: { authorization: string }
}

/** What a server is put together from. */
interface Ground {
  readonly folder: string
  readonly database: Database
  readonly keys: PersonKeys
  drop(): Promise<void>
}

/** A service with people; whoever opens it closes it. */
export class PeopleServer {
  /** What the clock of the service shows, in milliseconds. */
  now = Date.parse('2026-05-01T08:00:00Z')
  /** Where the keys of people are. */
  readonly folder: string
  readonly desk: PeopleDesk
  readonly app: FastifyInstance
  readonly #drop: () => Promise<void>
  #count = 0

  private constructor({ folder, database, keys, drop }: Ground) {
    this.folder = folder
    this.#drop = drop
    this.desk = {
      ...{ database, keys, limits: SESSION_LIMITS, pending: new Pending() },
      passwordCost: { memoryCost: 256, timeCost: 1, parallelism: 1 },
      ...{ origin: 'http://localhost', now: () => new Date(this.now), profiles: () => readProfiles() },
    }
    const clients = clientsOf({ name: 'gate', scopes: ['match', 'curate'] })
    const index = new LinearIndex([], [])
    this.app = openServer({ index, clients, database, people: this.desk, now: this.desk.now })
  }

  static async open(): Promise<PeopleServer> {
    const folder = mkdtempSync(join(tmpdir(), 'people-'))
    const { config, drop } = await sharedDatabase()
    const database = new Database(config, { connectionsMax: 6, digests: DIGESTS })
    const server = new PeopleServer({ folder, database, keys: await openPersonKeys(folder), drop })
    await server.app.ready()
    return server
  }

  /** Ends it all, and holds that all that was done here follows from its events. */
  async close(): Promise<void> {
    expect((await refold(this.desk.database, PEOPLE_FOLDS)).faults).toEqual([])
    await this.app.close()
    await this.desk.database.close()
    await this.#drop()
    rmSync(this.folder, { recursive: true })
  }

  async setUp(token: string): Promise<Someone> {
    const name = `someone-${++this.#count}`
    const begun = await this.post('/v1/setup', { token, name, password: PASSWORD })
    expect(begun.statusCode).toBe(200)
    const { secret } = begun.json()
    const done = await this.post('/v1/setup/confirm', { token, code: this.codeOf(secret), as: 'bearer' })
    expect(done.statusCode).toBe(200)
    const { person: id, recoveryCodes, token: session } = done.json()
    return { id, name, secret, recoveryCodes, headers: { authorization: `Bearer ${session}` } }
  }

  async newcomer(roles: readonly Role[]): Promise<Someone> {
    const person = await someone(this.desk.database, roles)
    const signed = { actor: 'operator:test', at: this.desk.now() } as const
    return this.setUp((await inviteAgain(this.desk, person.id, signed)).token)
  }

  codeOf(secret: string): string {
    return generateSync({ secret, epoch: Math.floor(this.now / 1000) })
  }

  post(url: string, body: object | undefined, headers: Record<string, string> = {}) {
    const payload = body === undefined ? {} : { payload: body }
    return this.app.inject({ method: 'POST', url, headers, ...payload } as InjectOptions)
  }

  signIn(who: Someone, more: object = {}, headers = {}) {
    this.now += 30_000 // the next code
    const given = { name: who.name, password: PASSWORD, code: this.codeOf(who.secret), as: 'bearer' }
    return this.post('/v1/sign-in', { ...given, ...more }, headers)
  }
}
