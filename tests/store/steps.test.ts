/** Steps: changes of a list, applied whole or not at all. */
import { describe, expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { changeAt, changeDigest, changesOf } from '#store/changes'
import type { Database } from '#store/database'
import { entriesOf, entryOf, versionsOf } from '#store/entries'
import { judge, judgementOn } from '#store/judgements'
import { createList, listNamed } from '#store/lists'
import { type Applied, applySteps, type StepsOptions } from '#store/steps'
import { md5, sha1, sha256 } from '#terms/hash'
import type { EntryPut, EntryStep, ListTerms } from '#terms/register'
import { temporaryDatabase } from '../support/database.ts'
import { gathered } from '../support/gathered.ts'

const TERMS: ListTerms = {
  kind: 'alert',
  publisher: 'A hotline',
  terms: 'for matching alone',
  uses: ['gate', 'scan'],
  trust: 'confirmed',
}
const at = new Date('2026-01-02T03:04:05.678Z')
const signed = { actor: 'operator:tester', at } as const

/** MD5 and SHA-1 that belong to nothing, from a number. */
const md5Of = (number: number) => md5(number.toString(16).padStart(32, '0')) ?? raise()
const sha1Of = (number: number) => sha1(number.toString(16).padStart(40, '0')) ?? raise()
const sha256Of = (number: number) => sha256(number.toString(16).padStart(64, '0')) ?? raise()
function raise(): never {
  throw new Error('no hash')
}

const put = (entry: EntryPut): EntryStep => ({ kind: 'put', entry })
const numbered = (number: number, more: EntryPut = {}): EntryStep =>
  put({ key: `k${number}`, md5: md5Of(number), ...more })

async function withList(terms: Partial<ListTerms> = {}): Promise<Database> {
  const { database } = await temporaryDatabase()
  await database.transaction((tx) => createList(tx, 'hotline', { ...TERMS, ...terms }, signed))
  return database
}

const apply = (database: Database, steps: readonly EntryStep[], options: Partial<StepsOptions> = {}) =>
  applySteps(database, 'hotline', [steps], { kind: 'import', signed, ...options })

async function keysOf(database: Database, at?: number): Promise<string[]> {
  const list = await listNamed(database, 'hotline')
  const batches = await gathered(entriesOf(database, list, at === undefined ? {} : { at }))
  return batches.flat().map(({ key }) => key)
}

function idOf(applied: Applied): number {
  if (!('id' in applied)) throw new Error(`nothing was changed: ${applied.kind}`)
  return applied.id
}

describe('applySteps', () => {
  test('adds, replaces, withdraws and leaves alone, and counts each', async () => {
    const database = await withList()
    const first = await apply(database, [numbered(1), numbered(2), numbered(3)])
    expect(first).toMatchObject({ kind: 'import', added: 3, replaced: 0, withdrawn: 0, number: 2 })
    const second = await apply(database, [
      numbered(1),
      numbered(2, { label: 'a\tnew\\word\n' }),
      { kind: 'withdraw', key: 'k3', because: 'the source withdrew it' },
      { kind: 'withdraw', key: 'never there', because: 'x' },
      numbered(4, { trust: 'reported' }),
    ])
    expect(second).toMatchObject({ added: 1, replaced: 1, withdrawn: 1, unchanged: 1, number: 3, before: 3 })
    expect(await listNamed(database, 'hotline')).toMatchObject({ entries: 3, version: 3 })
    expect(await keysOf(database)).toEqual(['k1', 'k2', 'k4'])
    expect(await keysOf(database, idOf(first))).toEqual(['k1', 'k2', 'k3'])
    const [, two] = (await gathered(entriesOf(database, await listNamed(database, 'hotline')))).flat()
    expect(two).toMatchObject({ label: 'a\tnew\\word\n', md5: md5Of(2), trust: 'confirmed' })
    const versions = await versionsOf(database, two?.entry ?? 0)
    expect(versions.map(({ since, until }) => ({ since, until }))).toEqual([
      { since: idOf(first), until: idOf(second) },
      { since: idOf(second), until: undefined },
    ])
  })

  test('writes one event, one leaf and one digest that the tables give again at any later time', async () => {
    const database = await withList()
    const first = await apply(database, [numbered(1), numbered(2)])
    await apply(database, [numbered(1, { label: 'x' }), { kind: 'withdraw', key: 'k2', because: 'y' }])
    const list = await listNamed(database, 'hotline')
    const changes = await changesOf(database, list.id, 10)
    const events = await eventsOf(database, `list:${list.id}`)
    expect(events.map(({ version, kind, body }) => [version, kind, body['change'], body['digest']])).toEqual(
      changes.map(({ id, digest }, place) => [3 - place, 'list.changed', id, digest]).reverse(),
    )
    for (const { id, digest } of changes) expect(await changeDigest(database, id)).toBe(digest)
    await database.query(`UPDATE entry SET label = 'forged' WHERE since = $1`, [idOf(first)])
    expect(await changeDigest(database, idOf(first))).not.toBe('digest' in first && first.digest)
  })

  test('a whole list withdraws what it does not name, and an unchanged one makes no change', async () => {
    const database = await withList()
    await apply(database, [numbered(1), numbered(2)])
    const whole = await apply(database, [numbered(2), numbered(3)], { kind: 'replace', whole: true })
    expect(whole).toMatchObject({ added: 1, withdrawn: 1, unchanged: 1 })
    const again = await apply(database, [numbered(3), numbered(2)], { kind: 'replace', whole: true })
    expect(again).toMatchObject({ kind: 'unchanged', unchanged: 2 })
    expect(await changesOf(database, 1, 10)).toHaveLength(3)
    const [gone] = await versionsOf(database, 1)
    expect(gone).toMatchObject({ key: 'k1', because: 'not in the list any more' })
  })

  test('joins what repeats a key: hashes and categories side by side, and contradictions apart', async () => {
    const database = await withList()
    const applied = await apply(database, [
      put({ key: 'a', md5: md5Of(1), categories: { s: ['1'] } }),
      put({ key: 'a', sha1: sha1Of(1), categories: { s: ['2'], t: ['x'] }, label: 'later' }),
      put({ key: 'a', md5: md5Of(2) }),
      numbered(7),
      put({ key: 'b', md5: md5Of(3) }),
      { kind: 'withdraw', key: 'b', because: 'at once' },
    ])
    expect(applied).toMatchObject({ added: 3, repeated: 2, withdrawn: 0 })
    const entries = (await gathered(entriesOf(database, await listNamed(database, 'hotline')))).flat()
    expect(entries.map(({ key, md5, sha1, categories }) => ({ key, md5, sha1, categories }))).toEqual([
      { key: 'k7', md5: md5Of(7), sha1: undefined, categories: {} },
      { key: 'a', md5: md5Of(1), sha1: sha1Of(1), categories: { s: ['1', '2'], t: ['x'] } },
      { key: `a md5:${md5Of(2)}`, md5: md5Of(2), sha1: undefined, categories: {} },
    ])
  })

  test('takes the last of repeated steps where that is asked for', async () => {
    const database = await withList()
    await apply(database, [numbered(1), numbered(1, { label: 'last' })], { repeats: 'last' })
    const entries = (await gathered(entriesOf(database, await listNamed(database, 'hotline')))).flat()
    expect(entries).toMatchObject([{ key: 'k1', label: 'last', md5: md5Of(1) }])
  })

  test('leaves out entries without a hash, and the hashes of a file without content', async () => {
    const database = await withList()
    const empty = md5('d41d8cd98f00b204e9800998ecf8427e') ?? raise()
    const applied = await apply(database, [
      put({ md5: empty }),
      put({ key: 'x' }),
      put({ md5: empty, sha256: sha256Of(5) }),
    ])
    expect(applied).toMatchObject({ added: 1, left: 2 })
    expect(await entryOf(database, 1)).toMatchObject({ key: `sha256:${sha256Of(5)}`, sha256: sha256Of(5) })
  })

  test('a dry run gives the figures and changes nothing', async () => {
    const database = await withList()
    await apply(database, [numbered(1), numbered(2)])
    const tried = await apply(database, [numbered(3)], { whole: true, dryRun: true })
    expect(tried).toMatchObject({ kind: 'dry-run', added: 1, withdrawn: 2, before: 2 })
    expect(await keysOf(database)).toEqual(['k1', 'k2'])
  })

  test('holds a change beyond its bounds, and applies nothing of it', async () => {
    const database = await withList()
    await apply(
      database,
      Array.from({ length: 10 }, (_, at) => numbered(at)),
      { bounds: { addedMax: 1 } },
    )
    const whole = { whole: true, bounds: { withdrawnShareMax: 0.5, addedMax: 3 } }
    const shrunk = apply(database, [numbered(1)], whole)
    await expect(shrunk).rejects.toMatchObject({ code: 'register.held', cause: { withdrawn: 9, before: 10 } })
    const swollen = apply(
      database,
      [11, 12, 13, 14].map((number) => numbered(number)),
      { bounds: whole.bounds },
    )
    await expect(swollen).rejects.toMatchObject({ code: 'register.held' })
    expect(await listNamed(database, 'hotline')).toMatchObject({ entries: 10, version: 2 })
  })

  test('keeps nothing when the steps fail midway', async () => {
    const database = await withList()
    async function* failing(): AsyncGenerator<readonly EntryStep[]> {
      yield [numbered(1)]
      throw new TypeError('the file ends here')
    }
    await expect(applySteps(database, 'hotline', failing(), { kind: 'import', signed })).rejects.toThrow(
      'the file ends here',
    )
    expect(await keysOf(database)).toEqual([])
    expect(await apply(database, [numbered(1)])).toMatchObject({ added: 1 })
  })

  test('keeps what is to be kept with the change, or neither', async () => {
    const database = await withList()
    const also: StepsOptions['also'] = async (tx, applied) => {
      await tx.query(`UPDATE list SET scheme = 's${applied.added}'`)
      if (applied.added === 1) throw new TypeError('no checkpoint')
    }
    await expect(apply(database, [numbered(1)], { also })).rejects.toThrow('no checkpoint')
    expect(await keysOf(database)).toEqual([])
    await apply(database, [numbered(1), numbered(2)], { also })
    expect(await listNamed(database, 'hotline')).toMatchObject({ scheme: 's2', entries: 2 })
  })

  test('numbers changes in the order of their commits, and tells whoever listens', async () => {
    const { database } = await temporaryDatabase()
    const names = ['a', 'b', 'c', 'd']
    for (const name of names) await database.transaction((tx) => createList(tx, name, TERMS, signed))
    const told: string[] = []
    const client = await database.pool.connect()
    client.on('notification', ({ payload }) => told.push(payload ?? ''))
    await client.query('LISTEN tutela_change')
    await Promise.all(
      names.map((name, at) => applySteps(database, name, [[numbered(at)]], { kind: 'import', signed })),
    )
    await expect.poll(() => told).toEqual(['5', '6', '7', '8'])
    client.release()
  })

  test('an entry that comes back keeps its number, and what was judged of it', async () => {
    const database = await withList()
    await apply(database, [numbered(1), numbered(2)])
    const judged = { trust: 'false-positive', because: 'a stock photograph' } as const
    await database.transaction((tx) => judge(tx, 2, judged, signed))
    await apply(database, [numbered(1)], { kind: 'pull', whole: true })
    await apply(database, [numbered(1), numbered(2, { label: 'again' })], { kind: 'pull', whole: true })
    expect(await entryOf(database, 2)).toMatchObject({ key: 'k2', label: 'again', entry: 2 })
    expect(await judgementOn(database, 2)).toMatchObject(judged)
  })

  test('gives the list as it was on a date', async () => {
    const database = await withList()
    const on = (day: number) => ({ actor: 'tutela' as const, at: new Date(Date.UTC(2026, 1, day)) })
    await apply(database, [numbered(1)], { signed: on(10) })
    await apply(database, [numbered(2)], { signed: on(20), whole: true })
    const keysOn = async (day: number) => {
      const change = await changeAt(database, 1, new Date(Date.UTC(2026, 1, day, 12)))
      return change && keysOf(database, change.id)
    }
    expect(await keysOn(10)).toEqual(['k1'])
    expect(await keysOn(19)).toEqual(['k1'])
    expect(await keysOn(20)).toEqual(['k2'])
    expect(await changeAt(database, 1, new Date('2025-01-01'))).toBeUndefined()
  })
})
