/** Shield: what is said of content and of hashes, and that no failure is ever "none". */
import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Failure } from '#matchers/fake'
import { parseMedia, parsePdq } from '#matchers/shield/answer'
import { startShieldFake } from '#matchers/shield/fake'
import { SHIELD_LIMITS, shield } from '#matchers/shield/shield'
import { type PdqHash, pdqHash } from '#terms/hash'
import type { RemoteItem, RemoteSends } from '#terms/remote'
import { steppedClock } from './clock.ts'

const known = Buffer.from('a file that the stand-in knows')
const other = Buffer.from('another file')
const sha1 = createHash('sha1').update(known).digest('hex')
const knownPdq = '0f'.repeat(32)

function pdq(hex: string): PdqHash {
  const hash = pdqHash(hex)
  if (!hash) throw new Error(`${hex} is no PDQ hash`)
  return hash
}

function random(): PdqHash {
  return pdq(randomBytes(32).toString('hex'))
}

function content(bytes: Buffer): RemoteItem {
  return { pdq: [], content: { bytes, mediaType: 'image/png' } }
}

async function world(sends: RemoteSends, limits: Partial<typeof SHIELD_LIMITS> = {}) {
  const credentials = { user: 'someone', password: 'pass:word' }
  const fake = await startShieldFake({
    ...credentials,
    files: new Map([[sha1, 'csam']]),
    pdq: new Map([[knownPdq, 'harmful-abusive-material']]),
    bytesMax: 100_000,
  })
  onTestFinished(fake.close)
  const clock = steppedClock()
  const settings = {
    ...credentials,
    url: fake.url,
    sends,
    addresses: 'any',
    bytesMax: 1_000_000,
    limits: { ...SHIELD_LIMITS, ...limits },
  } as const
  return { fake, clock, settings, matcher: shield(settings, { clock }) }
}

describe('by content', () => {
  test('a file that it knows is a match with its classification, another is none', async () => {
    const { matcher } = await world('bytes')
    expect(await matcher.ask(content(known))).toEqual({
      matcher: 'shield',
      kind: 'match',
      category: 'csam',
      near: false,
    })
    expect(await matcher.ask(content(other))).toEqual({ matcher: 'shield', kind: 'none' })
  })

  test('what was not given, is too large here or there, or of no known kind, is unknown', async () => {
    const { matcher, fake } = await world('bytes')
    const items: RemoteItem[] = [
      { pdq: [pdq(knownPdq)] },
      content(Buffer.alloc(1_000_001)),
      { pdq: [], content: { bytes: known } },
    ]
    for (const item of items) expect(await matcher.ask(item)).toMatchObject({ kind: 'unknown' })
    expect(fake.asked).toHaveLength(0)
    expect(await matcher.ask(content(Buffer.alloc(100_001)))).toEqual({
      matcher: 'shield',
      kind: 'unknown',
      because: 'the item is larger than it takes',
    })
    expect(await matcher.ask({ pdq: [], content: { bytes: known, mediaType: 'text/plain' } })).toMatchObject({
      kind: 'unknown',
      because: 'it does not take this kind of item',
    })
    expect(matcher.pausedBecause).toBeUndefined()
  })
})

describe('by hash', () => {
  test('no content leaves, though it was given', async () => {
    const { matcher, fake } = await world('hashes')
    await matcher.ask({ ...content(known), pdq: [pdq(knownPdq)] })
    expect(fake.asked.map(({ path }) => path)).toEqual(['/v1/pdq/'])
    expect(fake.asked[0]?.body.includes(known)).toBe(false)
  })

  test('one orientation that matches is enough', async () => {
    const { matcher } = await world('hashes')
    const hashes = [random(), pdq(`1f${knownPdq.slice(2)}`), random()]
    expect(await matcher.ask({ pdq: hashes })).toEqual({
      matcher: 'shield',
      kind: 'match',
      category: 'harmful-abusive-material',
      near: true,
    })
    expect(await matcher.ask({ pdq: [random()] })).toEqual({ matcher: 'shield', kind: 'none' })
    expect(await matcher.ask({ pdq: [] })).toMatchObject({ kind: 'unknown' })
  })

  test('items that are asked about at once go together, at most a hundred hashes in a request', async () => {
    const { matcher, fake } = await world('hashes')
    const items = Array.from({ length: 60 }, (_, at) => ({
      pdq: Array.from({ length: 8 }, () => (at === 33 ? pdq(knownPdq) : random())),
    }))
    const said = await Promise.all(items.map((item) => matcher.ask(item)))
    expect(said.map(({ kind }) => kind)).toEqual(items.map((_, at) => (at === 33 ? 'match' : 'none')))
    const sizes = fake.asked.map(({ body }) => JSON.parse(body.toString()).hashes.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(59 * 8 + 1)
    expect(sizes).toHaveLength(5)
  })
})

const FAILURES: readonly (readonly [string, Failure, RegExp])[] = [
  ['refuses the credentials', { kind: 'status', status: 401 }, /credentials/],
  ['forbids', { kind: 'status', status: 403 }, /credentials/],
  ['asks for fewer questions for an hour', { kind: 'status', status: 429, retryAfterSeconds: 3600 }, /fewer/],
  ['breaks', { kind: 'status', status: 500 }, /status 500/],
  ['redirects', { kind: 'status', status: 302 }, /status 302/],
  ['is silent', { kind: 'silent' }, /longer than 0.3 s/],
  ['stops in the middle', { kind: 'truncated' }, /no whole answer/],
  ['answers in no JSON', { kind: 'not-json' }, /not JSON/],
  ['answers without an end', { kind: 'endless' }, /more than/],
  ['answers about something else', { kind: 'astray' }, /other content|leaves out/],
]

describe.each(['bytes', 'hashes'] as const)('a failure, when it is sent %s', (sends) => {
  const item = { ...content(known), pdq: [pdq(knownPdq)] }

  test.each(FAILURES)('is unknown with the reason when it %s', async (_, failure, because) => {
    const { matcher, fake } = await world(sends, {
      triesMax: 1,
      secondsMax: failure.kind === 'silent' ? 0.3 : 30,
      requestsPerSecond: 1000,
    })
    fake.fail(failure)
    expect(await matcher.ask(item)).toEqual({
      matcher: 'shield',
      kind: 'unknown',
      because: expect.stringMatching(because),
    })
    if (failure.kind === 'silent') return
    expect(await matcher.ask(item)).toMatchObject({ kind: 'match' })
  })

  test('that passes is tried again', async () => {
    const { matcher, fake, clock } = await world(sends)
    fake.fail({ kind: 'status', status: 503, retryAfterSeconds: 2 }, { kind: 'truncated' })
    const said = await matcher.ask(item)
    // A body that breaks off after a good status is not asked for again; the next question is.
    expect(said).toMatchObject({ kind: 'unknown' })
    expect(clock.waited).toContain(2000)
    expect(await matcher.ask(item)).toMatchObject({ kind: 'match' })
  })

  test('of the credentials is not told to anybody', async () => {
    const { fake, settings } = await world(sends)
    const matcher = shield({ ...settings, password: 'wrong' })
    expect(JSON.stringify(await matcher.ask(item))).not.toContain('wrong')
    expect(fake.asked).toHaveLength(1)
  })
})

test('a service that says nothing remains is left alone for as long as it says', async () => {
  const { settings, clock } = await world('bytes')
  const { startFake } = await import('#matchers/fake')
  const sha256 = createHash('sha256').update(known).digest('hex')
  const body = { sha256_hex: sha256, classification: null, match_type: null }
  const fake = await startFake(() => ({ status: 200, body, headers: { ratelimit: 'r=0;t=7' } }))
  onTestFinished(fake.close)
  const matcher = shield({ ...settings, url: fake.url }, { clock })
  await matcher.ask(content(known))
  await matcher.ask(content(known))
  expect(clock.waited).toEqual([7000])
})

describe('parsing', () => {
  const sha256 = '8c3b43fb9ba63b7120cedf87bc9f348bbaaf5d39a97266d0c7587b5efd6aba2d'

  test('the answer that the interface shows is none', () => {
    const shown = {
      size_bytes: 24335,
      sha1_base32: 'TTY4MGOMVNR5KI2ZZ62EMYDZALUTBOHN',
      sha256_hex: sha256.toUpperCase(),
      classification: 'no-known-match',
      match_type: null,
      near_match_details: [],
    }
    expect(parseMedia(shown, sha256)).toEqual({ kind: 'none' })
  })

  test('a classification that is new is a match', () => {
    const said = parseMedia(
      { sha256_hex: sha256, classification: 'newly-named', match_type: 'exact' },
      sha256,
    )
    expect(said).toEqual({ kind: 'match', category: 'newly-named', near: false })
  })

  test.each([null, [], 'text', {}, { sha256_hex: sha256 }, { sha256_hex: sha256, classification: 5 }, 7])(
    '%j is no answer',
    (untrusted) => {
      expect(() => parseMedia(untrusted, sha256)).toThrow()
      expect(() => parsePdq(untrusted, ['a'])).toThrow()
      expect(() => parsePdq({ scanned_hashes: { a: untrusted ?? 5 } }, ['a'])).toThrow()
    },
  )

  test('no answer for a hash may be null or an object; a name of every object is none', () => {
    const empty = { classification: null, match_type: null, near_match_details: null }
    expect(parsePdq({ scanned_hashes: { a: null, b: empty } }, ['a', 'b'])).toEqual(
      new Map([
        ['a', { kind: 'none' }],
        ['b', { kind: 'none' }],
      ]),
    )
    expect(() => parsePdq({ scanned_hashes: {} }, ['constructor'])).toThrow()
  })
})
