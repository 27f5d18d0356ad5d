/** What is particular to each partner: windows and dead links, tokens, tombstones, statuses; driven without a store. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Ask, ask } from '#ground/wire/ask'
import { type Fake, startFake } from '#lists/exchanges/fake'
import { fakePartner } from '#lists/exchanges/fakes'
import { openNcmec } from '#lists/exchanges/ncmec/exchange'
import type { FakeNcmec } from '#lists/exchanges/ncmec/fake'
import { following, shorter } from '#lists/exchanges/ncmec/window'
import { openStopNcii } from '#lists/exchanges/stopncii/exchange'
import type { FakeStopNcii } from '#lists/exchanges/stopncii/fake'
import { readRecord } from '#lists/exchanges/stopncii/records'
import { openTat } from '#lists/exchanges/tat/exchange'
import { FakeTat } from '#lists/exchanges/tat/fake'
import { readRow } from '#lists/exchanges/tat/rows'
import { openThreatExchange } from '#lists/exchanges/threatexchange/exchange'
import type { FakeThreatExchange } from '#lists/exchanges/threatexchange/fake'
import { readUpdate } from '#lists/exchanges/threatexchange/updates'
import type { Exchange, Page, Partner, PullFrom } from '#terms/exchange'
import { testSource } from '../../support/source.ts'

const OPEN = { ncmec: openNcmec, stopncii: openStopNcii, threatexchange: openThreatExchange, tat: openTat }
const START = Date.parse('2026-01-10T12:00:00Z') / 1000

async function partner<R>(
  kind: Partner,
  entries: number,
  options: Record<string, unknown> = {},
): Promise<{
  exchange: Exchange
  rules: R
  fake: Fake
  clock: { seconds: number }
  pages(from?: PullFrom): Promise<Page[]>
}> {
  const clock = { seconds: START }
  const made = fakePartner(kind, { now: () => clock.seconds, pageRows: 3 })
  made.rules.grow(entries)
  clock.seconds += 120
  const fake = await startFake(made.rules)
  onTestFinished(() => fake.close())
  const source = await testSource(kind, fake.base, made.secrets, { options: { ...made.options, ...options } })
  const exchange = OPEN[kind](source, made.secrets, ask)
  const pages = async (from: PullFrom = {}): Promise<Page[]> => {
    const all: Page[] = []
    for await (const page of exchange.pull(from, { now: new Date(clock.seconds * 1000) })) all.push(page)
    return all
  }
  return { exchange, rules: made.rules as R, fake, clock, pages }
}

function keysOf(pages: readonly Page[]): Set<string | undefined> {
  return new Set(
    pages.flatMap(({ steps }) => steps.map((step) => (step.kind === 'put' ? step.entry.key : step.key))),
  )
}

test('NCMEC: a window with too many rows is made shorter, and nothing is missed between windows', async () => {
  const { rules, clock, pages, fake } = await partner<FakeNcmec>('ncmec', 0, { windowRowsMax: 4 })
  for (let hour = 0; hour < 6; hour++) {
    rules.grow(4)
    clock.seconds += 3600
  }
  clock.seconds += 120
  const all = await pages()
  expect(keysOf(all).size).toBe(24)
  expect(all.at(-1)?.checkpoint?.time).toBe(clock.seconds - 5)
  expect(fake.asked.filter((path) => path.includes('from=1970')).length).toBeGreaterThan(1)
  const since = await pages({ checkpoint: { time: clock.seconds - 60 } })
  expect(keysOf(since).size).toBe(0)
})

test('NCMEC: a clock of ours that runs ahead never moves the place read beyond the clock of the partner', async () => {
  const clock = { seconds: START }
  const made = fakePartner('ncmec', { now: () => clock.seconds })
  const fake = await startFake(made.rules)
  onTestFinished(() => fake.close())
  const source = await testSource('ncmec', fake.base, made.secrets, { options: made.options })
  const dated: Ask = async (given) => {
    const answer = await ask(given)
    return { ...answer, headers: { ...answer.headers, date: new Date(clock.seconds * 1000).toUTCString() } }
  }
  const exchange = openNcmec(source, made.secrets, dated)
  const pulled = async (from: PullFrom, now: number): Promise<Page[]> => {
    const all: Page[] = []
    for await (const page of exchange.pull(from, { now: new Date(now * 1000) })) all.push(page)
    return all
  }
  const first = await pulled({}, clock.seconds + 86_400)
  const checkpoint = first.at(-1)?.checkpoint
  expect(checkpoint?.time).toBe(clock.seconds - 5)
  clock.seconds += 3_600
  made.rules.grow(2)
  clock.seconds += 60
  expect(keysOf(await pulled(checkpoint ? { checkpoint } : {}, clock.seconds)).size).toBe(2)
})

test('NCMEC: windows become four times shorter or twice as long, and end where the pull ends', () => {
  const window = { from: 0, to: 1000, until: 5000, rows: 0 }
  expect(shorter(window)).toMatchObject({ from: 0, to: 250, until: 5000 })
  expect(shorter({ ...window, to: 1 })).toBeUndefined()
  expect(following({ ...window, rows: 1 }, 100)).toMatchObject({ from: 1000, to: 3000 })
  expect(following({ ...window, rows: 50 }, 100)).toMatchObject({ from: 1000, to: 2000 })
  expect(following({ ...window, from: 4000, to: 4900 }, 100)).toMatchObject({ to: 5000 })
  expect(following({ ...window, to: 5000 }, 100)).toBeUndefined()
})

test('NCMEC: a link that ran out begins its window again; one kept for more than twelve hours is not tried', async () => {
  const { exchange, clock, pages } = await partner<FakeNcmec>('ncmec', 7)
  const [first] = await pages()
  const resume = first?.resume ?? {}
  expect(exchange.goingOn(resume, 3600)).toEqual(resume)
  expect(exchange.goingOn(resume, 13 * 3600)).not.toHaveProperty('next')
  clock.seconds += 13 * 3600
  const all = await pages({ resume })
  expect(all[0]).toMatchObject({ isAgain: true, steps: [] })
  expect(keysOf(all).size).toBe(7)
})

test('NCMEC: only wanted members come, and a deleted entry is withdrawn by the same key', async () => {
  const { pages } = await partner<FakeNcmec>('ncmec', 6, { members: ['43'] })
  expect([...keysOf(await pages())].every((key) => key?.includes(':43:'))).toBe(true)
  const { pages: every, rules: all, clock: time } = await partner<FakeNcmec>('ncmec', 4)
  const before = keysOf(await every())
  all.shrink(4)
  time.seconds += 120
  const steps = (await every()).flatMap((page) => page.steps)
  expect(steps.every(({ kind }) => kind === 'withdraw')).toBe(true)
  expect(new Set(steps.map((step) => (step.kind === 'withdraw' ? step.key : '')))).toEqual(before)
})

test('NCMEC: what it knows us as is told', async () => {
  const { exchange } = await partner('ncmec', 0)
  expect(await exchange.check({ now: new Date() })).toBe('member 7 (Example Platform), user example-user')
})

test('StopNCII: only what stands as active is put; the hash status withdraws, whatever the hash', () => {
  const hashValue = 'ab'.repeat(32)
  const record = { lastModtimestamp: 1, signalType: 'ImagePDQ', hashValue, hashStatus: 'Active' }
  expect(readRecord(record)).toMatchObject({ step: { kind: 'put', entry: { pdq: hashValue } } })
  for (const hashStatus of ['Withdrawn', 'Deleted', 'Received', 'Unknown'])
    expect(readRecord({ ...record, hashStatus })).toMatchObject({ step: { kind: 'withdraw' } })
  const feedback = {
    ...record,
    CSPFeedbacks: [{ source: 'A', feedbackValue: 'Blocked' }, { feedbackValue: 'Blocked' }],
  }
  const read = readRecord({ ...feedback, caseNumbers: { 'a-case': 'Active' } })
  expect(read).toMatchObject({ step: { entry: { extra: { feedback: { Blocked: 2 } } } } })
  expect(JSON.stringify(read)).not.toMatch(/a-case|"A"/)
  expect(readRecord({ ...record, signalType: 'VideoTMK' })).toEqual({
    kind: 'left-out',
    because: 'not-carried',
  })
  for (const bad of [
    null,
    'x',
    {},
    { ...record, hashValue: 'xyz' },
    { ...record, lastModtimestamp: 'x' },
    { ...record, signalType: 'SignalType.PDQ' },
  ])
    expect(readRecord(bad)).toEqual({ kind: 'left-out', because: 'malformed' })
})

test('StopNCII: a token is good for a short time, and a set whose count is not what it holds is refused', async () => {
  const { exchange, pages, rules } = await partner<FakeStopNcii>('stopncii', 7)
  expect(exchange.goingOn({ token: 'x' }, 100)).toEqual({ token: 'x' })
  expect(exchange.goingOn({ token: 'x' }, 400)).toBeUndefined()
  const [first] = await pages()
  rules.expire()
  await expect(pages({ resume: first?.resume ?? {} })).rejects.toMatchObject({ code: 'source.damaged' })
  const stringify = vi
    .spyOn(JSON, 'stringify')
    .mockReturnValueOnce('{"count":2,"hashRecords":[],"nextSetTimestamp":1,"hasMoreRecords":false}')
  await expect(pages()).rejects.toThrow('states 2 records and holds 0')
  stringify.mockRestore()
})

test('ThreatExchange: the token goes to the partner alone, and is kept nowhere', async () => {
  const { pages, rules, fake } = await partner<FakeThreatExchange>('threatexchange', 7)
  const all = await pages()
  expect(JSON.stringify(all)).not.toContain('made-up-token')
  const resume = all[0]?.resume ?? {}
  expect(keysOf(await pages({ resume })).size).toBe(4)
  expect(fake.asked.every((path) => path.includes('made-up-token'))).toBe(true)
  rules.nextOrigin = 'http://127.0.0.1:9'
  const failure = await pages().catch((error: Error) => error)
  expect(failure).toMatchObject({ code: 'source.damaged' })
  expect(String(failure)).not.toMatch(/token|:9/)
})

test('ThreatExchange: statuses give a trust, and what nobody stands behind is withdrawn', () => {
  const descriptor = (status: string, more: object = {}) => ({ id: '1', owner: { id: '2' }, status, ...more })
  const update = (descriptors: unknown, more: object = {}) =>
    readUpdate({
      id: '1',
      type: 'HASH_PDQ',
      indicator: 'ab'.repeat(32),
      last_updated: 5,
      descriptors,
      ...more,
    })
  const trustOf = (...descriptors: object[]) => {
    const read = update({ data: descriptors })
    return read.kind === 'step' && read.step.kind === 'put' ? read.step.entry.trust : 'none'
  }
  expect(trustOf(descriptor('MALICIOUS'))).toBeUndefined()
  expect(trustOf(descriptor('MALICIOUS'), descriptor('NON_MALICIOUS'))).toBe('disputed')
  expect(trustOf(descriptor('MALICIOUS', { reactions: [{ key: 'DISAGREE_WITH_TAGS', value: '12' }] }))).toBe(
    'disputed',
  )
  expect(trustOf(descriptor('NON_MALICIOUS'))).toBe('false-positive')
  expect(trustOf(descriptor('SUSPICIOUS'), descriptor('UNKNOWN'))).toBe('reported')
  const withdrawn = { step: { kind: 'withdraw', key: '1' } }
  expect(update({ data: [descriptor('MALICIOUS')] }, { should_delete: true })).toMatchObject(withdrawn)
  expect(update(undefined)).toMatchObject(withdrawn)
  expect(update({ data: [{ id: '1', status: 'MALICIOUS' }] })).toMatchObject(withdrawn)
  const tagged = [descriptor('MALICIOUS', { tags: ['b', { text: 'a' }] })]
  expect(update(tagged)).toMatchObject({
    step: { entry: { categories: { 'threatexchange-tags': ['a', 'b'] } } },
  })
  expect(update(tagged, { type: 'URI' })).toMatchObject({ because: 'not-carried' })
})

test('Tech Against Terrorism: the next page is a query or an address, and never elsewhere', async () => {
  const user = { username: 'u', password: 'p' }
  for (const next of ['query', 'address'] as const) {
    const rules = new FakeTat({ ...user, now: () => START, pageSizeMax: 2, next })
    rules.grow(5)
    const fake = await startFake(rules)
    onTestFinished(() => fake.close())
    const exchange = openTat(await testSource('tat', fake.base, user), user, ask)
    const all: Page[] = []
    for await (const page of exchange.pull({}, { now: new Date((START + 60) * 1000) })) all.push(page)
    expect(keysOf(all).size).toBe(5)
    expect(all.at(-1)?.checkpoint).toEqual({ time: START + 0.5, cursor: `${START + 0.5},5` })
  }
  expect(
    readRow({ id: 1, hash_digest: 'ab'.repeat(20), algorithm: 'SHA', deleted: false, updated_on: 1 }),
  ).toMatchObject({
    step: { entry: { sha1: 'ab'.repeat(20) } },
  })
  expect(
    readRow({ id: 1, hash_digest: 'x', algorithm: 'TLSH', deleted: false, updated_on: 1 }),
  ).toMatchObject({ because: 'not-carried' })
  expect(readRow({ id: 1, deleted: true, updated_on: 1 })).toMatchObject({
    step: { kind: 'withdraw', key: '1' },
  })
})
