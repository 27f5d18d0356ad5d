/** Following: how changes become visible, and what is said while the register cannot be read. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ServiceIndex, type ServiceIndexOptions } from '#index/service/service-index'
import { Fault } from '#terms/fault'
import { temporaryFolder } from '../../support/folder.ts'
import { filled, pdqFingerprint, putAt } from './filled.ts'
import { MemoryRegister } from './register.ts'

async function opened(
  register: MemoryRegister,
  options: Partial<ServiceIndexOptions> = {},
): Promise<ServiceIndex> {
  const folder = await temporaryFolder()
  const index = ServiceIndex.open({
    folder,
    feed: register,
    threads: 0,
    pollSeconds: 3_600,
    mayWrite: () => false,
    ...options,
  })
  onTestFinished(() => index.close())
  return index
}

const PLACES = [3, 150, 299, 300, 450, 599]

describe('following the register', () => {
  test('shows a change of many rows at one stroke, additions, replacements and withdrawals together', async () => {
    const register = filled(300)
    register.batchRows = 7
    const index = await opened(register, { strokeRows: 100 })
    await index.catchUp()
    const asked = pdqFingerprint(...PLACES)
    const seen: string[] = []
    const answer = (): string => JSON.stringify(index.hits(asked))
    const before = answer()
    register.before = () => void seen.push(answer())
    const later = Array.from({ length: 300 }, (_, place) => putAt(300 + place))
    const changed = Array.from({ length: 150 }, (_, place) => ({
      ...putAt(place),
      categories: { c: ['new'] },
    }))
    const gone = Array.from({ length: 150 }, (_, place) => `k${150 + place}`)
    register.apply(1, [...later, ...changed], gone)
    await index.catchUp()
    expect(seen.length).toBeGreaterThan(100)
    expect([...new Set(seen)]).toEqual([before])
    expect(index.hits(asked)).toEqual(register.linear(asked, {}))
    expect(answer()).not.toBe(before)
  })

  test('says no list to have entries that are not searched yet, though more changes were committed', async () => {
    const register = filled(20)
    const index = await opened(register, { strokeRows: 0 })
    await index.catchUp()
    const said: (number | undefined)[] = []
    register.before = () => {
      if (register.number === 4) register.apply(1, [putAt(30), putAt(31)])
      said.push(index.lists().get(1)?.entries)
    }
    register.apply(1, [putAt(29)])
    await index.catchUp(5)
    expect(said).toEqual([20, 21])
    expect(index.lists().get(1)?.entries).toBe(23)
  })

  test('goes on where the feed broke off, as if it had not', async () => {
    const register = filled(10)
    register.batchRows = 5
    const index = await opened(register, { strokeRows: 0 })
    await index.catchUp()
    register.apply(
      1,
      Array.from({ length: 40 }, (_, place) => putAt(5 + place)),
      ['k1', 'k2'],
    )
    for (const after of [4, 9, 11]) {
      register.breakAfter = after
      await index.catchUp(register.number)
    }
    for (const place of [0, 1, 7, 30, 44]) {
      const asked = pdqFingerprint(place)
      expect(index.hits({ ...asked, digests: { md5: putAt(place).hashes.md5 ?? '' } })).toEqual(
        register.linear({ ...asked, digests: { md5: putAt(place).hashes.md5 ?? '' } }, {}),
      )
    }
  })

  test('hears of a change without being asked', async () => {
    const register = filled(3)
    const index = await opened(register, { told: register.told })
    await index.catchUp()
    register.apply(1, [putAt(7)])
    await vi.waitFor(() => expect(index.hits(pdqFingerprint(7)).hits).toHaveLength(1), {
      timeout: 1_000,
      interval: 1,
    })
  })

  test('answers nobody before it is ready, and says why it is not', async () => {
    const register = filled(3)
    let isGone = true
    const mark = register.mark.bind(register)
    const everything = register.everything.bind(register)
    register.everything = (take) =>
      isGone ? Promise.reject(new Fault('store.unreachable', 'gone')) : everything(take)
    register.mark = (number) =>
      isGone ? Promise.reject(new Fault('store.unreachable', 'gone')) : mark(number)
    const index = await opened(register)
    expect(() => index.hits(pdqFingerprint(1))).toThrow(expect.objectContaining({ code: 'index.not-ready' }))
    await expect(index.hitsMany([pdqFingerprint(1)])).rejects.toMatchObject({ code: 'index.not-ready' })
    await vi.waitFor(() =>
      expect(index.state).toEqual({ kind: 'building', rows: 0, rowsAbout: 0, failing: 'gone' }),
    )
    isGone = false
    await index.catchUp()
    expect(index.state).toEqual({ kind: 'ready', number: 3 })
    isGone = true
    const waiting = index.catchUp()
    await vi.waitFor(() => expect(index.state).toEqual({ kind: 'ready', number: 3, failing: 'gone' }))
    expect(index.hits(pdqFingerprint(1)).hits).toHaveLength(1)
    isGone = false
    await waiting
    expect(index.state).toEqual({ kind: 'ready', number: 3 })
  })

  test('finds an entry behind any number of nearer ones that may not be seen', async () => {
    const register = new MemoryRegister()
    register.batchRows = 10_000
    register.createList(1)
    register.createList(2)
    const { pdq = '' } = putAt(1).hashes
    const near = `${pdq.slice(0, 63)}${pdq.endsWith('0') ? '1' : '0'}`
    register.apply(
      1,
      Array.from({ length: 66_000 }, (_, place) => ({ key: `a${place}`, hashes: { pdq } })),
    )
    register.apply(2, [{ key: 'far', hashes: { pdq: near } }])
    const index = await opened(register)
    await index.catchUp()
    const found = index.hits(pdqFingerprint(1), { lists: new Set([2]), limit: 5 })
    expect(found).toEqual(register.linear(pdqFingerprint(1), { lists: new Set([2]) }))
    expect(found.hits).toHaveLength(1)
    expect(index.hits(pdqFingerprint(1), { limit: 3 })).toMatchObject({
      hits: [{ list: 1 }, {}, {}],
      more: true,
    })
  })

  test('gives back the memory of versions that are gone', async () => {
    const register = filled(6_000)
    const index = await opened(register, { mergeRows: 1 })
    await index.catchUp()
    const gone = Array.from({ length: 6_000 }, (_, place) => `k${place}`)
    const before = index.bytes
    register.apply(1, [putAt(9_000)], gone)
    await index.catchUp()
    await vi.waitFor(() => expect(index.bytes).toBeLessThan(before))
    expect(index.hits(pdqFingerprint(9_000)).hits).toHaveLength(1)
    expect(index.lists().get(1)?.holds).toEqual([15])
  })
})
