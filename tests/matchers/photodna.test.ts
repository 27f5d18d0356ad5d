/** PhotoDNA: what the Match service says, the statuses inside its answers, and its limits. */
import { createHash } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Failure } from '#matchers/fake'
import { parseMatch } from '#matchers/photodna/answer'
import { startPhotoDnaFake } from '#matchers/photodna/fake'
import { PHOTODNA_LIMITS, photodna } from '#matchers/photodna/photodna'
import type { RemoteItem } from '#terms/remote'
import { steppedClock } from './clock.ts'

/** The beginning of a PNG of so many pixels, which is all that the stand-in looks at. */
function png(width: number, height: number, filler = 0): Buffer {
  const bytes = Buffer.alloc(64, filler)
  bytes.write('89504e470d0a1a0a0000000d49484452', 'hex')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

const known = png(640, 480)

function item(
  bytes: Buffer,
  mediaType = 'image/png',
  pixels?: { width: number; height: number },
): RemoteItem {
  return { pdq: [], content: { bytes, mediaType, ...pixels } }
}

async function world(limits: Partial<typeof PHOTODNA_LIMITS> = {}) {
  const sha256 = createHash('sha256').update(known).digest('hex')
  const fake = await startPhotoDnaFake({
    key: 'a-key',
    files: new Map([[sha256, { source: 'Test', violations: ['A1', 'B2'] }]]),
  })
  onTestFinished(fake.close)
  const clock = steppedClock()
  const settings = {
    url: fake.url,
    key: 'a-key',
    enhance: false,
    addresses: 'any',
    limits: { ...PHOTODNA_LIMITS, ...limits },
  } as const
  return { fake, clock, settings, matcher: photodna(settings, { clock }) }
}

describe('a picture', () => {
  test('that it knows is a match with whose list knows it, another is none', async () => {
    const { matcher } = await world()
    expect(await matcher.ask(item(known))).toEqual({
      matcher: 'photodna',
      kind: 'match',
      category: 'Test A1 B2',
      near: true,
    })
    expect(await matcher.ask(item(png(640, 480, 1)))).toEqual({
      matcher: 'photodna',
      kind: 'none',
    })
  })

  test('that it would not take is not sent, and unknown', async () => {
    const { matcher, fake } = await world()
    const items: RemoteItem[] = [
      { pdq: [] },
      item(known, 'image/webp'),
      item(Buffer.alloc(4 * 1024 * 1024 + 1)),
      item(known, 'image/png', { width: 159, height: 4000 }),
    ]
    for (const one of items) expect(await matcher.ask(one)).toMatchObject({ kind: 'unknown' })
    expect(fake.asked).toEqual([])
  })

  test('that it says it did not take is unknown, and no failure of the service', async () => {
    const { matcher } = await world({ failuresMax: 1 })
    expect(await matcher.ask(item(png(100, 100)))).toMatchObject({
      kind: 'unknown',
      because: expect.stringMatching(/3208/),
    })
    expect(await matcher.ask(item(Buffer.from('no picture')))).toMatchObject({
      kind: 'unknown',
      because: expect.stringMatching(/3206/),
    })
    expect(matcher.pausedBecause).toBeUndefined()
  })

  test('is sent to be enhanced where that is set', async () => {
    const { settings, clock, fake } = await world()
    await photodna({ ...settings, enhance: true }, { clock }).ask(item(known))
    expect(fake.asked.map(({ path }) => path)).toEqual(['/photodna/v1.0/Match?enhance'])
  })
})

const FAILURES: readonly (readonly [string, Failure, RegExp])[] = [
  ['refuses the key', { kind: 'status', status: 401 }, /credentials/],
  ['asks for fewer questions', { kind: 'status', status: 429, retryAfterSeconds: 60 }, /fewer/],
  ['breaks', { kind: 'status', status: 500 }, /status 500/],
  ['found the question invalid, inside a 200', { kind: 'code', code: 3002 }, /3002/],
  ['broke, inside a 200', { kind: 'code', code: 3004 }, /3004/],
  ['says a status that nobody knows, inside a 200', { kind: 'code', code: 3999 }, /3999/],
  ['is silent', { kind: 'silent' }, /longer than 0.3 s/],
  ['stops in the middle', { kind: 'truncated' }, /no whole answer/],
  ['answers in no JSON', { kind: 'not-json' }, /not JSON/],
  ['answers without an end', { kind: 'endless' }, /more than/],
  ['answers without a status', { kind: 'astray' }, /no status/],
]

describe('a failure', () => {
  test.each(FAILURES)('is unknown with the reason when it %s', async (_, failure, because) => {
    const { matcher, fake } = await world({
      triesMax: 1,
      secondsMax: failure.kind === 'silent' ? 0.3 : 30,
      requestsPerSecond: 1000,
    })
    fake.fail(failure)
    expect(await matcher.ask(item(known))).toEqual({
      matcher: 'photodna',
      kind: 'unknown',
      because: expect.stringMatching(because),
    })
    if (failure.kind === 'silent') return
    expect(await matcher.ask(item(known))).toMatchObject({ kind: 'match' })
  })

  test('of the key is told without the key', async () => {
    const { settings } = await world()
    const said = await photodna({ ...settings, key: 'secret-key' }).ask(item(known))
    expect(said).toMatchObject({ kind: 'unknown', because: expect.stringMatching(/credentials/) })
    expect(JSON.stringify(said)).not.toContain('secret-key')
  })
})

test('it is asked five times a second at most', async () => {
  const { matcher, clock } = await world()
  for (let count = 0; count < 11; count++) await matcher.ask(item(known))
  const waited = clock.waited.reduce((sum, milliseconds) => sum + milliseconds, 0)
  expect(waited).toBe(2000)
})

test.each([null, 'text', [], {}, { Status: {} }, { Status: { Code: '3000' } }, { Status: { Code: 3000 } }])(
  '%j is no answer',
  (untrusted) => {
    expect(() => parseMatch(untrusted)).toThrow()
  },
)

test('a match whose flags are not understood is a match all the same', () => {
  for (const flags of [undefined, null, [], [null, { Source: 7, Violations: 'A1' }], 'A1'])
    expect(
      parseMatch({ Status: { Code: 3000 }, IsMatch: true, MatchDetails: { MatchFlags: flags } }),
    ).toEqual({
      kind: 'match',
    })
})
