/** Sweep: what passed and would match now is told once, and nothing else is. */
import { describe, expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { judge } from '#store/judgements'
import { createList, listNamed, removeList, setTerms } from '#store/lists'
import { forgetPassed } from '#store/passed'
import { md5, pdqHash, sha256 } from '#terms/hash'
import type { RegisterIndex } from '#terms/register-index'
import { sweep } from '#workflow/retro/sweep'
import { fingerprint, TERMS, type World, world } from './world.ts'

const SHA = 'ab'.repeat(32)
const MD5 = 'cd'.repeat(16)
const PDQ = '0f1e2d3c4b5a6978'.repeat(4)
/** Two bits away. */
const NEAR = `3${PDQ.slice(1)}`
const bytes = (hex: string) => sha256(hex) ?? raise()
const pixels = (hex: string) => pdqHash(hex) ?? raise()
const short = (hex: string) => md5(hex) ?? raise()
function raise(): never {
  throw new Error('no hash')
}

/** A list that holds something else, so that the gate can say none. */
async function begun(): Promise<World> {
  const opened = await world()
  await opened.put('hotline', { key: 'other', sha256: bytes('01'.repeat(32)), pdq: pixels('f0'.repeat(32)) })
  await opened.index.catchUp()
  return opened
}

describe('an item that passed', () => {
  test('is told of when an entry with its digest comes, once, and forgotten', async () => {
    const { client, pass, put, desk, messages, references, advance, database } = await begun()
    const site = await client('site')
    expect(await pass(site, 'upload-1', fingerprint({ sha256: SHA, pdq: PDQ }))).toBe('none')
    expect(await pass(site, 'upload-2', fingerprint({ sha256: '02'.repeat(32), pdq: PDQ }))).toBe('none')
    advance(60)
    await put('hotline', { key: 'new', sha256: bytes(SHA) })
    expect(await sweep(desk)).toEqual({ number: 3, told: 1 })
    expect(await messages()).toEqual([
      {
        client: site.id,
        body: {
          type: 'match.later',
          timestamp: '2026-03-01T12:01:00.000Z',
          data: {
            reference: 'upload-1',
            passedAt: '2026-03-01T12:00:00.000Z',
            verdict: 'match',
            decision: 'block',
            basis: ['sha256'],
          },
        },
      },
    ])
    expect(await references()).toEqual(['upload-2'])
    expect(await eventsOf(database, 'delivery:1')).toMatchObject([
      { kind: 'delivery.written', actor: 'tutela', body: { bases: ['sha256'], client: site.id } },
    ])
    expect(await sweep(desk)).toBeUndefined()
    await put('hotline', { key: 'again', sha256: bytes(SHA), md5: short(MD5) })
    expect(await sweep(desk)).toEqual({ number: 4, told: 0 })
  })

  test('is looked up again so that whoever asks the gate meanwhile has a turn between two', async () => {
    const { client, pass, put, desk } = await begun()
    const site = await client('site')
    for (let item = 0; item < 12; item++)
      await pass(site, `upload-${item}`, fingerprint({ sha256: SHA, pdq: PDQ }))
    await put('hotline', { key: 'new', sha256: bytes(SHA) })
    await desk.index.catchUp()
    const events: string[] = []
    let isOver = false
    const asking = (async () => {
      while (!isOver) {
        await new Promise((resolve) => setImmediate(resolve))
        events.push('somebody')
      }
    })()
    const { index } = desk
    const slow: RegisterIndex = {
      state: index.state,
      lists: () => index.lists(),
      catchUp: () => index.catchUp(),
      hitsMany: (many, given) => index.hitsMany(many, given),
      hits: (one, given) => {
        events.push('sweep')
        for (const since = performance.now(); performance.now() - since < 5; ); // as a large register would take
        return index.hits(one, given)
      },
    }
    expect(await sweep({ ...desk, index: slow })).toMatchObject({ told: 12 })
    isOver = true
    const own = events.flatMap((event, at) => (event === 'sweep' ? [at] : []))
    expect(own).toHaveLength(12)
    expect(own.filter((at) => events[at + 1] === 'sweep')).toEqual([])
    await asking
  })

  test('is told of when any of its PDQ hashes is near one of an entry', async () => {
    const { client, pass, put, desk, messages } = await begun()
    const site = await client('site')
    await pass(site, 'a', fingerprint({ pdq: PDQ, sha256: SHA }))
    await pass(site, 'b', fingerprint({ pdq: 'ff00'.repeat(16), sha256: '03'.repeat(32) }))
    await put('hotline', { key: 'new', pdq: pixels(NEAR) })
    expect(await sweep(desk)).toMatchObject({ told: 1 })
    expect(await messages()).toMatchObject([{ body: { data: { reference: 'a', basis: ['pdq'] } } }])
  })

  test('names lists and entries only to a client that may see them', async () => {
    const { client, pass, put, desk, messages } = await begun()
    const [site, police] = [await client('site'), await client('police', { scopes: ['match', 'detail'] })]
    for (const one of [site, police]) await pass(one, 'a', fingerprint({ sha256: SHA, pdq: PDQ }))
    await put('hotline', { key: 'new', sha256: bytes(SHA), pdq: pixels(NEAR) })
    await sweep(desk)
    const [plain, detailed] = await messages()
    expect(JSON.stringify(plain)).not.toMatch(/hotline|entry|distance|matches/)
    expect(detailed).toMatchObject({
      client: police.id,
      body: {
        data: {
          matches: [
            { list: 'hotline', entry: 2, basis: 'sha256', trust: 'confirmed' },
            { list: 'hotline', entry: 2, basis: 'pdq', distance: 2 },
          ],
        },
      },
    })
  })

  test('is not told of for a list that its client is not answered from, or not at the gate', async () => {
    const { client, pass, put, desk, messages, database, signed } = await begun()
    await database.transaction((tx) => createList(tx, 'own', TERMS, signed()))
    await database.transaction((tx) => createList(tx, 'police', { ...TERMS, uses: ['scan'] }, signed()))
    const site = await client('site', { lists: ['hotline'] })
    await pass(site, 'a', fingerprint({ sha256: SHA, pdq: PDQ }))
    await put('own', { key: 'new', sha256: bytes(SHA) })
    await put('police', { key: 'new', sha256: bytes(SHA), pdq: pixels(PDQ) })
    expect(await sweep(desk)).toMatchObject({ told: 0 })
    expect(await messages()).toEqual([])
  })

  test('is not told of for an entry that is set aside, nor for one that is gone again', async () => {
    const { client, pass, put, withdraw, desk, messages, database, signed } = await begun()
    await database.transaction((tx) => createList(tx, 'good', { ...TERMS, kind: 'known-good' }, signed()))
    const site = await client('site')
    await pass(site, 'known good', fingerprint({ sha256: SHA, pdq: PDQ }))
    await pass(site, 'false positive', fingerprint({ sha256: '04'.repeat(32), pdq: '04'.repeat(32) }))
    await pass(site, 'gone', fingerprint({ sha256: '05'.repeat(32), pdq: '05'.repeat(32) }))
    await put('good', { key: 'good', sha256: bytes(SHA) })
    await put(
      'hotline',
      { key: 'new', pdq: pixels(PDQ) },
      { key: 'false', sha256: bytes('04'.repeat(32)), trust: 'false-positive' },
      { key: 'gone', sha256: bytes('05'.repeat(32)) },
    )
    await withdraw('hotline', 'gone')
    expect(await sweep(desk)).toMatchObject({ told: 0 })
    expect(await messages()).toEqual([])
  })

  test('is told of when what set its match aside is withdrawn, or removed with its list', async () => {
    const { client, pass, put, withdraw, desk, messages, database, signed, index } = await begun()
    const site = await client('site')
    const files = [SHA, 'ba'.repeat(32)]
    for (const list of ['harmless', 'cleared'])
      await database.transaction((tx) => createList(tx, list, { ...TERMS, kind: 'known-good' }, signed()))
    for (const [at, list] of ['harmless', 'cleared'].entries()) {
      const file = bytes(files[at] ?? '')
      await put('hotline', { key: `k${at}`, sha256: file, pdq: pixels(PDQ) })
      await put(list, { key: 'good', sha256: file })
    }
    await index.catchUp()
    for (const file of files)
      expect(await pass(site, file, fingerprint({ sha256: file, pdq: PDQ }))).toBe('none')
    await withdraw('harmless', 'good')
    expect(await sweep(desk)).toMatchObject({ told: 1 })
    await database.transaction(async (tx) =>
      removeList(tx, await listNamed(tx, 'cleared'), 'wrong', signed()),
    )
    expect(await sweep(desk)).toMatchObject({ told: 1 })
    expect(await messages()).toMatchObject(files.map((reference) => ({ body: { data: { reference } } })))
  })

  test('is told of when an entry is not judged a false positive any more, and when a list is let to the gate', async () => {
    const { client, pass, put, desk, messages, database, signed, index } = await begun()
    await database.transaction((tx) => createList(tx, 'later', { ...TERMS, uses: ['scan'] }, signed()))
    await put('later', { key: 'later', sha256: bytes('06'.repeat(32)) })
    await put('hotline', { key: 'judged', sha256: bytes(SHA) })
    const { rows } = await database.query<{ entry: number }>(`SELECT entry FROM entry WHERE key = 'judged'`)
    const entry = rows[0]?.entry ?? 0
    const judged = { trust: 'false-positive', because: 'it shows a horse' } as const
    await database.transaction((tx) => judge(tx, entry, judged, signed()))
    await index.catchUp()
    const site = await client('site')
    await pass(site, 'a', fingerprint({ sha256: SHA, pdq: PDQ }))
    await pass(site, 'b', fingerprint({ sha256: '06'.repeat(32), pdq: PDQ }))
    expect(await sweep(desk)).toBeUndefined()
    await database.transaction((tx) => judge(tx, entry, { trust: null, because: 'it does not' }, signed()))
    expect(await sweep(desk)).toMatchObject({ told: 1 })
    const list = await listNamed(database, 'later')
    await database.transaction((tx) => setTerms(tx, list, { uses: ['gate'] }, signed()))
    expect(await sweep(desk)).toMatchObject({ told: 1 })
    const told = (await messages()).map(({ body }) => (body['data'] as { reference: string }).reference)
    expect(told).toEqual(['a', 'b'])
  })
})

describe('nothing is missed', () => {
  test('of an item that was looked up before a change and kept after it had been compared', async () => {
    const { client, put, desk, messages, database, index } = await begun()
    const site = await client('site')
    const { PassedRecorder } = await import('#workflow/retro/record')
    const late = { ...fingerprint({ sha256: SHA, pdq: PDQ }) }
    const number = index.state.kind === 'ready' ? index.state.number : 0
    const { matchFingerprint } = await import('#workflow/gate/match')
    const verdict = matchFingerprint(desk, site, late)
    await put('hotline', { key: 'new', sha256: bytes(SHA) })
    const recorder = new PassedRecorder(database, desk.now)
    await recorder.record({
      client: site,
      verdict,
      fingerprint: fingerprint({ md5: MD5 }),
      reference: 'x',
      number: 3,
    })
    await sweep(desk)
    await recorder.record({ client: site, verdict, fingerprint: late, reference: 'late', number })
    expect(await sweep(desk)).toMatchObject({ told: 1 })
    expect(await messages()).toMatchObject([{ body: { data: { reference: 'late' } } }])
    expect(await sweep(desk)).toBeUndefined()
  })

  test('when a sweep broke off: what was told is not told again, the rest is', async () => {
    const { client, pass, put, desk, messages, database } = await begun()
    const site = await client('site')
    const item = fingerprint({ sha256: SHA, pdq: PDQ })
    await Promise.all(Array.from({ length: 230 }, (_, at) => pass(site, `${at}`, item)))
    await put('hotline', { key: 'new', sha256: bytes(SHA) })
    let transactions = 0
    const breaking = {
      ...desk,
      database: new Proxy(database, {
        get: (target, name) => {
          if (name === 'transaction' && ++transactions === 4) throw new Error('broken off')
          const value = Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        },
      }),
    }
    await expect(sweep(breaking)).rejects.toThrow('broken off')
    const before = (await messages()).length
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(230)
    await sweep(desk)
    const told = (await messages()).map(({ body }) => (body['data'] as { reference: string }).reference)
    expect(told).toHaveLength(230)
    expect(new Set(told).size).toBe(230)
  })
})

describe('what is kept', () => {
  test('is only what passed without a match, with a reference, for a client that is told', async () => {
    const { client, pass, put, index, references } = await begun()
    await put('hotline', { key: 'known', sha256: bytes(SHA) })
    await index.catchUp()
    const site = await client('site')
    expect(await pass(site, 'match', fingerprint({ sha256: SHA, pdq: PDQ }))).toBe('match')
    const allowing = await client('allowing', {
      policy: { same: 'block', near: 'hold', doubted: 'hold', unknown: 'allow', plain: 'hold' },
    })
    expect(await pass(site, 'held', fingerprint({ md5: MD5 }))).toBe('unknown')
    expect(await pass(allowing, 'allowed', fingerprint({ md5: MD5 }))).toBe('unknown')
    const { retro: _, ...untold } = site
    expect(await pass(untold, 'untold', fingerprint({ md5: MD5, pdq: PDQ, sha256: '07'.repeat(32) }))).toBe(
      'none',
    )
    expect(await references()).toEqual(['allowed'])
  })

  test('goes when its time is up, when it is shortened, and when its client is revoked or not told any more', async () => {
    const { client, pass, database, now, advance, references } = await begun()
    const clients = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => client(name)))
    for (const one of clients) await pass(one, one.name, fingerprint({ sha256: SHA, pdq: PDQ }))
    await database.query(`UPDATE client SET revoked_at = now() WHERE name = 'a'`)
    await database.query(`UPDATE client SET retro_webhook = NULL WHERE name = 'b'`)
    await database.query(`UPDATE client SET retro_keep_hours = 1 WHERE name = 'c'`)
    await database.query(`UPDATE client SET retro_keep_hours = 100 WHERE name = 'd'`)
    advance(3600)
    expect(await forgetPassed(database, now())).toBe(3)
    expect(await references()).toEqual(['d', 'e'])
    advance(23 * 3600 - 1)
    expect(await forgetPassed(database, now())).toBe(0)
    advance(1)
    expect(await forgetPassed(database, now())).toBe(2)
  })
})
