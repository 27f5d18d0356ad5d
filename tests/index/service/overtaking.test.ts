/** Overtaking: what is shown, and what is not, while a very large change before it is still being taken in. */
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ServiceIndex, type ServiceIndexOptions } from '#index/service/service-index'
import { temporaryFolder } from '../../support/folder.ts'
import { filled, pdqFingerprint, putAt } from './filled.ts'
import type { MemoryRegister, Put } from './register.ts'

const SMALL_ROWS = 20

async function opened(
  register: MemoryRegister,
  options: Partial<ServiceIndexOptions> = {},
): Promise<ServiceIndex> {
  const index = ServiceIndex.open({
    folder: await temporaryFolder(),
    feed: register,
    threads: 0,
    told: register.told,
    strokeRows: SMALL_ROWS,
    pollSeconds: 3_600,
    ...options,
  })
  onTestFinished(() => index.close())
  await index.catchUp()
  return index
}

/** Four lists, of which the first is large, and an index that is held in the middle of a change of 300 rows in it. */
async function heldInLarge(options: Partial<ServiceIndexOptions> = {}) {
  const register = filled(20)
  for (const list of [2, 3, 4]) register.createList(list)
  register.apply(2, [putAt(500), putAt(501)])
  register.apply(3, [putAt(600)])
  register.apply(4, [putAt(650)])
  const index = await opened(register, options)
  const before = register.number
  let letGo = (): void => {}
  const released = new Promise<void>((resolve) => {
    letGo = resolve
  })
  onTestFinished(() => letGo())
  const begun = new Promise<void>((resolve) => {
    register.before = (versions) => {
      if (versions[0]?.since !== before + 1) return
      resolve()
      return released
    }
  })
  const large = Array.from({ length: 300 }, (_, place) => putAt(1_000 + place))
  register.apply(1, large, ['k3'])
  await begun
  return { register, index, before, letGo }
}

function isFound(index: ServiceIndex, place: number): boolean {
  return index.hits(pdqFingerprint(place)).hits.length > 0
}

describe('while a large change is being taken in', () => {
  test('a small addition to another list is found at once, and the index claims no change that is not', async () => {
    const { register, index, before, letGo } = await heldInLarge()
    const listsBefore = index.lists()
    register.apply(2, [putAt(700)])
    await index.catchUp(before + 2, 'alone')
    expect(isFound(index, 700)).toBe(true)
    expect(isFound(index, 1_000)).toBe(false)
    expect(isFound(index, 3)).toBe(true)
    expect(index.state).toEqual({ kind: 'ready', number: before, ahead: 1 })
    expect(index.lists()).not.toBe(listsBefore)
    expect(index.lists().get(2)?.entries).toBe(3)
    let isAll = false
    const all = index.catchUp(before + 2).then(() => {
      isAll = true
    })
    register.createList(5)
    register.apply(5, [putAt(800)])
    await index.catchUp(before + 4, 'alone')
    expect(isFound(index, 800)).toBe(true)
    expect(isAll).toBe(false)
    letGo()
    await all
    await index.catchUp()
    expect(index.state).toEqual({ kind: 'ready', number: before + 4 })
    for (const place of [3, 500, 700, 800, 1_000, 1_299])
      expect(index.hits(pdqFingerprint(place))).toEqual(register.linear(pdqFingerprint(place), {}))
  })

  test('whatever takes something away waits, and with it all that follows in its list', async () => {
    const { register, index, before, letGo } = await heldInLarge()
    register.apply(2, [putAt(1_000)], ['k500']) // moved: on neither list it may never be
    register.apply(2, [putAt(701)])
    const judged = register.versions.find(({ key }) => key === 'k600')?.entry ?? 0
    register.judge(judged, { disabledUntil: Number.POSITIVE_INFINITY })
    register.apply(3, [putAt(702)])
    register.setTerms(4, { enabledRatio: 0 })
    register.apply(4, [putAt(703)])
    register.createList(5)
    register.apply(5, [{ ...putAt(500), trust: 'false-positive' }])
    register.apply(5, [putAt(704)])
    register.apply(1, [putAt(705)])
    register.createList(6)
    register.apply(6, [putAt(706)])
    await index.catchUp(register.number, 'alone')
    expect([500, 600, 650, 701, 702, 703, 704, 705, 706].filter((place) => isFound(index, place))).toEqual([
      500, 600, 650, 706,
    ])
    expect(index.hits(pdqFingerprint(500)).hits).toMatchObject([{ list: 2, trust: 'confirmed' }])
    expect(index.hits(pdqFingerprint(600)).hits[0]?.disabledUntil).toBeUndefined()
    expect(index.lists().get(4)?.enabledRatio).toBe(1)
    expect(index.state).toMatchObject({ number: before })
    letGo()
    await index.catchUp()
    for (const place of [500, 600, 650, 701, 702, 703, 704, 705, 706, 1_000])
      expect(index.hits(pdqFingerprint(place))).toEqual(register.linear(pdqFingerprint(place), {}))
  })

  test('a batch that is searched meanwhile is answered with or without it, and never with a part', async () => {
    const { register, index, before } = await heldInLarge({ threads: 1 })
    const asked = Array.from({ length: 60 }, (_, at) => pdqFingerprint(700 + (at % 2)))
    const answers = index.hitsMany(asked)
    register.apply(2, [putAt(700), putAt(701)])
    await index.catchUp(before + 2, 'alone')
    const counts = (await answers).map(({ hits }) => hits.length)
    expect(new Set(counts).size).toBe(1)
    expect((await index.hitsMany(asked)).map(({ hits }) => hits.length)).toEqual(Array(60).fill(1))
  })

  test('no snapshot is saved of what is ahead, and nothing is taken twice by who starts from the last', async () => {
    const folder = await temporaryFolder()
    const { register, index, before, letGo } = await heldInLarge({ folder, saveSeconds: 0 })
    register.apply(2, [putAt(700)])
    await index.catchUp(before + 2, 'alone')
    const closing = index.close()
    letGo()
    await closing
    const again = await opened(register, { folder })
    expect(again.state).toEqual({ kind: 'ready', number: before + 2 })
    for (const place of [3, 700, 1_000])
      expect(again.hits(pdqFingerprint(place))).toEqual(register.linear(pdqFingerprint(place), {}))
    expect(again.lists().get(2)?.holds).toEqual([15])
  })

  test('a feed that breaks off loses nothing that was shown', async () => {
    const notes: string[] = []
    const { register, index, before, letGo } = await heldInLarge({ log: (_, note) => notes.push(note) })
    register.apply(2, [putAt(700)])
    await index.catchUp(before + 2, 'alone')
    const found: boolean[] = []
    register.before = () => void found.push(isFound(index, 700))
    register.breakAfter = 0
    letGo()
    await index.catchUp(before + 2)
    expect(notes).toContain('the register cannot be followed: the feed broke off')
    expect(new Set(found)).toEqual(new Set([true]))
    expect(index.state).toEqual({ kind: 'ready', number: before + 2 })
    for (const place of [3, 700, 1_000])
      expect(index.hits(pdqFingerprint(place))).toEqual(register.linear(pdqFingerprint(place), {}))
  })
})

const anyPlaces = fc.uniqueArray(fc.nat(60), { maxLength: 40 })
const anyChange = fc.record({ list: fc.integer({ min: 1, max: 4 }), puts: anyPlaces, gone: anyPlaces })

test('at every moment all that stands as of the claimed change is found, and nothing that was never committed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyChange, { minLength: 4, maxLength: 12 }), async (changes) => {
      const register = filled(30)
      for (const list of [2, 3, 4]) register.createList(list)
      const index = await opened(register)
      let looks = 0
      register.before = async () => {
        await new Promise((resolve) => setImmediate(resolve)) // others' turn
        looks++
        hold(index, register)
      }
      for (const { list, puts, gone } of changes)
        register.apply(
          list,
          puts.map((place): Put => putAt(place)),
          gone.map((place) => `k${place}`),
        )
      await index.catchUp()
      hold(index, register)
      expect(looks).toBeGreaterThan(0)
      expect(index.state).toEqual({ kind: 'ready', number: register.number })
      for (let place = 0; place <= 60; place++)
        expect(index.hits(pdqFingerprint(place))).toEqual(register.linear(pdqFingerprint(place), {}))
      await index.close()
    }),
    { numRuns: 15 },
  )
})

/** What stood at the change that the index claims is found; what is found beside it stood at a later one. */
function hold(index: ServiceIndex, register: MemoryRegister): void {
  const { state } = index
  const number = state.kind === 'ready' ? state.number : -1
  for (let place = 0; place <= 60; place++) {
    const { pdq } = putAt(place).hashes
    const found = new Set(index.hits(pdqFingerprint(place)).hits.map(({ row }) => row))
    for (const { row, since, until, hashes } of register.versions) {
      const stood = since <= number && until > number
      if (hashes.pdq !== pdq) continue
      if (stood && !found.has(row))
        throw new Error(`version ${row} stands at change ${number} and is not found`)
      if (found.has(row) && !stood && !(since > number))
        throw new Error(`version ${row} did not stand at change ${number} and is found`)
    }
  }
}
