import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NcmecEntry } from '#lists/ncmec/entry'
import { NcmecParser, type NcmecPlace } from '#lists/ncmec/page'
import { Fault } from '#terms/fault'

const NS = 'xmlns="https://hashsharing.ncmec.org/hashsharing/v2"'
const MD5 = '00000000000000000000000000000001'
const PDQ = '0000000000000000000000000000000000000000000000000000000000000001'
const identity = (id: string): string =>
  `<member id="42">Example Member</member><timestamp>2026-01-05T10:00:00Z</timestamp><id>${id}</id>`
const image = (id: string, more = `<fingerprints><md5>${MD5}</md5></fingerprints>`): string =>
  `<image>${identity(id)}${more}</image>`
const page = (images: string, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><queryResult ${NS}>` +
  `<images count="1" maxTimestamp="2026-01-05T10:10:00.000Z">${images}</images>${more}</queryResult>`

function read(document: string | Buffer, step = 1 << 20) {
  const problems: (NcmecPlace & { reason: string })[] = []
  const parser = new NcmecParser({
    addAt: (place, reason) => problems.push({ ...place, reason }),
    refuse: (reason) => {
      throw new Fault('list.invalid', reason)
    },
  })
  const bytes = Buffer.from(document)
  const entries: NcmecEntry[] = []
  for (let at = 0; at < bytes.length; at += step) entries.push(...parser.take(bytes.subarray(at, at + step)))
  return { tail: parser.end(), entries, problems }
}

const EXAMPLE = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<queryResult ${NS}>
  <images count="2" maxTimestamp="2026-01-05T10:10:00Z">
    <image>
      <member id="42">Example &amp; Member</member>
      <timestamp>2026-01-05T10:00:00Z</timestamp>
      <id>img-0001</id>
      <classification>A1</classification>
      <fingerprints><md5>${MD5.toUpperCase()}</md5><pdq>${PDQ}</pdq><pdna>AAEC</pdna><netclean>nc-1</netclean></fingerprints>
      <feedback lastUpdateTimestamp="2026-01-05T10:00:00Z"><affirmativeFeedback type="Md5"/></feedback>
    </image>
    <deletedImage><member id="43">Other</member><timestamp>2026-01-05T10:10:00.000Z</timestamp><id>img-0002</id></deletedImage>
  </images>
  <videos count="1" maxTimestamp="2026-01-06T00:00:00Z">
    <video>${identity('v')}<fingerprints><tmk-pdqf rel="self" href="/v2/entries/1/fingerprints/TMK_PDQF"/></fingerprints></video>
  </videos>
  <paging><next>/v2/entries?from=2026-01-01&amp;start=1001</next></paging>
</queryResult>`

describe('a page of NCMEC entries', () => {
  it('gives live entries, tombstones, the next page and what is carried besides', () => {
    const { entries, tail, problems } = read(EXAMPLE)
    expect(problems).toEqual([])
    expect(tail).toEqual({
      next: '/v2/entries?from=2026-01-01&start=1001',
      maxTimestamp: '2026-01-06T00:00:00.000Z',
      stated: 3,
      found: 3,
    })
    const [first, second, third] = entries
    expect(first?.entry).toEqual({
      key: 'image:42:img-0001',
      md5: MD5,
      pdq: PDQ,
      photodna: 'AAEC',
      category: 'A1',
      categories: { 'ncmec-industry': ['A1'] },
      source: 'Example & Member',
      media: 'image',
      extra: {
        ncmec: {
          member: { id: 42, name: 'Example & Member' },
          id: 'img-0001',
          timestamp: '2026-01-05T10:00:00.000Z',
          fingerprints: [{ name: 'netclean', text: 'nc-1' }],
          more: [
            {
              name: 'feedback',
              attributes: { lastUpdateTimestamp: '2026-01-05T10:00:00Z' },
              children: [{ name: 'affirmativeFeedback', attributes: { type: 'Md5' } }],
            },
          ],
        },
      },
    })
    expect(second).toMatchObject({ deleted: true, entry: { key: 'image:43:img-0002', deleted: true } })
    expect(third).toMatchObject({
      media: 'video',
      fingerprints: [{ name: 'tmk-pdqf', attributes: { href: '/v2/entries/1/fingerprints/TMK_PDQF' } }],
    })
  })

  it('is read the same however its bytes are cut, behind a prefix and with a byte order mark', () => {
    const whole = read(EXAMPLE)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (step) => {
        expect(read(EXAMPLE, step)).toEqual(whole)
      }),
      { numRuns: 30 },
    )
    const prefixed = EXAMPLE.replaceAll(/<(\/?)([a-zA-Z])/g, '<$1n:$2').replace('xmlns=', 'xmlns:n=')
    const entriesOf = ({ entries }: ReturnType<typeof read>) => entries
    expect(entriesOf(read(`\uFEFF${prefixed}`))).toEqual(entriesOf(whole))
  })

  it('loses only the entries, and the fingerprints, that are malformed', () => {
    const bad = [
      '<image><member id="x"/><timestamp>2026-01-05T10:00:00Z</timestamp><id>1</id></image>',
      image('').replace('<id></id>', ''),
      image('3').replace('2026-01-05T10:00:00Z', '2026-13-45T10:00:00Z'),
      image('4', '<fingerprints/>'),
      image(
        '5',
        '<fingerprints><md5>xyz</md5><sha1>da39a3ee5e6b4b0d3255bfef95601890afd80709</sha1></fingerprints>',
      ),
      `<video>${identity('6')}<fingerprints><md5>${MD5}</md5></fingerprints></video>`,
      '<picture/>',
      '<constructor/>',
    ]
    const { entries, problems } = read(page(`${bad.join('')}${image('good')}`))
    expect(entries.map(({ id }) => id)).toEqual(['5', 'good'])
    expect(entries[0]?.entry.md5).toBeUndefined()
    expect(entries[0]?.fingerprints).toHaveLength(2)
    expect(problems.map(({ entry, reason }) => `${entry} ${reason}`)).toEqual([
      '1 its member has no number: "x"',
      '2 its id is not of 1 to 1024 characters',
      '3 its timestamp is none: "2026-13-45T10:00:00Z"',
      '4 has no fingerprint',
      '5 md5 is not 32 hex digits: "xyz"; the fingerprint is left out',
      '5 its sha1 is that of an empty file; the fingerprint is left out',
      '6 "video" does not belong among its images',
      '7 "picture" is no entry that is known here',
      '8 "constructor" is no entry that is known here',
    ])
  })

  it('is refused whole when it is cut short, of another root, or of another namespace', () => {
    for (let cut = EXAMPLE.length - 1; cut > 0; cut -= 61)
      expect(() => read(EXAMPLE.slice(0, cut)), String(cut)).toThrow(Fault)
    expect(() => read('<a/>')).toThrow('"a" is no list of NCMEC\'s')
    expect(() => read('<queryResult/>')).toThrow('namespace')
    expect(() => read(`${EXAMPLE}<more/>`)).toThrow(Fault)
    expect(() => read('')).toThrow(Fault)
  })
})

describe('a hostile page', () => {
  const laughs = `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><queryResult ${NS}>&b;</queryResult>`
  const cases: Readonly<Record<string, string | Buffer>> = {
    'expands entities': laughs,
    'names an entity without a document type': page(image('&b;')),
    'names an outer entity': `<!DOCTYPE l SYSTEM "file:///etc/passwd"><queryResult ${NS}/>`,
    'opens a document type that does not end': `<!DOCTYPE ${'x'.repeat(400_000)}`,
    'nests without end': `<queryResult ${NS}><images>${'<image>'.repeat(100_000)}`,
    'holds a text without end': page(image('a'.repeat(400_000))),
    'holds a comment without end': `<queryResult ${NS}><!--${'x'.repeat(400_000)}`,
    'holds attributes without end': page(
      `<image ${Array.from({ length: 99 }, (_, at) => `a${at}="1"`).join(' ')}/>`,
    ),
    'holds a tag without end': `<queryResult ${NS}><images count="${'1'.repeat(400_000)}`,
    'holds an entry without end': page(`<image>${'<a/>'.repeat(60_000)}</image>`),
    'holds a NUL': page(image('a\0b')),
    'is not UTF-8': Buffer.concat([Buffer.from(`<queryResult ${NS}><images>`), Buffer.from([0xff, 0xfe])]),
    'says that it is of another encoding': `<?xml version="1.0" encoding="UTF-16"?><queryResult ${NS}/>`,
  }

  it.each(Object.entries(cases))('that %s is refused', (_, document) => {
    expect(() => read(document)).toThrow(Fault)
    expect(() => read(document, 1_000)).toThrow(Fault)
  })

  it('with any piece changed is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: EXAMPLE.length }),
        fc.integer({ min: 0, max: 40 }),
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 20 }),
          fc.constantFrom('<', '</', '&#0;', '&', ']]>', '"', '<image>'),
        ),
        (at, gone, put) => {
          try {
            read(EXAMPLE.slice(0, at) + put + EXAMPLE.slice(at + gone))
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Fault)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
