import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonSplitter, OBJECT_BYTES_MAX } from '#lists/vics/splitter'

/** Everything that is told of a document given in pieces. */
function split(document: Buffer, sizes: readonly number[]) {
  const elements: string[] = []
  const offsets: number[] = []
  const frames: string[] = []
  const left: string[] = []
  let verbatim = ''
  const splitter = new JsonSplitter({
    elements: ({ bytes, bounds, offset, first }) => {
      expect(first).toBe(elements.length + left.length + 1)
      for (let at = 0; at < bounds.length; at += 2) {
        elements.push(bytes.toString('utf8', bounds[at], bounds[at + 1]))
        offsets.push(offset + (bounds[at] ?? 0))
      }
      verbatim += bytes.toString()
    },
    left: (entry, offset, reason) => left.push(`${entry} ${offset} ${reason}`),
    frameBegins: (bytes) => {
      verbatim += bytes.toString()
    },
    frameEnds: (whole, _, rest) => {
      frames.push(whole.toString())
      verbatim += rest.toString()
    },
    between: (bytes) => {
      verbatim += bytes.toString()
    },
    refuse: (reason) => {
      throw new RangeError(reason)
    },
  })
  const lent = Buffer.alloc(1 << 22)
  for (let at = 0, turn = 0; at < document.length; turn++) {
    const size = document.copy(lent, 0, at, at + (sizes[turn % sizes.length] ?? 1))
    splitter.take(lent.subarray(0, size))
    lent.fill('"', 0, size) // what was lent must not be looked at again
    at += size
  }
  splitter.end()
  return { elements, offsets, frames, left, verbatim }
}

const anyMedia = fc.object({
  maxDepth: 3,
  key: fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('Media', 'value', 'MD5', '"', '\\')),
  values: [
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\\', '"', '"Media":[', ']}', '{['),
    fc.integer(),
    fc.constant(null),
  ],
})

describe('a document that is split', () => {
  it('gives the elements of its array and the frame around it, wherever its bytes are cut', () => {
    const anyList = fc.array(
      anyMedia.filter((media) => !Array.isArray(media['Media'])),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(
        anyList,
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(undefined, 1, '\t'),
        (media, sizes, indent) => {
          const document = JSON.stringify(
            { first: { value: [] }, value: media, last: ['value'] },
            null,
            indent,
          )
          const bytes = Buffer.from(document)
          const { elements, offsets, frames, left, verbatim } = split(bytes, sizes)
          expect(elements.map((text) => JSON.parse(text))).toEqual(JSON.parse(document).value)
          for (const [at, offset] of offsets.entries())
            expect(bytes.toString('utf8', offset).startsWith(elements[at] ?? '?')).toBe(true)
          expect(frames.map((text) => JSON.parse(text))).toEqual([
            { first: { value: [] }, value: [], last: ['value'] },
          ])
          expect(left).toEqual([])
          expect(verbatim).toBe(document)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('passes over an element that is too large, and holds no more of it than the limit', () => {
    const large = `{"a":"${'x'.repeat(OBJECT_BYTES_MAX + 3_000_000)}"}`
    const { elements, left } = split(Buffer.from(`{"value":[{"b":1},${large},{"c":2}]}`), [1 << 20])
    expect(elements).toEqual(['{"b":1}', '{"c":2}'])
    expect(left).toEqual([`2 18 is larger than ${OBJECT_BYTES_MAX} bytes`])
  })

  it('is refused when what stands beside its entries is too large', () => {
    const large = `{"a":"${'x'.repeat(OBJECT_BYTES_MAX + 3_000_000)}`
    expect(() => split(Buffer.from(large), [1 << 20])).toThrow('beside its entries')
    expect(() => split(Buffer.from(`{"value":[],${large.slice(1)}`), [1 << 20])).toThrow('beside its entries')
  })
})
