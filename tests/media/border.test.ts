/** Border: the area inside uniform edges, found where it is and not imagined where it is not. */
import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { unbordered } from '../../src/media/border.ts'
import { bordered, type Raw, scene } from './pictures.ts'

/** No bar, or one above a hundredth of the picture: thinner ones are let be. */
const side = fc.oneof(fc.constant(0), fc.integer({ min: 4, max: 60 }))

/** Draws dots along the edges, so that no row or column of the picture itself is uniform. */
function edged(raw: Raw): Raw {
  const { data, width, height, channels } = raw
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (x > 0 && y > 0 && x < width - 1 && y < height - 1) continue
      data.fill((x + y) % 3 === 0 ? 255 : 0, (y * width + x) * channels, (y * width + x + 1) * channels)
    }
  }
  return raw
}

test('a scene without a border has none', () => {
  for (let seed = 1; seed <= 8; seed += 1) expect(unbordered(scene(seed)), String(seed)).toBeUndefined()
})

test('a uniform picture has no inside', () => {
  for (const channels of [1, 3] as const) {
    expect(
      unbordered({ data: new Uint8Array(100 * 80 * channels).fill(90), width: 100, height: 80, channels }),
    ).toBeUndefined()
  }
})

test('pictures too small to have an inside have none', () => {
  for (const [width, height] of [
    [1, 1],
    [4, 100],
    [100, 4],
    [5, 5],
  ] as const) {
    expect(unbordered({ data: new Uint8Array(width * height), width, height, channels: 1 })).toBeUndefined()
  }
})

test('the inside is found to the pixel, whatever the bars, also when they are one-sided', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      side,
      side,
      side,
      side,
      async (seed, top, bottom, left, right) => {
        const inner = edged(scene(seed, 120, 90))
        const { data, info } = await bordered(inner, { top, bottom, left, right })
          .raw()
          .toBuffer({ resolveWithObject: true })
        const area = unbordered({ data, width: info.width, height: info.height, channels: 3 })
        const isBordered = top + bottom + left + right > 0
        expect(area).toEqual(isBordered ? { left, top, width: 120, height: 90 } : undefined)
      },
    ),
    { numRuns: 40 },
  )
})

test('compression moves the edge by a pixel or two at most', async () => {
  const bars = { top: 50, bottom: 41, left: 33, right: 20 }
  for (const quality of [60, 75, 90]) {
    const jpeg = await bordered(scene(3), bars).jpeg({ quality }).toBuffer()
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
    const area = unbordered({ data, width: info.width, height: info.height, channels: 3 })
    expect(Math.abs((area?.top ?? 0) - 50)).toBeLessThanOrEqual(2)
    expect(Math.abs((area?.left ?? 0) - 33)).toBeLessThanOrEqual(2)
    expect(Math.abs((area?.width ?? 0) - 320)).toBeLessThanOrEqual(4)
    expect(Math.abs((area?.height ?? 0) - 240)).toBeLessThanOrEqual(4)
  }
})
