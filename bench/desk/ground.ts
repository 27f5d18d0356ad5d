/** Ground: cases to measure the desk on, people who work on them, and the desk as a server has it. */
import type { FastifyInstance } from 'fastify'
import { newId } from '#ground/id'
import { SILENT } from '#ground/log'
import { readVocabularies } from '#lists/vocabularies'
import { buildServer } from '#server/server'
import type { Database } from '#store/database'
import { admitPerson, changePerson } from '#store/people'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { FileReading } from '#terms/media'
import type { PersonId, Role } from '#terms/people'
import type { QueueDesk } from '#workflow/queue/desk'
import { severityBy } from '#workflow/queue/severity'
import { gradingDesk } from '../../tests/support/casework.ts'
import { LinearIndex } from '../../tests/support/linear-index.ts'

export const SIGNED = { actor: 'tutela', at: new Date('2026-01-01T00:00:00Z') } as const
export const now = (): Date => new Date()

export async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** The value below which 95 of 100 lie. */
export function p95(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? Number.NaN
}

/** The id of the n-th item of the cases that are filled in; its case is `b-n`. */
export function itemNumber(n: number): `i-${string}` {
  return `i-${String(n).padStart(16, '0')}`
}

/** Cases with an item each, in every place of the order: every third waits for its first vote. */
export async function fill(database: Database, cases: number): Promise<void> {
  await database.query(
    `INSERT INTO desk_case (number, kind, state, opened_at, at_risk, severity, due_at, confidence, trust, received_at, version)
     SELECT 'b-' || n, 'hotline', (ARRAY['waiting', 'second', 'third'])[1 + n % 3], now(), n % 997 = 0, n % 4,
            CASE WHEN n % 3 = 0 THEN now() + n * interval '1 minute' END, n % 4, n % 3, now() - n * interval '1 second', 1
       FROM generate_series(1, $1) AS n`,
    [cases],
  )
  await database.query(
    `INSERT INTO case_item (id, case_number, kind, state, stack, version, sha256, hashes, screening)
     SELECT id, 'b-' || n, 'material', 'near', id, 1, digest, jsonb_build_object('sha256', encode(digest, 'hex')),
            '{"outcome":"near","matches":[{"list":"l","entry":1,"trust":"confirmed","basis":"pdq","categories":{}}]}'
       FROM generate_series(1, $1) AS n,
            LATERAL (SELECT 'i-' || lpad(n::text, 16, '0') AS id, sha256(n::text::bytea) AS digest) AS made`,
    [cases],
  )
  await database.query('ANALYZE')
}

export function queueDesk(database: Database): QueueDesk {
  return { database, claimMinutes: 30, policy: 'two', severityOf: severityBy(readVocabularies()), now }
}

/** Somebody who works here and is signed in. */
export interface Worker {
  readonly id: PersonId
  readonly headers: { readonly authorization: string }
}

export async function worker(database: Database, roles: readonly Role[]): Promise<Worker> {
  return database.transaction(async (tx) => {
    const given = { id: newId('p'), roles, departments: [], identity: new Uint8Array([0]) }
    const invited = await admitPerson(tx, given, SIGNED)
    const { id } = await changePerson(tx, invited, { state: 'active' }, 'person.activated', SIGNED)
    const { token } = await beginSession(tx, { person: id, how: 'password', limits: SESSION_LIMITS }, now())
    return { id, headers: { authorization: `Bearer ${token}` } }
  })
}

/** The whole server, asked within this process: what is measured is what it does, without a network. */
export async function serverOf(database: Database): Promise<FastifyInstance> {
  const nothing = async (): Promise<FileReading> => {
    throw new Error('no file was to be read')
  }
  const app = buildServer({
    ...{ database, log: SILENT, now, index: new LinearIndex([], []), clients: { find: () => undefined } },
    ...{ decoders: { readBytes: nothing }, queue: queueDesk(database) },
    assess: gradingDesk(database, { now }),
  })
  await app.ready()
  return app
}

/** What the server answers, which must be as expected: a refusal would be measured as a quick answer. */
export async function asked(
  app: FastifyInstance,
  who: Worker,
  method: 'GET' | 'POST',
  url: string,
  payload?: object,
): Promise<unknown> {
  const answer = await app.inject({ method, url, headers: who.headers, ...(payload && { payload }) })
  if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
  return answer.statusCode === 204 ? undefined : answer.json()
}
