/** Partners: each of them as a fake with a source that pulls from it, on one clock. */
import type pg from 'pg'
import { onTestFinished } from 'vitest'
import { type Fake, type FakeRules, startFake } from '#lists/exchanges/fake'
import { fakePartner } from '#lists/exchanges/fakes'
import { Database } from '#store/database'
import { entriesOf } from '#store/entries'
import { listNamed } from '#store/lists'
import { type SourceState, sourceNamed } from '#store/sources'
import type { Partner } from '#terms/exchange'
import type { EntryRecord } from '#terms/register'
import type { SourceDefinition } from '#terms/source'
import type { PullOutcome } from '#workflow/pull/desk'
import { enable } from '#workflow/pull/enable'
import { type PullOptions, pull } from '#workflow/pull/pull'
import { databaseOfTestFile } from '../../support/database.ts'
import { type TestDesk, testDesk, testSource } from '../../support/source.ts'

export const PAGE_ROWS = 5

const CONNECTIONS_MAX = 4
let sources = 0

/** A source that is switched on, its partner, and ways to look at what came of it. */
export interface Setting<R extends FakeRules = FakeRules> {
  readonly database: Database
  /** For connections beside the pool. */
  readonly config: pg.ClientConfig
  readonly desk: TestDesk
  readonly rules: R
  readonly fake: Fake
  readonly source: SourceDefinition
  pull(options?: Partial<PullOptions>): Promise<PullOutcome>
  /** The entries that stand, by key. */
  standing(): Promise<EntryRecord[]>
  state(): Promise<SourceState>
}

/** Sets a partner up with so many entries, all of them older than a minute. With `isOff` its source is not switched on. */
export async function setUp<R extends FakeRules = FakeRules>(
  partner: Partner,
  entries: number,
  { isOff = false, ...more }: Readonly<Record<string, unknown>> = {},
): Promise<Setting<R>> {
  // One database for all tests of a file: each has a source and a list of its own.
  const config = await databaseOfTestFile()
  const database = new Database(config, { connectionsMax: CONNECTIONS_MAX })
  onTestFinished(() => database.close())
  const name = `tried-${++sources}`
  const desk = testDesk(database)
  const { rules, secrets, options } = fakePartner(partner, {
    now: () => desk.now().getTime() / 1000,
    pageRows: PAGE_ROWS,
  })
  rules.grow(entries)
  desk.turn(120)
  const fake = await startFake(rules)
  onTestFinished(() => fake.close())
  const source = await testSource(partner, fake.base, secrets, { options, name, ...more })
  if (!isOff) await enable(desk, source, { actor: 'operator:tester', at: desk.now() })
  const setting = { database, config, desk, fake, source, rules: rules as R }
  return {
    ...setting,
    pull: (given) => pull(desk, source, { actor: 'operator:tester', ...given }),
    standing: () => standing(database, source),
    state: async () => {
      const found = await sourceNamed(database, source.name)
      if (!found) throw new Error('the source is gone')
      return found
    },
  }
}

async function standing(database: Database, source: SourceDefinition): Promise<EntryRecord[]> {
  const list = await listNamed(database, source.list)
  const entries: EntryRecord[] = []
  for await (const batch of entriesOf(database, list)) entries.push(...batch)
  return entries.sort((a, b) => (a.key < b.key ? -1 : 1))
}
