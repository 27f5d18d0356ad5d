import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fault } from '#terms/fault'
import { testFolder } from '../folder.ts'
import { readText, refusalOf } from '../written.ts'

const path = testFolder()
const list = path('list')
const A = '0cc175b9c0f1b6a831c399e269772661'
const B = '92eb5ffee6ae2fec3ad71c777531578f'
const S1 = '86f7e437faa5a7fce15d1ddce9eaeaea377667b8'
const P = 'f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22'
const CONTEXT = 'http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media'
const NO_PROFILE = CONTEXT.replace('/US/', '/Default/')

const set = (...media: readonly unknown[]): string =>
  JSON.stringify({ '@odata.context': CONTEXT, value: media })

/** A case file of 1.3, as its specification shows it. */
const CASE = JSON.stringify({
  'odata.metadata': 'http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Cases',
  value: [
    {
      CaseID: '7b2c0a52-0d7a-4f31-9a44-3a7f2a1d0001',
      CaseNumber: 'TEST-0001',
      ContactOrganization: 'Example Org',
      TotalMediaFiles: 1,
      Media: [
        {
          MediaID: 1,
          Category: 0,
          MD5: A.toUpperCase(),
          MediaSize: 1,
          MimeType: 'image/png',
          VictimIdentified: 'false',
          Tags: 'cat,landscape',
          RelativeFilePath: 'files\\a.png',
          Exifs: [{ MD5: A, PropertyName: 'Make', PropertyValue: 'ExampleCam' }],
          'MediaFiles@odata.navigationLinkUrl': 'Media("x")/MediaFiles',
          AlternativeHashes: [
            { MD5: A, HashName: 'PhotoDNA', HashValue: 'AAEC' },
            { MD5: A, HashName: 'Other', HashValue: 'zz' },
          ],
          MediaFiles: [{ MD5: A, FileName: 'a.png', FilePath: '\\disk1', Media: [1, 2], Unallocated: false }],
        },
      ],
      CaseMetadata: [],
    },
    { CaseID: '7b2c0a52-0d7a-4f31-9a44-3a7f2a1d0002', Media: [{ MD5: B, MimeType: 'video' }] },
    { CaseID: '7b2c0a52-0d7a-4f31-9a44-3a7f2a1d0003' },
  ],
})

describe('a VICS hash set', () => {
  it('of version 2.0 gives hashes, the category under its profile, and every other member', async () => {
    const first = {
      MediaID: 1,
      Category: 1,
      MD5: A.toUpperCase(),
      SHA1: S1.toUpperCase(),
      PhotoDNA: 'AAEC',
      Series: 'S',
      Vendor: { x: [null, 1] },
    }
    const media = [first, { MediaID: 2, Category: null, MD5: B }, { MD5: B, Category: '2' }]
    const { entries, report } = await readText(list, set(...media), { strict: true })
    expect(entries).toEqual([
      {
        key: A,
        md5: A,
        sha1: S1,
        photodna: 'AAEC',
        category: '1',
        categories: { 'vics-us': ['1'] },
        extra: { vics: { MediaID: 1, Series: 'S', Vendor: { x: [null, 1] } } },
      },
      { key: B, md5: B, extra: { vics: { MediaID: 2, Category: null } } },
      { key: B, md5: B, category: '2', categories: { 'vics-us': ['2'] } },
    ])
    expect(report).toMatchObject({
      format: 'vics',
      dialect: 'VICS 2.0 US',
      scheme: 'vics-us',
      problemsCount: 0,
    })
  })

  it('without a known profile keeps the number, and takes the scheme that is stated', async () => {
    const text = set({ MD5: A, Category: 1 }).replace(CONTEXT, NO_PROFILE)
    expect((await readText(list, text)).entries).toEqual([{ key: A, md5: A, category: '1' }])
    const stated = await readText(list, text, { scheme: 'vics-uk' })
    expect(stated.entries[0]?.categories).toEqual({ 'vics-uk': ['1'] })
    expect(stated.report.scheme).toBe('vics-uk')
  })

  it('of version 1.3 with cases gives the media of every case, and alternative hashes', async () => {
    const { entries, report } = await readText(list, CASE, { strict: true })
    expect(report).toMatchObject({ format: 'vics', dialect: 'VICS 1.3, 3 cases', unknownColumns: [] })
    expect(entries).toEqual([
      {
        key: A,
        md5: A,
        photodna: 'AAEC',
        category: '0',
        media: 'image',
        extra: {
          vics: {
            MediaID: 1,
            MediaSize: 1,
            MimeType: 'image/png',
            VictimIdentified: 'false',
            Tags: 'cat,landscape',
            RelativeFilePath: 'files\\a.png',
            Exifs: [{ MD5: A, PropertyName: 'Make', PropertyValue: 'ExampleCam' }],
            AlternativeHashes: [{ MD5: A, HashName: 'Other', HashValue: 'zz' }],
            MediaFiles: [
              { MD5: A, FileName: 'a.png', FilePath: '\\disk1', Media: [1, 2], Unallocated: false },
            ],
          },
        },
      },
      { key: B, md5: B, media: 'video', extra: { vics: { MimeType: 'video' } } },
    ])
  })

  it('takes digests and PDQ that stand among the alternative hashes', async () => {
    const others = [
      { HashName: 'PDQ', HashValue: P },
      { HashName: 'SHA-256', HashValue: P },
      { HashName: 'SHA1', HashValue: 'short' },
    ]
    const { entries, problems } = await readText(list, set({ MD5: A, AlternativeHashes: others }))
    expect(entries[0]).toMatchObject({ md5: A, pdq: P, sha256: P })
    expect(problems).toEqual(['1 sha1 is not 40 hex digits: "short"; the alternative hash is left out'])
  })

  it('never keeps a miniature picture, and says that there was one', async () => {
    const { entries, report } = await readText(list, set({ MD5: A, Miniature: 'iVBORw0KGgo=' }))
    expect(entries).toEqual([{ key: A, md5: A }])
    expect(report.unknownColumns).toEqual(['Miniature'])
  })

  it('reads the same with its members in any order, spaced out, behind a byte order mark and cut anywhere', async () => {
    const media = [
      { MD5: A, Tags: 'a"]}[{\\ "Media":[', N: ['"Media":[', { Media: [{ MD5: B }] }] },
      { MD5: B },
    ]
    const wanted = (await readText(list, set(...media))).entries.map(({ md5, extra }) => ({ md5, extra }))
    expect(wanted).toHaveLength(2)
    const shapes = [
      JSON.stringify({ value: media, '@odata.context': CONTEXT }),
      JSON.stringify({
        before: { value: [1] },
        value: media,
        after: [{ value: 2 }],
        '@odata.context': CONTEXT,
      }),
      JSON.stringify({ '@odata.context': CONTEXT, value: media }, null, 3),
      `\uFEFF\n${JSON.stringify({ value: [{ Media: media.slice(0, 1), CaseID: 1 }, ...media.slice(1)] })}\r\n`,
      JSON.stringify({ CaseID: 'x', Media: media, CaseNumber: 'y' }),
    ]
    for (const shape of shapes) {
      const { entries, report } = await readText(list, shape, { strict: true })
      expect(entries.map(({ md5, extra }) => ({ md5, extra }))).toEqual(wanted)
      expect(report.format).toBe('vics')
    }
  })

  it('loses only the entries that are bad, each named by its number and byte', async () => {
    const good = JSON.stringify({ MD5: A })
    const bad = [
      '{}',
      '{"MD5":"xyz"}',
      `{"SHA1":"${S1}"}`,
      '{"MD5":"d41d8cd98f00b204e9800998ecf8427e"}',
      `{"MD5":"${A}","Category":"B"}`,
      `{"MD5":"${A}",}`,
      `{"MD5":["${A}"]}`,
      `{"MD5":"${A}","a":"\\u0000"}`,
      `{"MD5":"${A}","a":"\\ud800"}`,
      `{"MD5":"${A}","__proto__":{"x":1}}`,
      '7',
      '"{]"',
      '[{}]',
      `{"MD5":"${A}","a":${'['.repeat(80)}${']'.repeat(80)}}`,
      `{"MD5":"${A}","a"]`,
    ]
    const text = `{"value":[${good},${bad.join(',')},${good}]}`
    const { entries, report, problems } = await readText(list, text)
    expect(entries).toEqual([
      { key: A, md5: A },
      { key: A, md5: A },
    ])
    expect(problems).toEqual([
      '2 has no MD5',
      '3 md5 is not 32 hex digits: "xyz"',
      '4 has no MD5',
      '5 its md5 is that of an empty file',
      '6 its Category is no number: "\\"B\\""',
      '7 is no well-formed JSON',
      '8 its md5 is no text',
      '9 holds a NUL or half a character',
      '10 holds a NUL or half a character',
      '11 has a member with the name "__proto__"',
      '12 is no object',
      '13 is no object',
      '14 is no object',
      '15 is nested deeper than 64',
      '16 is no well-formed JSON',
    ])
    expect(report.problems[0]).toEqual({ entry: 2, offset: text.indexOf('{}'), reason: 'has no MD5' })
    expect(await refusalOf(list, text, { strict: true })).toBe(
      `list.invalid: LIST: entry 2 (byte ${text.indexOf('{}')}): has no MD5`,
    )
  })

  it('leaves out a path that leads out of the folder of the document', async () => {
    const paths = [
      '..\\..\\etc\\passwd',
      '/etc/passwd',
      'C:\\x',
      'a/../../b',
      'a\u0007',
      'files\\a..b\\c.png',
    ]
    const media = paths.map((RelativeFilePath) => ({ MD5: A, RelativeFilePath }))
    const { entries, problems } = await readText(list, set(...media))
    expect(entries.map(({ extra }) => extra !== undefined)).toEqual([false, false, false, false, false, true])
    expect(problems).toHaveLength(5)
    expect(problems[0]).toContain('leads out of the folder of the document; the path is left out')
  })

  it('is refused whole when it is cut short, with the byte and the entry', async () => {
    const text = set({ MD5: A }, { MD5: B })
    for (let cut = text.length - 1; cut > 120; cut -= 7) {
      const told = await refusalOf(list, text.slice(0, cut))
      expect(told).toContain(`is cut short: it ends at byte ${cut}, `)
    }
    const within = text.indexOf(B)
    expect(await refusalOf(list, text.slice(0, within))).toContain(`ends at byte ${within}, within entry 2`)
  })

  it('is refused whole when what stands around its entries is malformed', async () => {
    const refused: Readonly<Record<string, string>> = {
      [`{"value":[{"MD5":"${A}"}{"MD5":"${A}"}]}`]: 'no comma between entries, at byte',
      [`{"value":[,{"MD5":"${A}"}]}`]: 'a comma and no entry before it',
      [`{"value":[{"MD5":"${A}"},]}`]: 'a comma and no entry after it',
      [`{"value":[{"MD5":"${A}"}],}`]: 'no well-formed JSON around its entries',
      [`{"value":[{"MD5":"${A}"}]} {}`]: 'goes on after its end, at byte',
      [`{"value":[{"MD5":"${A}"}],"value":[]}`]: 'has its entries twice',
      [`{"value":[}]}`]: 'closes what is not open',
      [`{"value":{"MD5":"${A}"}}`]: 'without an array "value"',
      [`{"a":${'['.repeat(99)}${']'.repeat(99)},"value":[]}`]: 'is nested deeper than 64',
    }
    for (const [text, reason] of Object.entries(refused))
      expect(await refusalOf(list, text, { format: 'vics' }), text).toContain(reason)
  })

  it('with any piece changed is read or refused, and nothing else', async () => {
    const text = Buffer.from(CASE)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: text.length }),
        fc.integer({ min: 0, max: 30 }),
        fc.oneof(
          fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
          fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', '"Media":[', '"value":[').map(Buffer.from),
        ),
        async (at, gone, put) => {
          const changed = Buffer.concat([text.subarray(0, at), put, text.subarray(at + gone)])
          await readText(list, changed, { format: 'vics' }).catch((thrown: unknown) => {
            expect(thrown).toBeInstanceOf(Fault)
          })
        },
      ),
      { numRuns: 100 },
    )
  })
})
