/** The wire: what one end writes the other reads, and nothing that a hostile child sends is believed unchecked. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type ChildAnswer,
  parseReply,
  parseRequestHead,
  printReply,
  printRequestHead,
  RECORD_BYTES,
  REPLY_HEAD_BYTES,
} from '../../src/media/wire.ts'

const EXPECTED = { sequence: 7, wanted: 'hashes', pixelsMax: 1_000_000, framesMax: 20 } as const

const frames = fc
  .uniqueArray(fc.nat({ max: 19 }), { minLength: 1, maxLength: 20 })
  .map((places) => places.sort((a, b) => a - b))
  .chain((places) =>
    fc.tuple(
      ...places.map((frame) =>
        fc.record({
          frame: fc.constant(frame),
          quality: fc.nat({ max: 100 }),
          orientations: fc.uint8Array({ minLength: 256, maxLength: 256 }),
          inside: fc.boolean(),
        }),
      ),
    ),
  )
  .map((records) =>
    records.flatMap(({ inside, ...record }) => [
      { ...record, region: 'whole' as const },
      ...(inside ? [{ ...record, region: 'unbordered' as const }] : []),
    ]),
  )

const answers: fc.Arbitrary<ChildAnswer> = fc.oneof(
  fc.record({
    kind: fc.constant('unknown' as const),
    because: fc.constantFrom('too-large', 'decoder-failed'),
  }),
  fc.record({
    kind: fc.constant('picture' as const),
    width: fc.integer({ min: 1, max: 1000 }),
    height: fc.integer({ min: 1, max: 1000 }),
    frames,
  }),
  fc.record({
    kind: fc.constant('picture' as const),
    width: fc.integer({ min: 1, max: 1000 }),
    height: fc.integer({ min: 1, max: 1000 }),
    frames,
    incomplete: fc.constantFrom('truncated', 'frames-limit', 'container'),
  }),
) as fc.Arbitrary<ChildAnswer>

test('a reply is read as it was written, whatever follows it', () => {
  fc.assert(
    fc.property(answers, fc.uint8Array({ maxLength: 40 }), (answer, after) => {
      const bytes = printReply(7, answer)
      const read = parseReply(Buffer.concat([bytes, after]), EXPECTED)
      expect(read).toEqual({ kind: 'reply', answer, bytes: bytes.length })
    }),
  )
})

test('a part of a reply asks for more', () => {
  fc.assert(
    fc.property(answers, fc.double({ min: 0, max: 0.999, noNaN: true }), (answer, share) => {
      const bytes = printReply(7, answer)
      expect(parseReply(bytes.subarray(0, Math.floor(bytes.length * share)), EXPECTED)).toEqual({
        kind: 'more',
      })
    }),
  )
})

test('whatever bytes come, what is believed is within the limits', () => {
  const forged = fc
    .tuple(answers, fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 255 })), { maxLength: 4 }))
    .map(([answer, changes]) => {
      const bytes = printReply(7, answer)
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
      return bytes
    })
  fc.assert(
    fc.property(fc.oneof(forged, fc.uint8Array({ maxLength: 600 }).map(Buffer.from)), (bytes) => {
      const read = parseReply(Buffer.from(bytes), EXPECTED)
      if (read.kind !== 'reply' || read.answer.kind !== 'picture') return
      const { width, height, frames } = read.answer
      expect(width * height).toBeLessThanOrEqual(EXPECTED.pixelsMax)
      expect(width * height).toBeGreaterThan(0)
      expect(read.bytes).toBe(REPLY_HEAD_BYTES + frames.length * RECORD_BYTES)
      for (const { frame, quality, orientations } of frames) {
        expect(frame).toBeLessThan(EXPECTED.framesMax)
        expect(quality).toBeLessThanOrEqual(100)
        expect(orientations).toHaveLength(256)
      }
    }),
    { numRuns: 500 },
  )
})

test('a reply to another file is refused', () => {
  const bytes = printReply(8, { kind: 'unknown', because: 'decoder-failed' })
  expect(parseReply(bytes, EXPECTED)).toEqual({ kind: 'invalid' })
})

test('a reason that only the parent can know is refused', () => {
  for (const because of ['vanished', 'permission', 'unreadable', 'plain'] as const) {
    expect(parseReply(printReply(7, { kind: 'unknown', because }), EXPECTED)).toEqual({ kind: 'invalid' })
  }
})

test('a frame twice, or an inner region without its whole, is refused', () => {
  const record = { frame: 3, quality: 50, orientations: new Uint8Array(256) }
  const picture = { kind: 'picture', width: 10, height: 10 } as const
  const inner = { ...record, region: 'unbordered' } as const
  const whole = { ...record, region: 'whole' } as const
  expect(parseReply(printReply(7, { ...picture, frames: [inner] }), EXPECTED)).toEqual({ kind: 'invalid' })
  expect(parseReply(printReply(7, { ...picture, frames: [whole, whole] }), EXPECTED)).toEqual({
    kind: 'invalid',
  })
  expect(parseReply(printReply(7, { ...picture, frames: [whole, inner] }), EXPECTED).kind).toBe('reply')
})

test('an answer about the end is read only where the end was wanted, and hashes only where they were', () => {
  const wantsEnd = { ...EXPECTED, wanted: 'end' } as const
  const record = { frame: 0, quality: 50, orientations: new Uint8Array(256), region: 'whole' } as const
  const picture = printReply(7, { kind: 'picture', width: 10, height: 10, frames: [record] })
  expect(parseReply(picture, wantsEnd)).toEqual({ kind: 'invalid' })
  for (const answer of [{ kind: 'end' }, { kind: 'end', incomplete: 'container' }] as const) {
    const bytes = printReply(7, answer)
    expect(parseReply(bytes, wantsEnd)).toEqual({ kind: 'reply', answer, bytes: bytes.length })
    expect(parseReply(bytes, EXPECTED)).toEqual({ kind: 'invalid' })
  }
})

test('a request is read as it was written', () => {
  for (const wanted of ['hashes', 'end'] as const) {
    const head = { sequence: 9, wanted, format: 'heic', sizeBytes: 1234 } as const
    expect(parseRequestHead(printRequestHead(head))).toEqual(head)
  }
})
