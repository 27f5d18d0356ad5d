/** Stages: each stage of the module gives the very numbers of its plain reference. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bits, median } from '../../src/pdq/bits.ref.ts'
import { cosines } from '../../src/pdq/cosines.ts'
import { dct } from '../../src/pdq/dct.ref.ts'
import { decimate } from '../../src/pdq/decimate.ref.ts'
import { dihedral } from '../../src/pdq/dihedral.ref.ts'
import { jarosz } from '../../src/pdq/jarosz.ref.ts'
import { luminance } from '../../src/pdq/luminance.ref.ts'
import { samplesOf } from '../../src/pdq/pdq.ref.ts'
import { feed } from '../../src/pdq/pdq.ts'
import { quality } from '../../src/pdq/quality.ref.ts'
import { random } from '../../src/random.ts'
import { stages } from './kernels.ts'
import { generated } from './pictures.ts'

const pdq = await stages()

function floats(at: number, count: number): Float32Array {
  return new Float32Array(pdq.memory.buffer, at, count)
}

const seeds = fc.nat({ max: 0xffff })

describe('luminance', () => {
  test('weighs a pixel with two sums rounded from left to right', () => {
    const { data } = luminance(
      { data: Uint8Array.of(255, 255, 255, 1, 2, 3), width: 2, height: 1, channels: 3 },
      { left: 0, top: 0, width: 2, height: 1 },
    )
    expect([...data]).toEqual([255, Math.fround(1.815)])
  })

  test('is the plane itself of a 64 x 64 picture, whatever its channels', () => {
    const channels = fc.constantFrom(1 as const, 3 as const, 4 as const)
    fc.assert(
      fc.property(seeds, channels, (seed, count) => {
        const pixels = generated({ width: 64, height: 64, channels: count, seed, noise: 200 })
        const area = { left: 0, top: 0, width: 64, height: 64 }
        feed(pdq, pixels, area)
        expect(floats(pdq.plane(), 4096)).toEqual(luminance(pixels, area).data)
      }),
      { numRuns: 20 },
    )
  })
})

describe('the blur', () => {
  test('leaves a line of the shortest window as it is', () => {
    const data = Float32Array.from({ length: 25 }, (_, at) => at * 3)
    expect(jarosz({ data, width: 5, height: 5 }).data).toEqual(data)
  })

  test('is a tent: a point of light becomes 1 2 1 under a window of two', () => {
    const data = new Float32Array(129 * 5)
    data[2 * 129 + 60] = 16
    const row = jarosz({ data, width: 129, height: 5 }).data.slice(2 * 129 + 57, 2 * 129 + 63)
    expect([...row]).toEqual([0, 4, 8, 4, 0, 0])
  })

  test('and its samples are the same in both forms', () => {
    const sizes = fc.tuple(fc.integer({ min: 5, max: 700 }), fc.integer({ min: 5, max: 300 }))
    fc.assert(
      fc.property(seeds, sizes, (seed, [width, height]) => {
        const pixels = generated({ width, height, channels: 3, seed, noise: 60 })
        const area = { left: 0, top: 0, width, height }
        feed(pdq, pixels, area)
        pdq.finish()
        expect(floats(pdq.plane(), 4096)).toEqual(samplesOf(pixels, area))
      }),
      { numRuns: 25 },
    )
  })
})

test('decimation takes the middle of each cell and repeats where there are fewer than 64', () => {
  const data = Float32Array.from({ length: 32 * 128 }, (_, at) => at)
  const samples = decimate({ data, width: 128, height: 32 })
  expect([...samples.slice(0, 3)]).toEqual([1, 3, 5])
  expect([...samples.slice(64, 67)]).toEqual([1, 3, 5])
  expect([...samples.slice(128, 131)]).toEqual([129, 131, 133])
})

describe('the transform', () => {
  test('has factors so far from a tie that any library of cosines rounds them alike', () => {
    const scale = Math.fround(Math.sqrt(2 / 64))
    for (const [at, factor] of cosines().entries()) {
      const exact = scale * Math.cos((Math.PI / 128) * (Math.floor(at / 64) + 1) * (2 * (at % 64) + 1))
      const unit = 2 ** (Math.floor(Math.log2(Math.abs(factor))) - 23)
      expect(Math.abs(exact - factor) / unit).toBeLessThan(0.4999)
    }
  })

  test('gives the same 256 coefficients in both forms', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const source = random(seed)
        const plane = Float32Array.from({ length: 4096 }, () => source.fraction() * 255)
        floats(pdq.plane(), 4096).set(plane)
        pdq.dct()
        expect(floats(pdq.coefficients(), 256)).toEqual(dct(plane))
      }),
      { numRuns: 20 },
    )
  })
})

describe('bits', () => {
  test('are set strictly above the lower median: 128 of 256 different values', () => {
    const matrix = Float32Array.from({ length: 256 }, (_, at) => 255 - at)
    expect(median(matrix)).toBe(127)
    expect(bits(matrix)).toEqual(Uint8Array.from({ length: 32 }, (_, at) => (at < 16 ? 0 : 255)))
  })

  test('and those of all orientations are the same in both forms, ties and signs of zero included', () => {
    const value = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 1, -1, 2, -2),
    )
    const matrices = fc.array(value, { minLength: 256, maxLength: 256 })
    fc.assert(
      fc.property(matrices, (values) => {
        const matrix = Float32Array.from(values)
        floats(pdq.coefficients(), 256).set(matrix)
        pdq.dihedral()
        expect(new Uint8Array(pdq.memory.buffer, pdq.hashes(), 256)).toEqual(dihedral(matrix))
      }),
      { numRuns: 100 },
    )
  })
})

describe('quality', () => {
  test('is 0 of a plain plane and 100 of noise', () => {
    expect(quality(new Float32Array(4096).fill(77))).toBe(0)
    expect(quality(Float32Array.from({ length: 4096 }, (_, at) => (at % 2) * 255))).toBe(100)
  })

  test('is the same in both forms, and over planes of every roughness takes most values', () => {
    const seen = new Set<number>()
    for (let step = 0; step < 400; step += 1) {
      const source = random(step)
      const plane = Float32Array.from({ length: 4096 }, () => source.fraction() * step * 0.1)
      floats(pdq.plane(), 4096).set(plane)
      expect(pdq.quality()).toBe(quality(plane))
      seen.add(quality(plane))
    }
    expect(seen.size).toBeGreaterThan(50)
  })
})
