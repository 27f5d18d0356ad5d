/** Register: lists and their terms, judgements, edits and their undoing, feedback, and what was on a date. */
import { describe, expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { changeDigest, changesOf } from '#store/changes'
import { restoreEntry, withdrawEntry } from '#store/edits'
import { sayings, versionsOf } from '#store/entries'
import { feedBack, feedbackOn } from '#store/feedback'
import { listAt, numbersOfChanges } from '#store/history'
import { judge, judgementOn } from '#store/judgements'
import { allLists, checkUse, createList, listNamed, removeList, renameList, setTerms } from '#store/lists'
import { rehash } from '#store/rehash'
import type { Trust } from '#terms/register'
import {
  commitAt,
  databaseOfFile,
  idOf,
  madeList,
  md5Of,
  numbered,
  pdqOf,
  put,
  sha1Of,
  sha256Of,
  signed,
} from '../support/register.ts'

const file = databaseOfFile()
const terms = { kind: 'alert', publisher: 'P', terms: '', uses: ['gate'], trust: 'reported' } as const

describe('lists', () => {
  test('a name is given once, and is free again when its list was removed', async () => {
    const { name } = await madeList(file.database)
    const create = () => file.database.transaction((tx) => createList(tx, name, terms, signed))
    await expect(create()).rejects.toMatchObject({ code: 'register.exists' })
    const list = await listNamed(file.database, name)
    const gone = await file.database.transaction((tx) => removeList(tx, list, 'agreement ended', signed))
    expect(gone).toMatchObject({ kind: 'remove' })
    await expect(listNamed(file.database, name)).rejects.toMatchObject({ code: 'register.unknown' })
    expect((await create()).id).not.toBe(list.id)
    const odd = file.database.transaction((tx) => createList(tx, 'no spaces', terms, signed))
    await expect(odd).rejects.toMatchObject({ code: 'request.invalid' })
  })

  test('a change has the number that people know, also when others before it were begun and undone', async () => {
    const { name } = await madeList(file.database)
    const undone = file.database.transaction(async (tx) => {
      await createList(tx, `${name}-undone`, terms, signed)
      throw new RangeError('undone')
    })
    await expect(undone).rejects.toThrow(RangeError)
    const list = await file.database.transaction((tx) => createList(tx, `${name}-made`, terms, signed))
    const [change] = await changesOf(file.database, list.id, 1)
    const { id = 0, number = 0 } = change ?? {}
    expect(number).toBeLessThan(id)
    expect(await numbersOfChanges(file.database, [id])).toEqual(new Map([[id, number]]))
  })

  test('terms are decided on a version: the second of two who saw the same one is refused', async () => {
    const { name } = await madeList(file.database)
    const seen = await listNamed(file.database, name)
    const set = (trust: Trust) =>
      file.database.transaction((tx) => setTerms(tx, seen, { trust, uses: ['gate'] }, signed))
    const next = await set('disputed')
    expect(next).toMatchObject({ trust: 'disputed', uses: ['gate'], version: 2, publisher: 'A hotline' })
    await expect(set('confirmed')).rejects.toMatchObject({ code: 'store.conflict' })
    expect(await listNamed(file.database, name)).toEqual(next)
    expect((await allLists(file.database)).map((list) => list.name)).toContain(name)
    expect(() => checkUse(next, 'export')).toThrow(expect.objectContaining({ code: 'register.refused' }))
    expect(() => checkUse(next, 'gate')).not.toThrow()
  })

  test('what a list was on a date is known also when it was renamed and removed since', async () => {
    const { name, apply } = await madeList(file.database)
    await apply([numbered(1), numbered(2)], { signed: { ...signed, at: new Date('2026-02-01') } })
    const at = (day: string) => ({ ...signed, at: new Date(day) })
    const list = await listNamed(file.database, name)
    const renamed = await file.database.transaction((tx) =>
      renameList(tx, list, `${name}.b`, at('2026-03-01')),
    )
    await file.database.transaction((tx) => removeList(tx, renamed, 'x', at('2026-04-01')))
    await commitAt(file.database, list.id)
    const was = (which: string, day: string) => listAt(file.database, which, new Date(day))
    expect(await was(name, '2026-02-15')).toMatchObject({
      list: { id: list.id, entries: 2, publisher: 'A hotline', uses: ['gate', 'scan'] },
      change: { kind: 'import' },
    })
    expect(await was(`${name}.b`, '2026-03-15')).toMatchObject({ list: { id: list.id, entries: 2 } })
    await expect(was(name, '2026-03-15')).rejects.toMatchObject({ code: 'register.unknown' })
    await expect(was(`${name}.b`, '2026-04-15')).rejects.toMatchObject({ code: 'register.unknown' })
  })
})

describe('what a list was on a date', () => {
  test('goes by when its changes were committed, not by when they were begun', async () => {
    const { name, id, apply, keys } = await madeList(file.database)
    await apply([numbered(1)], { signed: { ...signed, at: new Date('2026-02-01T23:50:00Z') } })
    await commitAt(file.database, id, ['2026-01-01T00:00:00Z', '2026-02-02T00:20:00Z'])
    const on = async (moment: string) => {
      const { list, change } = await listAt(file.database, name, new Date(moment))
      return [list.entries, await keys(change.id)]
    }
    expect(await on('2026-02-01T23:59:59Z')).toEqual([0, []])
    const [last] = await changesOf(file.database, id, 1)
    expect(last).toMatchObject({ at: '2026-02-01T23:50:00.000Z', numberedAt: '2026-02-02T00:20:00.000Z' })
    expect(await on(last?.numberedAt ?? '')).toEqual([1, ['k1']])
  })

  test('is the list that stands for every moment from a change on that people are told', async () => {
    const { name, apply } = await madeList(file.database)
    await apply([numbered(1)], { signed: { ...signed, at: new Date('2030-01-01') } })
    const list = await listNamed(file.database, name)
    const then = await listAt(file.database, name, new Date(list.changedAt))
    expect(then).toMatchObject({
      list: { entries: 1, changedAt: list.changedAt },
      change: { kind: 'import' },
    })
    expect(then.change.numberedAt).toBe(list.changedAt)
  })
})

describe('judgements', () => {
  test('stand beside the publisher, are joined, and can be taken back; each is a change with a digest', async () => {
    const list = await madeList(file.database)
    await list.apply([numbered(1)])
    const { entry } = await list.entry('k1')
    const say = (given: Parameters<typeof judge>[2]) =>
      file.database.transaction((tx) => judge(tx, entry, given, signed))
    const change = await say({ trust: 'false-positive', because: 'stock' })
    expect(change).toMatchObject({ kind: 'judge', list: list.id, entry })
    await say({ disabledUntil: 'always', because: 'and off' })
    expect(await judgementOn(file.database, entry)).toMatchObject({
      trust: 'false-positive',
      disabledUntil: 'always',
      because: 'and off',
    })
    expect(await say({ disabledUntil: 'always', because: 'again' })).toBeUndefined()
    const until = new Date('2030-01-01')
    await say({ disabledUntil: until, trust: null, because: 'for a while' })
    expect(await judgementOn(file.database, entry)).toMatchObject({ disabledUntil: until })
    expect(await judgementOn(file.database, entry)).not.toHaveProperty('trust')
    await say({ disabledUntil: null, because: 'looked again' })
    expect(await judgementOn(file.database, entry)).toBeUndefined()
    expect(await list.entry('k1')).toMatchObject({ trust: 'confirmed' })
    for (const { id, digest, kind, entry: judged } of await changesOf(file.database, list.id, 10)) {
      expect(await changeDigest(file.database, id)).toBe(digest)
      expect(judged).toBe(kind === 'judge' ? entry : undefined)
    }
    await expect(
      file.database.transaction((tx) => judge(tx, 2_000_000_000, { because: 'x' }, signed)),
    ).rejects.toMatchObject({ code: 'register.unknown' })
  })
})

describe('edits', () => {
  test('an entry is withdrawn with a reason, and what was done is undone by doing it again', async () => {
    const list = await madeList(file.database)
    await list.apply([numbered(1, { label: 'first', extra: { a: ['x'] }, categories: { s: ['1'] } })])
    await list.apply([numbered(1, { label: 'second' })])
    const { entry } = await list.entry('k1')
    const restore = () => file.database.transaction((tx) => restoreEntry(tx, entry, 'mistaken', signed))
    expect(await restore()).toMatchObject({ kind: 'edit', replaced: 1 })
    expect(await list.entry('k1')).toMatchObject({
      label: 'first',
      extra: { a: ['x'] },
      categories: { s: ['1'] },
    })
    const withdraw = () => file.database.transaction((tx) => withdrawEntry(tx, entry, 'asked to', signed))
    expect(await withdraw()).toMatchObject({ kind: 'edit', withdrawn: 1 })
    await expect(withdraw()).rejects.toMatchObject({ code: 'register.refused' })
    expect((await versionsOf(file.database, entry)).at(-1)).toMatchObject({ because: 'asked to' })
    expect(await restore()).toMatchObject({ added: 1 })
    expect(await list.entry('k1')).toMatchObject({ entry, label: 'first' })
  })

  test('an entry that was never touched has nothing to undo', async () => {
    const list = await madeList(file.database)
    await list.apply([numbered(1)])
    const { entry } = await list.entry('k1')
    const undone = file.database.transaction((tx) => restoreEntry(tx, entry, 'x', signed))
    await expect(undone).rejects.toMatchObject({ code: 'register.refused' })
  })
})

test('feedback waits for its source, and is on the record of its list', async () => {
  const list = await madeList(file.database)
  await list.apply([numbered(1)])
  const { entry } = await list.entry('k1')
  const given = { kind: 'dispute', hashKind: 'md5', because: 'a logo' } as const
  const id = await file.database.transaction((tx) => feedBack(tx, entry, given, signed))
  expect(await feedbackOn(file.database, entry)).toEqual([
    { id, entry, ...given, actor: signed.actor, at: signed.at.toISOString() },
  ])
  expect((await eventsOf(file.database, `list:${list.id}`)).at(-1)).toMatchObject({
    kind: 'feedback.given',
    body: { feedback: id, entry, says: 'dispute' },
  })
  expect(await list.apply([numbered(2)])).toMatchObject({ added: 1 }) // the list's version went on
})

test('what every list says of a hash is told list by list, and nothing of removed ones', async () => {
  const [one, two, three] = [
    await madeList(file.database),
    await madeList(file.database, { trust: 'reported' }),
    await madeList(file.database),
  ]
  const hash = sha256Of(77)
  for (const list of [one, two, three])
    await list.apply([put({ sha256: hash, categories: { s: [list.name] } })])
  const { entry } = await two.entry(`sha256:${hash}`)
  await file.database.transaction((tx) => judge(tx, entry, { trust: 'disputed', because: 'blurred' }, signed))
  const last = await listNamed(file.database, three.name)
  await file.database.transaction((tx) => removeList(tx, last, 'x', signed))
  expect(await sayings(file.database, { sha256: hash })).toMatchObject([
    { list: one.name, entry: { trust: 'confirmed', categories: { s: [one.name] } } },
    { list: two.name, entry: { trust: 'reported' }, judged: { trust: 'disputed', because: 'blurred' } },
  ])
  expect(await sayings(file.database, { md5: md5Of(424_242) })).toEqual([])
})

describe('rehash', () => {
  const asked = {
    kinds: ['pdq', 'sha256'],
    provenance: (kind: string) => `rehash ${kind} tutela-0 2026-01-02`,
    signed,
  } as const
  const files = [
    { md5: md5Of(1), sha1: sha1Of(1), sha256: sha256Of(1), pdq: pdqOf(1) },
    { md5: md5Of(2), sha1: sha1Of(99), sha256: sha256Of(2), pdq: pdqOf(2) },
    { md5: md5Of(3), sha1: sha1Of(3), sha256: sha256Of(3) },
  ]

  test('adds the hashes that an entry lacks, with where they are from; none where digests contradict', async () => {
    const list = await madeList(file.database)
    await list.apply([numbered(1, { pdq: pdqOf(500) }), numbered(2, { sha1: sha1Of(2) }), numbered(9)])
    const tried = await rehash(file.database, list.name, files, { ...asked, dryRun: true })
    expect(tried).toMatchObject({ applied: { kind: 'dry-run', replaced: 1 }, added: 1, filesNotListed: 1 })
    const two = await list.entry('k2')
    expect(tried.contradicted).toEqual([two.entry])
    const done = await rehash(file.database, list.name, files, { ...asked, dryRun: false })
    expect(done).toMatchObject({ applied: { kind: 'rehash', replaced: 1 } })
    const one = await list.entry('k1')
    expect(one).toMatchObject({ md5: md5Of(1), sha256: sha256Of(1), pdq: pdqOf(500) })
    expect(one.provenance).toEqual({ sha256: 'rehash sha256 tutela-0 2026-01-02' })
    expect(await list.entry('k2')).toEqual(two)
    expect(idOf(done.applied)).toBe(one.since)
    const again = await rehash(file.database, list.name, files, { ...asked, dryRun: false })
    expect(again).toMatchObject({ applied: { kind: 'unchanged' }, added: 0 })
  })

  test("what was added stays when the publisher's list comes again, and gives way to the publisher's own", async () => {
    const list = await madeList(file.database)
    const published = [numbered(1), numbered(2)]
    await list.apply(published)
    await rehash(file.database, list.name, files.slice(0, 1), { ...asked, dryRun: false })
    expect(await list.apply(published, { whole: true })).toMatchObject({ kind: 'unchanged', unchanged: 2 })
    await list.apply([numbered(1, { label: 'new words' }), numbered(2)], { whole: true })
    expect(await list.entry('k1')).toMatchObject({ label: 'new words', sha256: sha256Of(1), pdq: pdqOf(1) })
    await list.apply([numbered(1, { sha256: sha256Of(1) })])
    const one = await list.entry('k1')
    expect(one).toMatchObject({ sha256: sha256Of(1), pdq: pdqOf(1) })
    expect(one.provenance).toEqual({ pdq: 'rehash pdq tutela-0 2026-01-02' })
  })
})
