/** Sizes: awkward widths and heights, channels and areas give the same answer in both forms. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openPdq } from '../../src/node.ts'
import { referencePdq } from '../../src/pdq/pdq.ref.ts'
import type { Area, Pixels } from '../../src/pdq/pdq.ts'
import { feed, pixelsMax } from '../../src/pdq/pdq.ts'
import { forms, stages } from './kernels.ts'
import { generated } from './pictures.ts'

const pdq = await openPdq()
const nothing = { quality: 0, orientations: new Uint8Array(256) }

const sides = [1, 4, 5, 6, 7, 8, 9, 15, 16, 17, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257, 385, 500, 641]
const channels = fc.constantFrom(1 as const, 3 as const, 4 as const)
const pictures = fc.record({
  width: fc.constantFrom(...sides),
  height: fc.constantFrom(...sides),
  channels,
  seed: fc.nat({ max: 0xffff }),
  noise: fc.constantFrom(0, 20, 255),
})

/** An area somewhere in a picture, from four fractions. */
function areaIn(pixels: Pixels, [a, b, c, d]: readonly [number, number, number, number]): Area {
  const left = Math.floor(a * pixels.width)
  const top = Math.floor(b * pixels.height)
  const width = 1 + Math.floor(c * (pixels.width - left))
  const height = 1 + Math.floor(d * (pixels.height - top))
  return { left, top, width, height }
}

const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const parts = fc.tuple(part, part, part, part)

/** The area copied out into a picture of its own. */
function copied(pixels: Pixels, area: Area): Pixels {
  const bytes = area.width * pixels.channels
  const data = new Uint8Array(bytes * area.height)
  for (let y = 0; y < area.height; y += 1) {
    const from = ((area.top + y) * pixels.width + area.left) * pixels.channels
    data.set(pixels.data.subarray(from, from + bytes), y * bytes)
  }
  return { data, width: area.width, height: area.height, channels: pixels.channels }
}

describe('both forms agree', () => {
  test('on pictures of awkward sizes with one, three and four channels', () => {
    const property = fc.property(pictures, (scene) => {
      const pixels = generated(scene)
      expect(pdq.hash(pixels)).toEqual(referencePdq.hash(pixels))
    })
    fc.assert(property, { numRuns: 80 })
  })

  test('on any area of a picture, which hashes as if it were cut out', () => {
    const property = fc.property(pictures, parts, (scene, fractions) => {
      const pixels = generated(scene)
      const area = areaIn(pixels, fractions)
      const result = pdq.hash(pixels, area)
      expect(result).toEqual(referencePdq.hash(pixels, area))
      expect(result).toEqual(pdq.hash(copied(pixels, area)))
    })
    fc.assert(property, { numRuns: 80 })
  })

  test.each([
    [1000, 5],
    [5, 1000],
    [5, 5],
    [3000, 9],
    [9, 3000],
    [2049, 33],
  ])('on a picture of %i x %i', (width, height) => {
    const pixels = generated({ width, height, channels: 3, seed: width, noise: 100 })
    expect(pdq.hash(pixels)).toEqual(referencePdq.hash(pixels))
  })

  test('whatever was hashed before', () => {
    const small = generated({ width: 70, height: 8, channels: 3, seed: 1, noise: 255 })
    const first = pdq.hash(small)
    pdq.hash(generated({ width: 900, height: 700, channels: 4, seed: 2, noise: 255 }))
    expect(pdq.hash(small)).toEqual(first)
  })
})

test('an alpha channel changes nothing', () => {
  const scene = generated({ width: 131, height: 77, channels: 3, seed: 5, noise: 50 })
  const data = new Uint8Array(131 * 77 * 4)
  for (let at = 0; at < 131 * 77; at += 1) {
    data.set([...scene.data.subarray(at * 3, at * 3 + 3), at % 251], at * 4)
  }
  for (const [, form] of forms) {
    expect(form.hash({ ...scene, data, channels: 4 })).toEqual(form.hash(scene))
  }
})

test.each([
  [1, 1],
  [4, 4],
  [4, 300],
  [300, 4],
  [1, 1000],
])('a picture of %i x %i is too small for a hash: zeros of quality 0', (width, height) => {
  const pixels = generated({ width, height, channels: 1, seed: 3, noise: 255 })
  for (const [, form] of forms) expect(form.hash(pixels)).toEqual(nothing)
})

test('a picture of a hundred million pixels needs only some rows of working memory', async () => {
  const pixels = { data: new Uint8Array(pixelsMax), width: 10_000, height: 10_000, channels: 1 as const }
  const module = await stages()
  feed(module, pixels, { left: 0, top: 0, width: 10_000, height: 10_000 })
  expect(module.finish()).toBe(0)
  expect(module.memory.buffer.byteLength).toBeLessThan(8 * 1024 * 1024)
})

describe('what does not fit together is refused', () => {
  const data = new Uint8Array(10 * 10 * 3)
  const fitting: Pixels = { data, width: 10, height: 10, channels: 3 }
  const wrong: readonly [string, Pixels, Area?][] = [
    ['too few bytes', { ...fitting, height: 11 }],
    ['too many bytes', { ...fitting, width: 9 }],
    ['no width', { data: new Uint8Array(0), width: 0, height: 10, channels: 3 }],
    ['part of a pixel', { ...fitting, width: 12.5, height: 8 }],
    ['an area beyond the right edge', fitting, { left: 5, top: 0, width: 6, height: 5 }],
    ['an area above the top', fitting, { left: 0, top: -1, width: 6, height: 5 }],
    ['an area without height', fitting, { left: 0, top: 0, width: 6, height: 0 }],
  ]
  test.each(wrong)('%s', (_, pixels, area) => {
    for (const [, form] of forms) expect(() => form.hash(pixels, area)).toThrow(RangeError)
  })

  test('more than a hundred million pixels', () => {
    const pixels = {
      data: new Uint8Array(pixelsMax + 1),
      width: pixelsMax + 1,
      height: 1,
      channels: 1 as const,
    }
    for (const [, form] of forms) expect(() => form.hash(pixels)).toThrow(RangeError)
  })
})
