/** Screen: items of cases are looked up, once, and their cases come to stand by what was found; nothing unknown is ever none. */
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { newId } from '#ground/id'
import { addCaseItem, caseItemNamed, itemsInCase } from '#store/case-items'
import { caseNamed, openCase } from '#store/cases'
import type { Database } from '#store/database'
import { endLease, leaseDue } from '#store/screenings'
import type { ItemHashes, Priority } from '#terms/casework'
import { Views } from '#workflow/gate/view'
import type { ScreenDesk } from '#workflow/screen/desk'
import { httpPrioritiser, orderCases } from '#workflow/screen/prioritise'
import { rescreen, screenDue } from '#workflow/screen/screen'
import { settleRest } from '#workflow/screen/settle'
import { NOON } from '../../support/casework.ts'
import { temporaryDatabase } from '../../support/database.ts'
import { itemRow } from '../../support/evidence.ts'
import { expectFolded } from '../../support/folded.ts'
import { LinearIndex } from '../../support/linear-index.ts'

const hex = (bytes: number): string => randomBytes(bytes).toString('hex')
const KNOWN = hex(32)
const REPORTED = hex(32)
const PDQ = hex(32)
const near = (hash: string, bits: number): string => {
  const bytes = Buffer.from(hash, 'hex')
  for (let at = 0; at < bits; at++) bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7))
  return bytes.toString('hex')
}
const pdq = (hash: string) => ({ sha256: hex(32), pdq: [{ hash, quality: 100 }] })
const PLAIN: Priority = {
  ...{ atRisk: false, gradeOne: false, severity: 1, confidence: 0, trust: 'usual' },
  receivedAt: NOON.toISOString(),
}
const signed = { actor: 'tutela', at: NOON } as const
const stop = new AbortController().signal

let database: Database
let index: LinearIndex
let clock: Date
let desk: ScreenDesk
beforeEach(async () => {
  const made = await temporaryDatabase()
  database = made.database
  clock = NOON
  index = new LinearIndex(
    [{ id: 1, name: 'known' }],
    [
      { list: 1, sha256: KNOWN, trust: 'confirmed', categories: { 'uk-sentencing': ['A'] } },
      { list: 1, sha256: REPORTED, trust: 'reported' },
      { list: 1, pdq: PDQ, trust: 'confirmed', categories: { 'uk-sentencing': ['B'] } },
    ],
  )
  const severityOf: ScreenDesk['severityOf'] = (categories) =>
    ({ A: 3, B: 2 })[categories['uk-sentencing']?.[0] ?? '']
  desk = {
    ...{ database, index, views: new Views(index), severityOf },
    versionOf: () => '2014',
    now: () => clock,
  }
})

/** A case that the machine is at, with items by their hashes. */
async function screening(hashes: readonly ItemHashes[], more: Partial<Priority> = {}, item?: `v-${string}`) {
  const number = newId('c')
  return database.transaction(async (tx) => {
    await openCase(tx, { number, kind: 'hotline', priority: { ...PLAIN, ...more } }, signed)
    const ids: `i-${string}`[] = []
    for (const one of hashes) {
      const given = { id: newId('i'), caseNumber: number, kind: 'material', hashes: one } as const
      ids.push((await addCaseItem(tx, { ...given, ...(item && { item }), screenAfter: NOON }, signed)).id)
    }
    return { number, ids }
  })
}

const states = async (number: string) => {
  const items = await itemsInCase(database, number, 100)
  return new Map(items.map(({ id, state }) => [id, state]))
}

describe('what is found', () => {
  test('sets the item, its case, and the order: the same file is known, everything less is for a person', async () => {
    const all = [
      { sha256: KNOWN, ...{ pdq: [{ hash: hex(32), quality: 90 }] } },
      pdq(near(PDQ, 20)),
      pdq(hex(32)),
    ]
    const { number, ids } = await screening([...all, { sha256: hex(32) }, {}])
    expect(await screenDue(desk, stop)).toBe(5)
    const found = await states(number)
    expect(ids.map((id) => found.get(id))).toEqual(['known', 'near', 'none', 'unknown', 'unknown'])
    const because = await Promise.all(
      ids.map(async (id) => (await caseItemNamed(database, id)).screening?.because),
    )
    expect(because).toEqual([undefined, undefined, undefined, 'not-given', 'nothing-to-look-up'])
    expect(await caseItemNamed(database, ids[0] ?? '')).toMatchObject({
      decision: { how: 'known', grades: [{ scheme: 'uk-sentencing', version: '2014', category: 'A' }] },
      screening: { outcome: 'same', change: 1, attempts: 1, matches: [{ list: 'known', basis: 'sha256' }] },
    })
    expect(await caseNamed(database, number)).toMatchObject({
      ...{ state: 'waiting', priority: { severity: 3, confidence: 3 } },
    })
    expect(await screenDue(desk, stop)).toBe(0)
    expect(await expectFolded(database, 'case:', 'case-item:')).toBe(6)
  })

  test('of nothing but known files leaves nobody anything to look at', async () => {
    const { number } = await screening([{ sha256: KNOWN, pdq: [{ hash: hex(32), quality: 90 }] }])
    await screenDue(desk, stop)
    expect(await caseNamed(database, number)).toMatchObject({ state: 'decided' })
  })

  test('that is merely reported, or of a judged entry, is near, or none', async () => {
    const hash = [{ hash: hex(32), quality: 90 }]
    const { number, ids } = await screening([{ sha256: REPORTED, pdq: hash }])
    await screenDue(desk, stop)
    expect((await states(number)).get(ids[0] ?? 'i-')).toBe('near')
  })

  test('to look alike lies in one stack', async () => {
    const other = hex(32)
    const hashes = [pdq(other), pdq(near(other, 30)), pdq(hex(32))]
    const { number, ids } = await screening(hashes)
    await screenDue(desk, stop)
    const stacks = new Map((await itemsInCase(database, number, 9)).map(({ id, stack }) => [id, stack]))
    const [one, two, three] = ids.map((id) => stacks.get(id))
    expect(one).toBe(two)
    expect(three).not.toBe(one)
    await expectFolded(database, 'case:', 'case-item:')
  })

  test('to be a turned copy of what was read lies in its stack, also where only one of them has bytes here', async () => {
    const eight = Array.from({ length: 8 }, () => hex(32))
    const [upright = '', , turned = ''] = eight
    const whole = { frame: 0, region: 'whole', quality: 100, pdq: eight }
    const derived = { kind: 'picture', frames: [whole], kernels: 'test', processedAt: NOON.toISOString() }
    const sealed = await itemRow(database, NOON)
    await database.query('UPDATE vault_item SET derived = $2 WHERE id = $1', [
      sealed,
      JSON.stringify(derived),
    ])
    const { number, ids } = await screening([pdq(upright)], {}, sealed)
    const copy = {
      id: newId('i'),
      caseNumber: number,
      kind: 'material',
      hashes: pdq(near(turned, 9)),
    } as const
    await database.transaction((tx) => addCaseItem(tx, { ...copy, screenAfter: NOON }, signed))
    await screenDue(desk, stop)
    const stacks = new Map((await itemsInCase(database, number, 9)).map(({ id, stack }) => [id, stack]))
    expect(stacks.get(copy.id)).toBe(stacks.get(ids[0] ?? 'i-'))
    await expectFolded(database, 'case:', 'case-item:')
  })

  test('of sealed bytes without a vault is unknown, and is looked up again, ever more seldom', async () => {
    const { number, ids } = await screening([{ sha256: hex(32) }], {}, await itemRow(database, NOON))
    await screenDue(desk, stop)
    const [id = 'i-'] = ids
    expect(await caseItemNamed(database, id)).toMatchObject({
      screening: { because: 'no-vault' },
      version: 2,
    })
    clock = new Date(NOON.getTime() + 59_000)
    expect(await screenDue(desk, stop)).toBe(0)
    clock = new Date(NOON.getTime() + 60_000)
    expect(await screenDue(desk, stop)).toBe(1)
    clock = new Date(NOON.getTime() + 180_000)
    expect(await screenDue(desk, stop)).toBe(0)
    clock = new Date(NOON.getTime() + 360_000)
    expect(await screenDue(desk, stop)).toBe(1)
    // The same again is no news: nothing is written of it.
    expect(await caseItemNamed(database, id)).toMatchObject({ state: 'unknown', version: 2 })
    expect(await caseNamed(database, number)).toMatchObject({ state: 'waiting' })
  })
})

describe('a lease', () => {
  test('of a worker that was killed runs out, and its items are taken up again, once', async () => {
    const { number, ids } = await screening([pdq(hex(32)), pdq(hex(32))])
    const dead = { by: newId('l'), until: new Date(NOON.getTime() + 300_000) }
    expect(await leaseDue(database, dead, clock, 10)).toHaveLength(2)
    expect(await screenDue(desk, stop)).toBe(0)
    clock = new Date(NOON.getTime() + 300_000)
    const both = await Promise.all([screenDue(desk, stop), screenDue(desk, stop)])
    expect(both[0] + both[1]).toBe(2)
    await endLease(database, dead.by, ids) // the dead come too late to change anything
    expect(new Set((await states(number)).values())).toEqual(new Set(['none']))
    for (const id of ids) expect((await caseItemNamed(database, id)).version).toBe(2)
  })

  test('is given back where the index cannot be asked, and nothing was found then', async () => {
    const { number, ids } = await screening([pdq(hex(32))])
    index.state = { kind: 'building' }
    await expect(screenDue(desk, stop)).rejects.toMatchObject({ code: 'index.not-ready' })
    expect((await states(number)).get(ids[0] ?? 'i-')).toBe('new')
    index.state = { kind: 'ready', number: 2 }
    expect(await screenDue(desk, stop)).toBe(1)
  })

  test('is had by many workers at once, and each item is looked at once', async () => {
    await screening(Array.from({ length: 60 }, () => pdq(hex(32))))
    const counts = await Promise.all(Array.from({ length: 4 }, () => screenDue(desk, stop, 20)))
    let all = counts.reduce((sum, count) => sum + count, 0)
    for (let more = await screenDue(desk, stop, 20); more > 0; more = await screenDue(desk, stop, 20))
      all += more
    expect(all).toBe(60)
    const { rows } = await database.query<{ count: string }>(
      `SELECT count(*) FROM event WHERE kind = 'case-item.screened'`,
    )
    expect(Number(rows[0]?.count)).toBe(60)
  })
})

describe('a case', () => {
  test('with a child at risk now, or with nothing to look up, waits for a person at once', async () => {
    const risk = await screening([pdq(hex(32))], { atRisk: true })
    const words = await screening([])
    const usual = await screening([pdq(hex(32))])
    while ((await settleRest(desk)) > 0);
    expect((await caseNamed(database, risk.number)).state).toBe('waiting')
    expect((await caseNamed(database, words.number)).state).toBe('waiting')
    expect((await caseNamed(database, usual.number)).state).toBe('screening')
  })

  test('is looked at again when the register changed, and only what is otherwise is written', async () => {
    const sha256 = hex(32)
    const { number, ids } = await screening([{ ...pdq(hex(32)), sha256 }, pdq(hex(32))])
    await screenDue(desk, stop)
    let done = await rescreen(desk, undefined, stop)
    expect(done).toEqual({ change: 1 })
    expect(await screenDue(desk, stop)).toBe(0)
    expect(await rescreen(desk, done, stop)).toBe(done)
    index.entries.push({ list: 1, sha256, trust: 'confirmed' })
    index.state = { kind: 'ready', number: 2 }
    done = await rescreen(desk, done, stop)
    expect(done).toEqual({ change: 2 })
    expect(await screenDue(desk, stop)).toBe(1)
    const found = await states(number)
    expect(ids.map((id) => found.get(id))).toEqual(['known', 'none'])
    expect(await caseNamed(database, number)).toMatchObject({ state: 'waiting', priority: { confidence: 3 } })
  })

  test('is ordered by a prioritiser once, which is told no hash and no word, and decides nothing', async () => {
    const { number } = await screening([pdq(hex(32))])
    await screenDue(desk, stop)
    const asked: string[] = []
    const answering = (status: number, body: string) =>
      httpPrioritiser({ http: 'https://model.example/order' }, async ({ body: sent }) => {
        asked.push(String(sent))
        const bytes = async () => Buffer.from(body)
        return { status, bytes, headers: {}, url: new URL('https://model.example') } as never
      })
    for (const wrong of ['{"points": 11}', '{"points": 0.5}', '{}', 'no'])
      expect(await orderCases(desk, answering(200, wrong), stop)).toMatchObject({ ordered: 0, failed: 1 })
    expect(await orderCases(desk, answering(500, ''), stop)).toMatchObject({ ordered: 0, failed: 1 })
    expect(await orderCases(desk, answering(200, '{"points": -3}'), stop)).toEqual({ ordered: 1, failed: 0 })
    expect(await orderCases(desk, answering(200, '{"points": 9}'), stop)).toEqual({ ordered: 0, failed: 0 })
    expect(await caseNamed(database, number)).toMatchObject({
      ...{ state: 'waiting', priority: { ordered: { by: 'model.example', points: -3 } } },
    })
    expect(Object.keys(JSON.parse(asked[0] ?? '{}')).sort()).toEqual(
      ['case', 'confidence', 'items', 'kind', 'receivedAt', 'severity'].sort(),
    )
    await expectFolded(database, 'case:')
  })
})
