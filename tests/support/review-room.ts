/** Review room: the desk as it is served, with a case of generated scenes in its vault, and people signed in to it. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { newId } from '#ground/id'
import { readVocabularies } from '#lists/vocabularies'
import { type Decoders, openDecoders } from '#media/decoders'
import { addCaseItem, changeCaseItem } from '#store/case-items'
import { changeCase, openCase } from '#store/cases'
import { Database } from '#store/database'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { CaseItem, CaseItemId, Screening } from '#terms/casework'
import type { Person, Role } from '#terms/people'
import { deriveItem } from '#workflow/evidence/derive'
import { type OpenEvidence, openEvidence } from '#workflow/evidence/desk'
import { sealItem } from '#workflow/evidence/seal'
import type { PeopleDesk } from '#workflow/people/desk'
import { openPeople } from '#workflow/people/open'
import { openDesk } from '#workflow/queue/at-hand'
import { claimCase } from '#workflow/queue/claim'
import { sharedDatabase } from './database.ts'
import { DIGESTS } from './digests.ts'
import { LinearIndex } from './linear-index.ts'
import { someone } from './people.ts'
import { clientsOf, openServer } from './server.ts'

/** An item to be put into a case. */
export interface ItemGiven {
  /** Bytes that are sealed; without them it is words and hashes alone. */
  readonly bytes?: Uint8Array
  readonly outcome?: Screening['outcome']
  readonly matches?: Screening['matches']
  /** Place of the item in whose stack it lies. */
  readonly stackOf?: number
}

/** What a room differs in from others. */
interface RoomAsked {
  /** Under the name of the machine, as passkeys ask for it, and not under its number. */
  readonly isNamed?: boolean
}

/** The desk, served. Whoever opened it closes it. */
export class ReviewRoom {
  readonly address: string
  readonly people: PeopleDesk
  readonly database: Database
  readonly decoders: Decoders
  readonly #app: FastifyInstance
  readonly #evidence: OpenEvidence
  readonly #queue: Awaited<ReturnType<typeof openDesk>>['queue']
  readonly #close: () => Promise<void>
  readonly #clock: RoomClock

  private constructor(given: Opened) {
    this.address = given.address
    this.people = given.people
    this.#clock = given.clock
    this.database = given.database
    this.decoders = given.decoders
    this.#app = given.app
    this.#evidence = given.evidence
    this.#queue = given.queue
    this.#close = given.close
  }

  static async open(asked: RoomAsked = {}): Promise<ReviewRoom> {
    return new ReviewRoom(await opened(asked))
  }

  /** Lets time pass for the service, and for nobody's browser. */
  later(milliseconds: number): void {
    this.#clock.ahead += milliseconds
  }

  /** What the clock of the service shows. */
  now(): Date {
    return this.#clock.now()
  }

  async close(): Promise<void> {
    await this.#app.close()
    await this.#close()
  }

  /** Admits somebody, and signs them in. @returns them, and what their browser holds */
  async signedIn(...roles: readonly Role[]): Promise<{ person: Person; token: string }> {
    const person = await someone(this.database, roles)
    const given = { person: person.id, how: 'password', limits: SESSION_LIMITS } as const
    const { token } = await this.database.transaction((tx) => beginSession(tx, given, this.now()))
    return { person, token }
  }

  /** Gives a case to somebody, as its queue does. */
  async claim(person: Person, number: string): Promise<void> {
    await claimCase(this.#queue, person.id, number)
  }

  /** A case that waits for an analyst, its items sealed and measured. */
  async waitingCase(given: readonly ItemGiven[]): Promise<{ number: string; items: readonly CaseItem[] }> {
    const number = newId('c').slice(2, 10).toUpperCase()
    const signed = { actor: 'tutela', at: this.now() } as const
    const sealed = await Promise.all(given.map(({ bytes }) => bytes && this.#sealed(bytes)))
    return this.database.transaction(async (tx) => {
      const receivedAt = signed.at.toISOString()
      const about = { atRisk: false, gradeOne: false, severity: 1, confidence: 2, trust: 'usual' } as const
      const before = await openCase(
        tx,
        { number, kind: 'hotline', priority: { ...about, receivedAt } },
        signed,
      )
      const items: CaseItem[] = []
      for (const [at, { outcome = 'none', matches = [], stackOf }] of given.entries()) {
        const stack: CaseItemId | undefined = stackOf === undefined ? undefined : items[stackOf]?.stack
        const { id: item, digests: hashes = {} } = sealed[at] ?? {}
        const named = { id: newId('i'), caseNumber: number, kind: 'material', hashes } as const
        const added = await addCaseItem(
          tx,
          { ...named, ...(item && { item }), ...(stack && { stack }) },
          signed,
        )
        const found = { outcome, matches, change: 1, versions: 'test', at: receivedAt, attempts: 1 }
        const state = outcome === 'same' ? 'known' : outcome
        const change = { state, screening: found } as const
        items.push(await changeCaseItem(tx, added, change, { kind: 'case-item.screened', body: {} }, signed))
      }
      await changeCase(tx, before, { state: 'waiting' }, { kind: 'case.screened', body: {} }, signed)
      return { number, items }
    })
  }

  async #sealed(bytes: Uint8Array) {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield bytes
    }
    const asked = { by: 'tutela', purpose: 'assess', profile: 'hotline-memorandum' } as const
    const { id } = await sealItem(this.#evidence, source(), asked)
    return deriveItem(this.#evidence, id, { by: 'tutela', purpose: 'screen', job: 'screening' })
  }
}

interface RoomClock {
  /** Milliseconds by which the service's clock goes before the machine's. */
  ahead: number
  now(): Date
}

interface Opened {
  readonly address: string
  readonly people: PeopleDesk
  readonly clock: RoomClock
  readonly database: Database
  readonly decoders: Decoders
  readonly app: FastifyInstance
  readonly evidence: OpenEvidence
  readonly queue: Awaited<ReturnType<typeof openDesk>>['queue']
  readonly close: () => Promise<void>
}

async function opened({ isNamed }: RoomAsked): Promise<Opened> {
  const { config, drop } = await sharedDatabase()
  const database = new Database(config, { connectionsMax: 6, digests: DIGESTS })
  const data = await mkdtemp(join(tmpdir(), 'tutela-review-'))
  const clock: RoomClock = { ahead: 0, now: () => new Date(Date.now() + clock.ahead) }
  const { now } = clock
  const decoders = await openDecoders({ jobs: 1, sandbox: 'auto' })
  const evidence = await openEvidence({ database, connection: config, data, decoders, now })
  const port = await freePort()
  const origin = `http://${isNamed ? 'localhost' : '127.0.0.1'}:${port}`
  const people = await openPeople({ database, data, config: { origin }, now })
  const stop = new AbortController()
  const index = new LinearIndex([], [])
  const vocabularies = readVocabularies()
  const { queue, assess, live } = await openDesk({
    ...{ store: { database, config }, index, evidence, remote: [], keys: people.keys, vocabularies },
    ...{ set: {}, draw: decoders.draw, sandbox: 'auto', stop: stop.signal, now },
  })
  const app = openServer({
    ...{ index, clients: clientsOf(), database, people, evidence, queue, assess, live, now },
    ...{ render: decoders.render, renderVideo: decoders.renderVideo, console: resolve('console', 'dist') },
  })
  await app.listen({ host: '127.0.0.1', port })
  const close = async (): Promise<void> => {
    stop.abort()
    await evidence.close()
    await decoders.close()
    await database.close()
    await drop()
    await rm(data, { recursive: true, force: true })
  }
  return { address: origin, people, clock, database, decoders, app, evidence, queue, close }
}

/** A port that nobody listens on: what passkeys are bound to must be known before the service listens. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((closed) => probe.close(closed))
  return port
}
