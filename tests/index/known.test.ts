import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildIndex, type IndexSource } from '#index/build'
import { inspectIndex, isIndexFile, openIndex, saveIndex } from '#index/file'
import type { KnownIndex } from '#index/known'
import { DIGEST_KINDS, type Sha256 } from '#terms/hash'
import type { ListEntry, ListInfo } from '#terms/list'
import { anyEntry, anyMd5, anyPdq, anySha1, anySha256 } from '../lists/arbitrary.ts'
import { testFolder } from '../lists/folder.ts'

const path = testFolder()

function source(entries: readonly ListEntry[], file = 'list', badLines = 0): IndexSource {
  const digest = createHash('sha256').update(file).digest('hex') as Sha256
  const info: ListInfo = { file, entries: entries.length, sha256: digest, date: '2026-01-02' }
  return { entries: [entries.slice(0, 3), entries.slice(3)], read: () => ({ info, badLines }) }
}

const anyLists = fc.array(fc.array(anyEntry, { maxLength: 12 }), { minLength: 1, maxLength: 3 })
const anyDigests = fc.record({ md5: anyMd5, sha1: anySha1, sha256: anySha256 })

function bits(a: string, b: string): number {
  let count = 0
  for (let at = 0; at < a.length; at++) {
    const difference = Number.parseInt(a[at] ?? '', 16) ^ Number.parseInt(b[at] ?? '', 16)
    count += [0, 1, 2, 3].filter((bit) => (difference >> bit) & 1).length
  }
  return count
}

function expectLinear(index: KnownIndex, lists: ListEntry[][], queries: readonly ListEntry[]): void {
  const all = lists.flat()
  for (const { md5, sha1, sha256 } of queries) {
    if (!md5 || !sha1 || !sha256) throw new TypeError('a query has all digests')
    const digests = { md5, sha1, sha256 }
    const linear = DIGEST_KINDS.flatMap((basis) =>
      all.flatMap((entry, at) => (entry[basis] === digests[basis] ? [{ entry: at, basis }] : [])),
    )
    expect(index.digestHits(digests, 100)).toEqual({ hits: linear, more: false })
  }
  const hashes = queries.flatMap(({ pdq }) => (pdq ? [pdq] : []))
  const found = index.pdqHits(Buffer.from(hashes.join(''), 'hex'), 31, 100)
  const linear = hashes.flatMap((hash, query) =>
    all.flatMap((entry, at) => {
      const distance = entry.pdq ? bits(entry.pdq, hash) : 256
      return distance <= 31 ? [`${query} ${at} ${distance}`] : []
    }),
  )
  expect(found.hits.map(({ query, entry, distance }) => `${query} ${entry} ${distance}`).sort()).toEqual(
    linear.sort(),
  )
  expect(found.more).toBe(false)
}

function expectEntries(index: KnownIndex, lists: ListEntry[][]): void {
  const told = lists.flatMap((entries, list) =>
    entries.map(({ label, category, source: from }, at) => ({
      list,
      entry: at + 1,
      ...(label && { label }),
      ...(category && { category }),
      ...(from && { source: from }),
    })),
  )
  expect(told.map((_, at) => index.entry(at))).toEqual(told)
  expect(() => index.entry(told.length)).toThrow(RangeError)
}

describe('an index', () => {
  it('answers as a search through all entries does, before and after it was a file', async () => {
    const queries = fc.array(fc.tuple(anyDigests, anyPdq), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(anyLists, queries, async (lists, asked) => {
        const own = lists.flat().slice(0, 5)
        const given = asked.flatMap(([digests, pdq]) => [
          { ...digests, pdq },
          ...own.map((entry) => ({ ...digests, pdq, ...entry })),
        ])
        const index = await buildIndex(lists.map((entries, at) => source(entries, `list ${at}`, at)))
        const file = path('property.index')
        await saveIndex(index, file, { overwrite: true })
        const opened = await openIndex(file)
        for (const one of [index, opened]) {
          expectLinear(one, lists, given)
          expectEntries(one, lists)
        }
        expect(opened).toMatchObject({
          entries: index.entries,
          lists: index.lists,
          calls: index.calls,
          uncheckable: index.uncheckable,
          badLines: index.badLines,
          distanceMax: 31,
        })
      }),
      { numRuns: 60 },
    )
  })

  it('knows which checks its lists call for, and how many entries cannot be checked', async () => {
    const md5 = '0'.repeat(32)
    const lists = [[{ md5, photodna: 'AA' }, { photodna: 'AA' }], [{ photodna: 'BB', label: 'x' }]]
    const index = await buildIndex((lists as unknown as ListEntry[][]).map((entries) => source(entries)))
    expect(index.calls).toEqual(new Set(['md5']))
    expect(index.uncheckable).toBe(2)
    expect(index.pdqHits(new Uint8Array(32), 31, 10)).toEqual({ hits: [], more: false })
  })

  it('finds every digest of large lists, also where thousands share a digest or their first bytes', async () => {
    const entries = Array.from({ length: 20_000 }, (_, at) => {
      const sha1 = createHash('sha1').update(String(at)).digest('hex')
      if (at % 4 === 0) return { sha1: `ffffffffff${sha1.slice(10)}` }
      return { sha1: at % 4 === 1 ? '0'.repeat(40) : sha1 }
    }) as unknown as ListEntry[]
    const index = await buildIndex([source(entries)])
    const other = { md5: '0'.repeat(32), sha256: '0'.repeat(64) } as never
    for (const [at, { sha1 }] of entries.entries()) {
      if (at % 4 === 1) continue
      expect(index.digestHits({ ...(other as object), sha1 } as never, 5).hits).toEqual([
        { entry: at, basis: 'sha1' },
      ])
    }
    const shared = index.digestHits({ ...(other as object), sha1: '0'.repeat(40) } as never, 3)
    expect(shared).toEqual({ hits: [1, 5, 9].map((entry) => ({ entry, basis: 'sha1' })), more: true })
  })

  it('says when there were more PDQ hits than the limit', async () => {
    const entries = Array.from({ length: 5 }, () => ({ pdq: '0'.repeat(64) })) as unknown as ListEntry[]
    const index = await buildIndex([source(entries)])
    const { hits, more } = index.pdqHits(new Uint8Array(32), 31, 3)
    expect(hits).toHaveLength(3)
    expect(more).toBe(true)
  })
})

async function savedIndex(name: string): Promise<string> {
  const entries = Array.from({ length: 40 }, (_, at) => {
    const hex = createHash('sha512').update(String(at)).digest('hex')
    const texts = { label: `item ${at}`, category: 'B', source: 'x' }
    return {
      md5: hex.slice(0, 32),
      sha1: hex.slice(0, 40),
      sha256: hex.slice(0, 64),
      pdq: hex.slice(64),
      ...texts,
    }
  }) as unknown as ListEntry[]
  const file = path(name)
  await saveIndex(await buildIndex([source(entries, 'shapes.csv', 2)]), file, { overwrite: true })
  return file
}

describe('an index file', () => {
  it('says what it holds without being read whole', async () => {
    const file = await savedIndex('told.index')
    const told = await inspectIndex(file, { verify: true })
    expect(told).toMatchObject({
      file,
      version: 1,
      bytes: readFileSync(file).length,
      entries: 40,
      uncheckable: 0,
      distanceMax: 31,
      counts: { md5: 40, sha1: 40, sha256: 40, pdq: 40 },
      lists: [{ badLines: 2, info: { file: 'shapes.csv', entries: 40, date: '2026-01-02' } }],
    })
    expect(await isIndexFile(file)).toBe(true)
  })

  it('is refused when any of its bytes is another', async () => {
    const file = await savedIndex('whole.index')
    const bytes = readFileSync(file)
    const copy = path('flipped.index')
    const every = Math.max(1, Math.floor(bytes.length / 500))
    for (let at = 0; at < bytes.length; at += at < 64 ? 1 : every) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      writeFileSync(copy, flipped)
      const refused = expect.objectContaining({
        code: expect.stringMatching(/^index\.(damaged|unreadable)$/),
      })
      await expect(openIndex(copy), `byte ${at}`).rejects.toEqual(refused)
      await expect(inspectIndex(copy, { verify: true }), `byte ${at}`).rejects.toEqual(refused)
    }
  })

  it('is refused when it was cut short or has grown, wherever it was cut', async () => {
    const file = await savedIndex('cut.index')
    const size = readFileSync(file).length
    const copy = path('short.index')
    for (const length of [0, 4, 8, 20, 32, 33, Math.floor(size / 2), size - 1]) {
      copyFileSync(file, copy)
      truncateSync(copy, length)
      await expect(openIndex(copy)).rejects.toMatchObject({
        code: length < 8 ? 'index.unreadable' : 'index.damaged',
      })
    }
    writeFileSync(copy, Buffer.concat([readFileSync(file), Buffer.from([0])]))
    await expect(openIndex(copy)).rejects.toMatchObject({ code: 'index.damaged' })
  })

  it('names the damaged section', async () => {
    const file = await savedIndex('section.index')
    const { sections } = await inspectIndex(file)
    const bytes = readFileSync(file)
    for (const { name, at } of sections) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      writeFileSync(file, flipped)
      await expect(openIndex(file)).rejects.toThrow(
        new RegExp(`section\\.index: ${name.replace('.', '\\.')}: `),
      )
    }
  })

  it('of a later version says so', async () => {
    const file = await savedIndex('later.index')
    const bytes = readFileSync(file)
    bytes.writeUInt32LE(2, 8)
    const { crc32 } = await import('node:zlib')
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28)
    writeFileSync(file, bytes)
    await expect(openIndex(file)).rejects.toMatchObject({ code: 'index.newer' })
  })

  it('is told from a list, a folder and nothing', async () => {
    const list = path('list.txt')
    writeFileSync(list, 'md5\n')
    expect(await isIndexFile(list)).toBe(false)
    expect(await isIndexFile(path(''))).toBe(false)
    await expect(isIndexFile(path('absent'))).rejects.toMatchObject({ code: 'input.missing' })
    await expect(openIndex(list)).rejects.toMatchObject({ code: 'index.unreadable' })
  })
})
