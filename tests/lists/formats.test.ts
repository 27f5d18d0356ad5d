import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReadOptions } from '#lists/read'
import { type WriteFormat, type WriteOptions, writeList } from '#lists/write'
import type { ListEntry } from '#terms/list'
import { TRUSTS } from '#terms/register'
import { anyEntry, anyMd5, anyPdq, anySha1, anySha256, anyText } from './arbitrary.ts'
import { testFolder } from './folder.ts'
import { readText, readWhole } from './written.ts'

const path = testFolder()
const A = '0cc175b9c0f1b6a831c399e269772661'
const B = '92eb5ffee6ae2fec3ad71c777531578f'
const DATED = { name: 'Shapes', publisher: 'A hotline', date: '2026-01-31' }

/** Reads a text, writes what was read in a format, and reads that again. */
async function around(
  text: string,
  format: WriteFormat,
  reading: ReadOptions = {},
  writing: WriteOptions = {},
) {
  const first = await readText(path('first'), text, { ...reading, strict: true, keepDeleted: true })
  const file = path('second')
  const written = await writeList(file, format, first.entries, DATED, { ...writing, overwrite: true })
  const second = await readWhole(file, { ...reading, strict: true, keepDeleted: true })
  return { first, written, second, text: readFileSync(file, 'utf8') }
}

const anyJson = fc
  .jsonValue({ maxDepth: 3, noUnicodeString: false })
  .filter((value) => !JSON.stringify(value).includes('\\u') && !JSON.stringify(value).includes('__proto__'))
const anyMembers = fc
  .dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), anyJson, { maxKeys: 4, noNullPrototype: true })
  .filter((members) => !['Media', 'Category', 'Miniature'].some((name) => name in members))

describe('JSON lines', () => {
  it('carry everything that any format says of an entry', async () => {
    const anyWhole = fc
      .tuple(
        anyEntry,
        fc.record(
          {
            key: anyText,
            categories: fc.constantFrom({ 'ncmec-industry': ['A1'] }, { 'vics-us': ['1', '2'], x: [] }),
            trust: fc.constantFrom(...TRUSTS),
            media: fc.constantFrom('image', 'video'),
            extra: fc.constantFrom({ vics: { a: [null, 1.5, { b: 'c' }] } }, { ncmec: {} }),
          },
          { requiredKeys: [] },
        ),
      )
      .map(([entry, more]) => ({ ...entry, ...more }) as ListEntry)
    await fc.assert(
      fc.asyncProperty(fc.array(anyWhole, { maxLength: 8 }), async (entries) => {
        const file = path('all.jsonl')
        const written = await writeList(file, 'jsonl', entries, {}, { overwrite: true })
        expect((await readWhole(file, { strict: true })).entries).toEqual(entries)
        expect(written).toMatchObject({ lostFields: {}, lostEntries: 0 })
      }),
      { numRuns: 30 },
    )
  })

  it('carry tombstones, and do without what is extra where a line would be too long', async () => {
    const entries = [
      { key: 'a', deleted: true },
      { md5: A, extra: { vics: { text: 'x'.repeat(300_000) } } },
    ] as unknown as ListEntry[]
    const written = await writeList(path('long.jsonl'), 'jsonl', entries)
    expect(written).toMatchObject({ entries: 2, lostFields: { extra: 1 } })
    expect((await readWhole(path('long.jsonl'), { keepDeleted: true })).entries).toEqual([
      entries[0],
      { md5: A },
    ])
    const { entries: live, report } = await readWhole(path('long.jsonl'))
    expect(live).toEqual([{ md5: A }])
    expect(report.tombstones).toBe(1)
  })

  it('refuse what no entry can be', async () => {
    const deep = `${'['.repeat(80)}${']'.repeat(80)}`
    const lines = [
      '{"key":"a"}',
      '{"deleted":true}',
      `{"md5":"${A}","deleted":false}`,
      `{"md5":"${A}","trust":"certain"}`,
      `{"md5":"${A}","media":"audio"}`,
      `{"md5":"${A}","categories":{"x":"A1"}}`,
      `{"md5":"${A}","categories":{"x":[1]}}`,
      `{"md5":"${A}","extra":7}`,
      `{"md5":"${A}","extra":{"a":"\\u0000"}}`,
      `{"md5":"${A}","extra":{"a":${deep}}}`,
    ]
    const { report } = await readText(path('bad'), `${lines.join('\n')}\n{"md5":"${A}"}\n`)
    expect(report.problems.map(({ line }) => line)).toEqual(lines.map((_, at) => at + 1))
  })
})

describe('a VICS document that is read and written', () => {
  it.each(['vics', 'vics-1.3'] as const)('says the same as %s', async (format) => {
    const anyMedia = fc
      .tuple(
        fc.record({ MD5: anyMd5 }),
        fc.record(
          {
            MediaID: fc.integer({ min: 1, max: 9_999 }),
            Category: fc.constantFrom(0, 1, null),
            SHA1: anySha1,
            SHA256: anySha256,
            PhotoDNA: fc.constant('AAEC'),
            MimeType: fc.constantFrom('image/png', 'video', 'text/plain'),
            AlternativeHashes: fc.constantFrom([{ HashName: 'Other', HashValue: 'x' }]),
          },
          { requiredKeys: [] },
        ),
        anyMembers,
      )
      .map((parts) => Object.assign({}, ...parts.toReversed()) as object)
      .filter((media) => !('MD5' in media && String(media.MD5).startsWith('d41d8')))
    await fc.assert(
      fc.asyncProperty(fc.array(anyMedia, { minLength: 1, maxLength: 6 }), async (value) => {
        const { first, second, written } = await around(
          JSON.stringify({ '@odata.context': 'x.xml/US/$metadata#Media', value }),
          format,
          { scheme: 'vics-us' },
          { scheme: 'vics-us' },
        )
        expect(written).toMatchObject({ lostFields: {}, lostEntries: 0 })
        const plain = (entries: readonly ListEntry[]): unknown[] => entries.map((entry) => withoutId(entry))
        expect(plain(second.entries)).toEqual(plain(first.entries))
      }),
      { numRuns: 30 },
    )
  })

  it('has its version, profile and upper-case hashes, and PhotoDNA where that version has it', async () => {
    const text = JSON.stringify({
      value: [{ MD5: A, Category: 1, PhotoDNA: 'AAEC', Vendor: { x: 1 } }, { MD5: B }],
    })
    const two = await around(text, 'vics', { scheme: 'vics-us' }, { scheme: 'vics-us' })
    expect(JSON.parse(two.text)).toEqual({
      '@odata.context': 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media',
      value: [
        { MediaID: 1, Category: 1, MD5: A.toUpperCase(), PhotoDNA: 'AAEC', Vendor: { x: 1 } },
        { MediaID: 2, MD5: B.toUpperCase() },
      ],
    })
    const one = await around(text, 'vics-1.3')
    expect(JSON.parse(one.text)).toMatchObject({
      'odata.metadata': 'http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media',
      value: [{ AlternativeHashes: [{ MD5: A.toUpperCase(), HashName: 'PhotoDNA', HashValue: 'AAEC' }] }, {}],
    })
    expect((await readText(path('none'), '{"value":[]}')).entries).toEqual([])
  })

  it('turns no category of another scheme into a number', async () => {
    const entries = [
      { md5: A, category: 'A', categories: { 'uk-sentencing': ['A'] } },
      { md5: B, category: '1', categories: { 'uk-sap': ['1'] } },
      { sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80700' },
    ] as unknown as ListEntry[]
    const written = await writeList(path('other.json'), 'vics', entries)
    expect(written).toMatchObject({ entries: 2, lostEntries: 1, lostFields: { category: 2, categories: 2 } })
    expect(readFileSync(path('other.json'), 'utf8')).not.toContain('Category')
  })
})

describe('a page of NCMEC that is read and written', () => {
  const NS = 'xmlns="https://hashsharing.ncmec.org/hashsharing/v2"'
  const identity = '<member id="42">A &amp; B</member><timestamp>2026-01-05T10:00:00Z</timestamp>'

  it('says the same, with videos after images, counts and tombstones', async () => {
    const page = `<queryResult ${NS}><images count="2" maxTimestamp="2026-01-05T10:00:00Z">
      <image>${identity}<id>i&lt;1</id><classification>A1</classification>
        <categorizations g="1"><c xmlns="urn:x" name="&quot;n&quot;"/></categorizations>
        <fingerprints><md5>${A}</md5><pdna>AAEC</pdna><new k="v">t</new></fingerprints><feedback><a/></feedback></image>
      <deletedImage>${identity}<id>i2</id></deletedImage></images>
      <videos count="1"><video>${identity}<id>v1</id><classification>Other</classification>
        <fingerprints><tmk-pdqf rel="self" href="/v2/x"/></fingerprints></video></videos></queryResult>`
    const { first, second, written, text } = await around(page, 'ncmec')
    expect(written).toMatchObject({ entries: 3, lostFields: {}, lostEntries: 0 })
    expect(second.entries).toEqual(first.entries)
    expect(text).toContain('<images count="2" maxTimestamp="2026-01-05T10:00:00Z">')
    expect(text.indexOf('<videos count="1"')).toBeGreaterThan(text.indexOf('</images>'))
    expect(second.report.info.date).toBe('2026-01-05T10:00:00.000Z')
  })

  it("takes entries from elsewhere as the list's own, and no grade of another scheme", async () => {
    const entries = [
      { md5: A, category: 'A', source: 'Somebody', label: 'x' },
      { pdq: 'f'.repeat(64), media: 'video', category: 'B2', categories: { 'ncmec-industry': ['B2'] } },
      { key: 'gone', deleted: true },
      { key: 'odd\u0001', md5: A },
    ] as unknown as ListEntry[]
    const written = await writeList(path('own.xml'), 'ncmec', entries, DATED)
    expect(written).toMatchObject({
      entries: 3,
      lostEntries: 1,
      lostFields: { label: 1, category: 1, source: 1 },
    })
    const { entries: read } = await readWhole(path('own.xml'), { strict: true, keepDeleted: true })
    expect(read.map(({ key, category, source, deleted }) => ({ key, category, source, deleted }))).toEqual([
      { key: `image:0:${A}`, source: 'A hotline' },
      { key: 'image:0:gone', deleted: true },
      { key: `video:0:${'f'.repeat(64)}`, category: 'B2', source: 'A hotline' },
    ])
    await expect(writeList(path('undated.xml'), 'ncmec', entries, {})).rejects.toMatchObject({
      code: 'usage.invalid',
    })
  })

  it('is read back as it was, whatever its texts are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(anyPdq, anyText), { maxLength: 6 }), async (pairs) => {
        const entries = pairs.map(([pdq, key]) => ({ pdq, key, media: 'image' as const }))
        const written = await writeList(path('any.xml'), 'ncmec', entries, DATED, { overwrite: true })
        const { entries: read } = await readWhole(path('any.xml'), { strict: true })
        const kept = entries.filter(
          ({ key }) => key === key.trim() && !/[^\t\n\r\x20-\ufffd\u{10000}-\u{10ffff}]/u.test(key),
        )
        expect(read.map(({ pdq, key }) => ({ pdq, key }))).toEqual(
          kept.map(({ pdq, key }) => ({ pdq, key: `image:0:${key}` })),
        )
        expect(written.lostEntries).toBe(entries.length - kept.length)
      }),
      { numRuns: 30 },
    )
  })
})

describe('rows and lines that are read and written', () => {
  it('say the same as an ICSE export', async () => {
    const header =
      'MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;' +
      'Number of submissions;File Available;Media Type;Baseline'
    const text = `${header}\n${A};;AAEC;77;yes;False;0;"A; ""series""";3;1;Image;TRUE\n${B};;;;;;;;;;;\n`
    const { first, second, written } = await around(text, 'icse')
    expect(second.entries).toEqual(first.entries)
    expect(written).toMatchObject({ lostFields: {}, lostEntries: 0 })
  })

  it('take what VICS says of a victim to an ICSE export, and count what is lost', async () => {
    const media = {
      MD5: A,
      VictimIdentified: 'true',
      IsDistributed: false,
      Series: 'S',
      MimeType: 'image/png',
      Tags: 't',
    }
    const { entries } = await readText(path('v'), JSON.stringify({ value: [media] }))
    const written = await writeList(path('v.csv'), 'icse', entries, {}, { overwrite: true })
    expect(readFileSync(path('v.csv'), 'utf8').split('\n')[1]).toBe(`${A};;;;false;true;;S;;;image;`)
    expect(written.lostFields).toEqual({ extra: 1 })
  })

  it('say the same as a local file', async () => {
    const text = `pdq ${'a'.repeat(64)}\nvideo_md5 ${A}\nmd5 ${B}\nvpdq [{"x":1}]\n`
    const { first, second, written } = await around(text, 'local-file')
    expect(second.entries).toEqual(first.entries)
    expect(written).toMatchObject({ entries: 4, lostFields: {}, lostEntries: 0, splitEntries: 0 })
  })
})

/** Numbers of media are given where there were none. */
function withoutId(entry: ListEntry): ListEntry {
  const { extra, ...rest } = entry
  const { MediaID, ...members } = (extra as { vics?: Record<string, unknown> } | undefined)?.vics ?? {}
  return Object.keys(members).length > 0 ? { ...rest, extra: { vics: members } } : rest
}
