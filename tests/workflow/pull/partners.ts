/** Partners: each of them as a fake with a source that pulls from it, on one clock. */
import { onTestFinished } from 'vitest'
import { type Fake, type FakeRules, startFake } from '#lists/exchanges/fake'
import { FakeNcmec } from '#lists/exchanges/ncmec/fake'
import { FakeStopNcii } from '#lists/exchanges/stopncii/fake'
import { FakeTat } from '#lists/exchanges/tat/fake'
import { FakeThreatExchange } from '#lists/exchanges/threatexchange/fake'
import type { Database } from '#store/database'
import { entriesOf } from '#store/entries'
import { listNamed } from '#store/lists'
import { type SourceState, sourceNamed } from '#store/sources'
import type { Partner } from '#terms/exchange'
import type { EntryRecord } from '#terms/register'
import type { SourceDefinition } from '#terms/source'
import type { PullOutcome } from '#workflow/pull/desk'
import { enable } from '#workflow/pull/enable'
import { type PullOptions, pull } from '#workflow/pull/pull'
import { temporaryDatabase } from '../../support/database.ts'
import { type TestDesk, testDesk, testSource } from '../../support/source.ts'

export const PAGE_ROWS = 5

interface Made {
  readonly rules: FakeRules
  readonly secrets: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, unknown>>
}

const USER = { username: 'user', password: 'pass:word' }
const KEYS = { subscriptionKey: 'sub', fetchKey: 'fetch', feedbackKey: 'feedback' }
const TOKEN = '12345678|abcdefghijklmnopqrstuvwx'

const MAKERS: Readonly<Record<Partner, (now: () => number) => Made>> = {
  ncmec: (now) => ({
    rules: new FakeNcmec({ ...USER, now, pageRows: PAGE_ROWS }),
    secrets: USER,
    options: {},
  }),
  stopncii: (now) => ({
    rules: new FakeStopNcii({ ...KEYS, now, pageSizeMax: PAGE_ROWS }),
    secrets: KEYS,
    options: {},
  }),
  threatexchange: (now) => ({
    rules: new FakeThreatExchange({ token: TOKEN, privacyGroup: '999', now, pageSizeMax: PAGE_ROWS }),
    secrets: { token: TOKEN },
    options: { privacyGroup: '999' },
  }),
  tat: (now) => ({
    rules: new FakeTat({ ...USER, now, pageSizeMax: PAGE_ROWS }),
    secrets: USER,
    options: {},
  }),
}

/** A source that is switched on, its partner, and ways to look at what came of it. */
export interface Setting<R extends FakeRules = FakeRules> {
  readonly database: Database
  readonly desk: TestDesk
  readonly rules: R
  readonly fake: Fake
  readonly source: SourceDefinition
  pull(options?: Partial<PullOptions>): Promise<PullOutcome>
  /** The entries that stand, by key. */
  standing(): Promise<EntryRecord[]>
  state(): Promise<SourceState>
}

/** Sets a partner up with so many entries, all of them older than a minute. */
export async function setUp<R extends FakeRules = FakeRules>(
  partner: Partner,
  entries: number,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Setting<R>> {
  const { database } = await temporaryDatabase()
  const desk = testDesk(database)
  const { rules, secrets, options } = MAKERS[partner](() => desk.now().getTime() / 1000)
  rules.grow(entries)
  desk.turn(120)
  const fake = await startFake(rules)
  onTestFinished(() => fake.close())
  const source = await testSource(partner, fake.base, secrets, { options, ...more })
  await enable(desk, source, { actor: 'operator:tester', at: desk.now() })
  const setting = { database, desk, fake, source, rules: rules as R }
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
