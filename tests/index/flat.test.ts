import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { buildIndex, type IndexSource } from '#index/build'
import type { Sha256 } from '#terms/hash'
import type { ListEntry } from '#terms/list'
import { heapInUse } from '../lists/collected.ts'

const ENTRIES = 200_000

function* batches(): Generator<ListEntry[]> {
  for (let from = 0; from < ENTRIES; from += 4_000) {
    yield Array.from({ length: 4_000 }, (_, at) => {
      const hex = createHash('sha512')
        .update(String(from + at))
        .digest('hex')
      const texts = { label: `item ${from + at}`, category: 'B' }
      return { md5: hex.slice(0, 32), sha1: hex.slice(0, 40), pdq: hex.slice(64), ...texts }
    }) as unknown as ListEntry[]
  }
}

describe('an index of many entries', () => {
  it('holds them outside the heap, with no object for an entry, and finds them', async () => {
    const before = heapInUse()
    const info = { file: 'many', entries: ENTRIES, sha256: '0'.repeat(64) as Sha256, date: '2026-01-02' }
    const source: IndexSource = { entries: batches(), read: () => ({ info, badLines: 0 }) }
    const index = await buildIndex([source])
    expect(heapInUse() - before).toBeLessThan(ENTRIES * 8)
    for (let at = 0; at < ENTRIES; at += 997) {
      const hex = createHash('sha512').update(String(at)).digest('hex')
      const digests = { md5: hex.slice(0, 32), sha1: hex.slice(0, 40), sha256: hex.slice(0, 64) } as never
      expect(index.digestHits(digests, 10).hits).toEqual([
        { entry: at, basis: 'md5' },
        { entry: at, basis: 'sha1' },
      ])
      const near = Buffer.from(hex.slice(64), 'hex')
      near[at % 32] = (near[at % 32] ?? 0) ^ 0xff
      expect(index.pdqHits(near, 31, 10).hits).toEqual([{ query: 0, entry: at, distance: 8 }])
      expect(index.entry(at)).toEqual({ list: 0, entry: at + 1, label: `item ${at}`, category: 'B' })
    }
  })
})
