/** Steps: changes of a list, applied whole or not at all. */
import { describe, expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { changeAt, changeDigest, changesOf } from '#store/changes'
import { versionsOf } from '#store/entries'
import { judge, judgementOn } from '#store/judgements'
import { listNamed } from '#store/lists'
import { sql as register } from '#store/migrations/001-register'
import { applySteps, type StepsOptions } from '#store/steps'
import { md5 } from '#terms/hash'
import type { EntryStep } from '#terms/register'
import {
  commitAt,
  databaseOfFile,
  idOf,
  madeList,
  md5Of,
  numbered,
  put,
  sha1Of,
  sha256Of,
  signed,
} from '../support/register.ts'

const file = databaseOfFile()

describe('applySteps', () => {
  test('adds, replaces, withdraws and leaves alone, and counts each', async () => {
    const list = await madeList(file.database)
    const first = await list.apply([numbered(1), numbered(2), numbered(3)])
    expect(first).toMatchObject({ kind: 'import', added: 3, replaced: 0, withdrawn: 0 })
    const second = await list.apply([
      numbered(1),
      numbered(2, { label: 'a\tnew\\word\n' }),
      { kind: 'withdraw', key: 'k3', because: 'the source withdrew it' },
      { kind: 'withdraw', key: 'never there', because: 'x' },
      numbered(4, { trust: 'reported' }),
    ])
    expect(second).toMatchObject({ added: 1, replaced: 1, withdrawn: 1, unchanged: 1, before: 3 })
    expect(await listNamed(file.database, list.name)).toMatchObject({ entries: 3, version: 3 })
    expect(await list.keys()).toEqual(['k1', 'k2', 'k4'])
    expect(await list.keys(idOf(first))).toEqual(['k1', 'k2', 'k3'])
    const two = await list.entry('k2')
    expect(two).toMatchObject({ label: 'a\tnew\\word\n', md5: md5Of(2), trust: 'confirmed' })
    const versions = await versionsOf(file.database, two.entry)
    expect(versions.map(({ since, until }) => ({ since, until }))).toEqual([
      { since: idOf(first), until: idOf(second) },
      { since: idOf(second), until: undefined },
    ])
  })

  test('writes one event, one leaf and one digest that the tables give again at any later time', async () => {
    const list = await madeList(file.database)
    const first = await list.apply([numbered(1), numbered(2)])
    await list.apply([numbered(1, { label: 'x' }), { kind: 'withdraw', key: 'k2', because: 'y' }])
    const changes = await changesOf(file.database, list.id, 10)
    const events = await eventsOf(file.database, `list:${list.id}`)
    expect(events.map(({ version, kind, body }) => [version, kind, body['change'], body['digest']])).toEqual(
      changes.map(({ id, digest }, place) => [3 - place, 'list.changed', id, digest]).reverse(),
    )
    for (const { id, digest } of changes) expect(await changeDigest(file.database, id)).toBe(digest)
    await file.database.query(`UPDATE entry SET label = 'forged' WHERE since = $1`, [idOf(first)])
    expect(await changeDigest(file.database, idOf(first))).not.toBe('digest' in first && first.digest)
  })

  test('a digest says of every column that it was altered; one of the earlier form is worked out as it was', async () => {
    const list = await madeList(file.database)
    const change = idOf(await list.apply([numbered(1, { label: 'ä\tb' }), numbered(2), numbered(3)]))
    const digest = await changeDigest(file.database, change)
    const altered: Record<string, string> = {
      ...{
        key: `key || 'x'`,
        trust: '(trust + 1) % 4',
        md5: `sha256('x')`,
        sha1: `sha256('x')`,
        sha256: `sha256('x')`,
      },
      ...{ pdq: `sha256('x')`, photodna: `'x'`, categories: `'{"a":["b"]}'`, label: `'x'`, source: `'x'` },
      ...{ provenance: `'{"md5":"x"}'`, extra: `'{"a": 1}'`, entry: 'entry + 1' },
    }
    for (const [column, value] of Object.entries(altered)) {
      const found = file.database.transaction(async (tx) => {
        await tx.query(
          `UPDATE entry SET ${column} = ${value} WHERE row = (SELECT max(row) FROM entry WHERE since = $1)`,
          [change],
        )
        throw new Error(await changeDigest(tx, change)) // nothing of it stays
      })
      await expect(found, column).rejects.not.toThrow(digest)
      await expect(found, column).rejects.toThrow(/^[0-9a-f]{64}$/)
    }
    const first = register.slice(register.indexOf('CREATE FUNCTION change_digest('))
    await file.database.query(
      first.slice(0, first.indexOf('$$;') + 3).replace('change_digest(', 'earlier_digest('),
    )
    await file.database.query('UPDATE change SET form = 1 WHERE id = $1', [change])
    const { rows } = await file.database.query<{ digest: Buffer }>('SELECT earlier_digest($1) AS digest', [
      change,
    ])
    expect(await changeDigest(file.database, change)).toBe(rows[0]?.digest.toString('hex'))
    expect(await changeDigest(file.database, change)).not.toBe(digest)
  })

  test('a whole list withdraws what it does not name, and an unchanged one makes no change', async () => {
    const list = await madeList(file.database)
    await list.apply([numbered(1), numbered(2)])
    const { entry } = await list.entry('k1')
    const whole = await list.apply([numbered(2), numbered(3)], { kind: 'replace', whole: true })
    expect(whole).toMatchObject({ added: 1, withdrawn: 1, unchanged: 1 })
    const again = await list.apply([numbered(3), numbered(2)], { kind: 'replace', whole: true })
    expect(again).toMatchObject({ kind: 'unchanged', unchanged: 2 })
    expect(await changesOf(file.database, list.id, 10)).toHaveLength(3)
    expect(await versionsOf(file.database, entry)).toMatchObject([
      { key: 'k1', because: 'not in the list any more' },
    ])
  })

  test('joins what repeats a key: hashes and categories side by side, and contradictions apart', async () => {
    const list = await madeList(file.database)
    const applied = await list.apply([
      put({ key: 'a', md5: md5Of(1), categories: { s: ['1'] } }),
      put({ key: 'a', sha1: sha1Of(1), categories: { s: ['2'], t: ['x'] }, label: 'later' }),
      put({ key: 'a', md5: md5Of(2) }),
      numbered(7),
      put({ key: 'b', md5: md5Of(3) }),
      { kind: 'withdraw', key: 'b', because: 'at once' },
    ])
    expect(applied).toMatchObject({ added: 3, repeated: 2, withdrawn: 0 })
    const told = (await list.entries()).map(({ key, md5, sha1, categories, label }) => ({
      ...{ key, md5, sha1, categories, label },
    }))
    expect(told).toEqual([
      { key: 'k7', md5: md5Of(7), categories: {} },
      { key: 'a', md5: md5Of(1), sha1: sha1Of(1), categories: { s: ['1', '2'], t: ['x'] }, label: 'later' },
      { key: `a md5:${md5Of(2)}`, md5: md5Of(2), categories: {} },
    ])
  })

  test('takes the last of repeated steps where that is asked for', async () => {
    const list = await madeList(file.database)
    await list.apply([numbered(1), numbered(1, { label: 'last' })], { repeats: 'last' })
    expect(await list.entries()).toMatchObject([{ key: 'k1', label: 'last', md5: md5Of(1) }])
  })

  test('leaves out entries without a hash, and the hashes of a file without content', async () => {
    const list = await madeList(file.database)
    const empty = md5('d41d8cd98f00b204e9800998ecf8427e') ?? md5Of(0)
    const applied = await list.apply([
      put({ md5: empty }),
      put({ key: 'x' }),
      put({ md5: empty, sha256: sha256Of(5) }),
    ])
    expect(applied).toMatchObject({ added: 1, left: 2 })
    const [entry] = await list.entries()
    expect(entry).toMatchObject({ key: `sha256:${sha256Of(5)}`, sha256: sha256Of(5) })
    expect(entry).not.toHaveProperty('md5')
  })

  test('a dry run gives the figures and changes nothing', async () => {
    const list = await madeList(file.database)
    expect(await list.apply([numbered(1)], { dryRun: true })).toMatchObject({ kind: 'dry-run', added: 1 })
    await list.apply([numbered(1), numbered(2)])
    const tried = await list.apply([numbered(3)], { whole: true, dryRun: true })
    expect(tried).toMatchObject({ kind: 'dry-run', added: 1, withdrawn: 2, before: 2 })
    expect(await list.keys()).toEqual(['k1', 'k2'])
  })

  test('holds a change beyond its bounds, and applies nothing of it', async () => {
    const list = await madeList(file.database)
    const ten = Array.from({ length: 10 }, (_, at) => numbered(at))
    await list.apply(ten, { bounds: { addedMax: 1 } }) // an empty list has no bounds
    const bounds = { withdrawnShareMax: 0.5, addedMax: 3 }
    await expect(list.apply([numbered(1)], { whole: true, bounds })).rejects.toMatchObject({
      code: 'register.held',
      cause: { withdrawn: 9, before: 10 },
    })
    const four = [11, 12, 13, 14].map((number) => numbered(number))
    await expect(list.apply(four, { bounds })).rejects.toMatchObject({ code: 'register.held' })
    expect(await listNamed(file.database, list.name)).toMatchObject({ entries: 10, version: 2 })
  })

  test('keeps nothing when the steps fail midway', async () => {
    const list = await madeList(file.database)
    async function* failing(): AsyncGenerator<readonly EntryStep[]> {
      yield [numbered(1)]
      throw new TypeError('the file ends here')
    }
    const import_ = applySteps(file.database, list.name, failing(), { kind: 'import', signed })
    await expect(import_).rejects.toThrow('the file ends here')
    expect(await list.keys()).toEqual([])
    expect(await list.apply([numbered(1)])).toMatchObject({ added: 1 })
  })

  test('keeps what is to be kept with the change, or neither', async () => {
    const list = await madeList(file.database)
    const also: StepsOptions['also'] = async (tx, applied) => {
      await tx.query('UPDATE list SET scheme = $1 WHERE id = $2', [`s${applied.added}`, list.id])
      if (applied.added === 1) throw new TypeError('no checkpoint')
    }
    await expect(list.apply([numbered(1)], { also })).rejects.toThrow('no checkpoint')
    expect(await list.keys()).toEqual([])
    await list.apply([numbered(1), numbered(2)], { also })
    expect(await listNamed(file.database, list.name)).toMatchObject({ scheme: 's2', entries: 2 })
  })

  test('numbers changes in the order of their commits, and tells whoever listens', async () => {
    const lists = await Promise.all([1, 2, 3, 4].map(() => madeList(file.database)))
    const told: number[] = []
    const listener = await file.database.pool.connect()
    listener.on('notification', ({ payload }) => told.push(Number(payload)))
    await listener.query('LISTEN tutela_change')
    const applied = await Promise.all(lists.map((list, at) => list.apply([numbered(at)])))
    const numbers = applied.map((change) => ('number' in change ? change.number : 0)).sort((a, b) => a - b)
    expect(numbers.map((number) => number - (numbers[0] ?? 0))).toEqual([0, 1, 2, 3])
    await expect.poll(() => told).toEqual(numbers)
    listener.release(true)
  })

  test('an entry that comes back keeps its number, and what was judged of it', async () => {
    const list = await madeList(file.database)
    await list.apply([numbered(1), numbered(2)])
    const { entry } = await list.entry('k2')
    const judged = { trust: 'false-positive', because: 'a stock photograph' } as const
    await file.database.transaction((tx) => judge(tx, entry, judged, signed))
    await list.apply([numbered(1)], { kind: 'pull', whole: true })
    await list.apply([numbered(1), numbered(2, { label: 'again' })], { kind: 'pull', whole: true })
    expect(await list.entry('k2')).toMatchObject({ entry, label: 'again' })
    expect(await judgementOn(file.database, entry)).toMatchObject(judged)
  })

  test('gives the list as it was on a date', async () => {
    const list = await madeList(file.database)
    const on = (day: number) => ({ actor: 'tutela' as const, at: new Date(Date.UTC(2026, 1, day)) })
    await list.apply([numbered(1)], { signed: on(10) })
    await list.apply([numbered(2)], { signed: on(20), whole: true })
    await commitAt(file.database, list.id)
    const keysOn = async (day: number) => {
      const change = await changeAt(file.database, list.id, new Date(Date.UTC(2026, 1, day, 12)))
      return change && list.keys(change.id)
    }
    expect(await keysOn(10)).toEqual(['k1'])
    expect(await keysOn(19)).toEqual(['k1'])
    expect(await keysOn(20)).toEqual(['k2'])
    expect(await changeAt(file.database, list.id, new Date('2025-01-01'))).toBeUndefined()
  })
})
