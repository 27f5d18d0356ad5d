import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readList } from '#lists/read'
import { type WriteFormat, writeList } from '#lists/write'
import type { ListEntry } from '#terms/list'
import { anyBareEntry, anyEntry } from './arbitrary.ts'
import { testFolder } from './folder.ts'

const path = testFolder()

async function readAll(file: string, options: Parameters<typeof readList>[1] = {}) {
  const reading = readList(file, options)
  const entries: ListEntry[] = []
  for await (const batch of reading.entries) entries.push(...batch)
  return { entries, report: reading.report() }
}

const anyHeader = fc.record(
  {
    name: fc.constantFrom('A list', 'näme: with "signs", # too'),
    publisher: fc.constantFrom('A hotline', 'x'),
    date: fc.constantFrom('2026-01-02', '2024-02-29T08:30:00.000Z'),
  },
  { requiredKeys: [] },
)

async function returns(format: WriteFormat, entries: readonly ListEntry[], header: object): Promise<void> {
  const file = path(`list.${format}`)
  const written = await writeList(file, format, entries, header, { overwrite: true })
  const read = await readAll(file, { strict: true })
  expect(read.entries).toEqual(entries)
  expect(read.report).toMatchObject({ format, header, problemsCount: 0, unknownColumns: [] })
  expect(read.report.info).toMatchObject({ entries: entries.length, sha256: written.sha256 })
  expect(written).toMatchObject({ entries: entries.length, lostFields: {}, lostEntries: 0, splitEntries: 0 })
  expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(written.sha256)
}

describe('a list that was written', () => {
  it.each(['csv', 'jsonl'] as const)('is read back as it was, in %s', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEntry, { maxLength: 12 }), anyHeader, (entries, header) =>
        returns(format, entries, header),
      ),
      { numRuns: 150 },
    )
  })

  it('is read back as it was, in plain lines, when each entry is one hash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyBareEntry, { maxLength: 12 }), anyHeader, (entries, header) =>
        returns('plain', entries, header),
      ),
      { numRuns: 80 },
    )
  })

  it('in plain lines loses texts and splits entries, and says how many', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEntry, { minLength: 1, maxLength: 8 }), async (entries) => {
        const file = path('lossy.txt')
        const written = await writeList(file, 'plain', entries, {}, { overwrite: true })
        const hashes = entries.flatMap(({ label, category, source, ...rest }) => Object.entries(rest))
        const { entries: read } = await readAll(file, { strict: true })
        expect(read.flatMap((entry) => Object.entries(entry)).sort()).toEqual(hashes.sort())
        for (const field of ['label', 'category', 'source'] as const) {
          const having = entries.filter((entry) => entry[field] !== undefined).length
          expect(written.lostFields[field] ?? 0).toBe(having)
        }
        const several = entries.filter(({ label, category, source, ...rest }) => Object.keys(rest).length > 1)
        expect(written.splitEntries).toBe(several.length)
      }),
      { numRuns: 40 },
    )
  })

  it('of one kind only is bare hex under a line that states the kind', async () => {
    const file = path('only.txt')
    const pdq = 'f'.repeat(64)
    const md5 = '0'.repeat(32)
    const entries = [{ pdq, md5 }, { md5 }] as unknown as ListEntry[]
    const written = await writeList(file, 'plain', entries, {}, { only: 'pdq' })
    expect(readFileSync(file, 'utf8')).toBe(`# tutela-list pdq\n${pdq}\n`)
    expect(written).toMatchObject({ entries: 1, lostFields: { md5: 2 }, lostEntries: 1, splitEntries: 0 })
    expect((await readAll(file)).entries).toEqual([{ pdq }])
  })

  it('carries across batches, formats and many entries', async () => {
    const entries = Array.from({ length: 30_000 }, (_, at) => ({
      sha256: createHash('sha256').update(String(at)).digest('hex'),
      label: at % 3 === 0 ? `item "${at}",\nsecond line` : `item ${at}`,
    })) as unknown as ListEntry[]
    const csv = path('many.csv')
    const jsonl = path('many.jsonl')
    await writeList(csv, 'csv', entries)
    await writeList(jsonl, 'jsonl', readList(csv).entries)
    expect((await readAll(jsonl)).entries).toEqual(entries)
  })
})
