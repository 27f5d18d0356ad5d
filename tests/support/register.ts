/** Register: lists for tests of the store: made-up entries, and one database that the tests of a file share. */
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { Database } from '#store/database'
import { entriesOf } from '#store/entries'
import { createList, listNamed } from '#store/lists'
import { type Applied, applySteps, type StepsOptions } from '#store/steps'
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import type { EntryPut, EntryRecord, EntryStep, ListTerms } from '#terms/register'
import { sharedDatabase } from './database.ts'
import { DIGESTS } from './digests.ts'

export const signed = { actor: 'operator:tester', at: new Date('2026-01-02T03:04:05.678Z') } as const

const TERMS: ListTerms = {
  kind: 'alert',
  publisher: 'A hotline',
  terms: 'for matching alone',
  uses: ['gate', 'scan'],
  trust: 'confirmed',
}

function known<T>(hash: T | undefined): T {
  if (hash === undefined) throw new Error('no hash')
  return hash
}

/** Hashes that belong to nothing, from a number. */
export const md5Of = (number: number) => known(md5(number.toString(16).padStart(32, '0')))
export const sha1Of = (number: number) => known(sha1(number.toString(16).padStart(40, '0')))
export const sha256Of = (number: number) => known(sha256(number.toString(16).padStart(64, '0')))
export const pdqOf = (number: number) => known(pdqHash(number.toString(16).padStart(64, '0')))

export const put = (entry: EntryPut): EntryStep => ({ kind: 'put', entry })
/** Puts entry `k1` for 1, with an MD5 of its own. */
export const numbered = (number: number, more: EntryPut = {}): EntryStep =>
  put({ key: `k${number}`, md5: md5Of(number), ...more })

/** The database of a file of tests, open while they run. */
export function databaseOfFile(): { readonly database: Database; readonly config: pg.ClientConfig } {
  const open: { database?: Database; config?: pg.ClientConfig; drop?: () => Promise<void> } = {}
  beforeAll(async () => {
    const { config, drop } = await sharedDatabase()
    Object.assign(open, {
      config,
      drop,
      database: new Database(config, { connectionsMax: 6, digests: DIGESTS }),
    })
  })
  afterAll(async () => {
    await open.database?.close()
    await open.drop?.()
  })
  return {
    get database() {
      return known(open.database)
    },
    get config() {
      return known(open.config)
    },
  }
}

/** A list of one test's own. */
export interface TestList {
  readonly name: string
  readonly id: number
  apply(steps: readonly EntryStep[], options?: Partial<StepsOptions>): Promise<Applied>
  entries(at?: number): Promise<EntryRecord[]>
  keys(at?: number): Promise<string[]>
  /** The standing entry of a key. */
  entry(key: string): Promise<EntryRecord>
}

/** Makes a list with a name that no other test has. */
export async function madeList(database: Database, terms: Partial<ListTerms> = {}): Promise<TestList> {
  const name = `list-${randomBytes(6).toString('hex')}`
  const { id } = await database.transaction((tx) => createList(tx, name, { ...TERMS, ...terms }, signed))
  const entries = async (at?: number): Promise<EntryRecord[]> => {
    const all: EntryRecord[] = []
    const list = await listNamed(database, name)
    for await (const batch of entriesOf(database, list, at === undefined ? {} : { at })) all.push(...batch)
    return all
  }
  return {
    name,
    id,
    entries,
    keys: async (at) => (await entries(at)).map(({ key }) => key),
    apply: (steps, options = {}) =>
      applySteps(database, name, [steps], { kind: 'import', signed, ...options }),
    entry: async (key) => known((await entries()).find((one) => one.key === key)),
  }
}

/** Puts the times at which a list's changes were committed where a test wants them: when they were begun, or others. */
export async function commitAt(
  database: Database,
  list: number,
  dates: readonly string[] = [],
): Promise<void> {
  await database.query(
    `UPDATE change SET numbered_at = coalesce(given.at::timestamptz, change.at)
       FROM (SELECT id, ($2::text[])[row_number() OVER (ORDER BY id)] AS at FROM change WHERE list = $1) given
      WHERE change.id = given.id`,
    [list, dates],
  )
}

/** The number of the change that was made. */
export function idOf(applied: Applied): number {
  if (!('id' in applied)) throw new Error(`nothing was changed: ${applied.kind}`)
  return applied.id
}
