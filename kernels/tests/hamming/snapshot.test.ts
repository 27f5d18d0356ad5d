import { describe, expect, it } from 'vitest'
import { random } from '../../bench/random.ts'
import { HammingIndex, SnapshotError } from '../../src/hamming/hamming.ts'
import { Segment } from '../../src/hamming/segment.ts'
import { snapshotOf } from '../../src/hamming/snapshot.ts'
import { clusteredSet, hamming, hashAt, turned } from './sets.ts'

const set = clusteredSet(5_000, 21)

async function someIndex(): Promise<HammingIndex> {
  const index = await HammingIndex.build(hamming, set.hashes, set.payloads, { distanceMax: 30 })
  for (let i = 0; i < 101; i++) index.add(turned(hashAt(set, i), [i]), 10_000 + i)
  for (let i = 0; i < 50; i++) index.remove(hashAt(set, i * 7), i * 7)
  return index
}

const saved = (index: HammingIndex): Uint8Array => Buffer.concat([...index.save()])

/** The code with which these bytes are refused; undefined when they open. */
async function refusal(bytes: Uint8Array): Promise<string | undefined> {
  try {
    await HammingIndex.open(hamming, [bytes])
    return undefined
  } catch (fault) {
    if (fault instanceof SnapshotError) return fault.code
    throw fault
  }
}

describe('a snapshot', () => {
  it('opens to an index that answers the same, additions and removals included', async () => {
    const index = await someIndex()
    const again = await HammingIndex.open(hamming, index.save())
    expect([again.count, again.distanceMax]).toEqual([index.count, 30])
    for (let i = 0; i < 400; i++) {
      const query = turned(hashAt(set, i), [3, 99, 200])
      expect(again.search(query)).toEqual(index.search(query))
    }
    expect(Buffer.compare(saved(again), saved(index))).toBe(0)
  })

  it('opens from chunks of any size, and by a reader that fills views', async () => {
    const index = await someIndex()
    const bytes = saved(index)
    const from = random(1)
    const chunks = function* (): Generator<Uint8Array> {
      for (let at = 0; at < bytes.length; ) {
        const end = at + from.below(3_000_000)
        yield bytes.subarray(at, end)
        at = end
      }
    }
    expect((await HammingIndex.open(hamming, chunks())).count).toBe(index.count)
    let at = 0
    const opened = await HammingIndex.openWith(hamming, (view) => {
      view.set(bytes.subarray(at, at + view.length))
      at += view.length
    })
    expect(at).toBe(bytes.length)
    expect(opened.count).toBe(index.count)
  })

  it('of nothing opens to nothing', async () => {
    const index = await HammingIndex.build(hamming, new Uint8Array(0), new Uint32Array(0))
    expect((await HammingIndex.open(hamming, index.save())).count).toBe(0)
  })

  it('is as the index was when its first bytes were asked for', async () => {
    const index = await someIndex()
    const whole = saved(index)
    const chunks = index.save()
    const first = chunks.next().value ?? new Uint8Array(0)
    for (let i = 0; i < 300; i++) index.add(hashAt(set, i), 50_000 + i)
    for (let i = 1_000; i < 1_300; i++) index.remove(hashAt(set, i), i)
    await index.merge()
    expect(Buffer.compare(Buffer.concat([first, ...chunks]), whole)).toBe(0)
  })

  it('with any byte changed is refused', async () => {
    const bytes = saved(await someIndex())
    const from = random(2)
    const places = [
      ...Array.from({ length: 128 }, (_, i) => i),
      ...Array.from({ length: 64 }, (_, i) => bytes.length - 1 - i),
      ...Array.from({ length: 60 }, () => from.below(bytes.length)),
    ]
    for (const place of places) {
      const damaged = bytes.slice()
      damaged[place] = (damaged[place] ?? 0) ^ (1 << from.below(8))
      expect(await refusal(damaged), `byte ${place}`).toMatch(/damaged|newer|not-a-snapshot/)
    }
  })

  it('cut short anywhere is refused as truncated, and one with bytes behind it as damaged', async () => {
    const bytes = saved(await someIndex())
    const from = random(3)
    for (const length of [
      0,
      1,
      63,
      64,
      100,
      bytes.length - 1,
      bytes.length - 64,
      ...Array.from({ length: 10 }, () => from.below(bytes.length)),
    ]) {
      expect(await refusal(bytes.subarray(0, length)), `${length} bytes`).toBe('truncated')
    }
    expect(await refusal(Buffer.concat([bytes, new Uint8Array(1)]))).toBe('damaged')
  })

  it('whose checksums are right is refused as damaged when a posting or a bucket is not', async () => {
    const segment = Segment.create(hamming, 5_000, true)
    segment.append(set.hashes, set.payloads)
    await segment.buildBands(async () => {})
    const { ids, idsStride, offsets } = segment.layout
    const whole = (): Uint8Array =>
      Buffer.concat([...snapshotOf({ distanceMax: 31, segmentEntriesMax: 5_000, segments: [segment] })])
    expect(await refusal(whole())).toBeUndefined()
    const changes = [
      { at: ids, value: 5_000 },
      { at: ids + 4_999 * 4, value: 0xffff_ffff },
      { at: ids + 7 * idsStride + 2_501 * 4, value: 5_000 },
      { at: ids + 15 * idsStride + 4_999 * 4, value: 0x8000_0000 },
      { at: offsets, value: 1 },
      { at: offsets + 9 * 262_208 + 65_536 * 4, value: 4_999 },
      { at: offsets + 15 * 262_208 + 65_535 * 4, value: 5_001 },
    ]
    for (const { at, value } of changes) {
      const slot = new DataView(segment.bytes(at, 4).buffer, at, 4)
      const right = slot.getUint32(0, true)
      slot.setUint32(0, value, true)
      expect(await refusal(whole()), `${at}`).toBe('damaged')
      slot.setUint32(0, right, true)
    }
    expect(await refusal(whole())).toBeUndefined()
  })

  it('of a later version is refused as newer, and other bytes as no snapshot', async () => {
    const bytes = saved(await someIndex()).slice()
    bytes[8] = 2
    expect(await refusal(bytes)).toBe('newer')
    expect(await refusal(new Uint8Array(200))).toBe('not-a-snapshot')
  })
})
