/** BMP: every depth and coding gives the pixels that were written, and a header that lies costs nothing. */
import { openPdq } from '@tutela/kernels/node'
import type { Pdq, Pixels } from '@tutela/kernels/pdq'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeBmp } from '../../src/media/bmp.ts'
import { decode } from '../../src/media/decode.ts'
import { Gathering } from '../../src/media/gathering.ts'
import { DEFAULT_LIMITS } from '../../src/media/limits.ts'

interface Drawn {
  readonly width: number
  readonly height: number
  readonly bits: number
  readonly compression?: number
  readonly topDown?: boolean
  /** Red, green, blue of each palette place. */
  readonly palette?: readonly (readonly [number, number, number])[]
  readonly masks?: readonly number[]
  readonly pixels: Buffer
  /** Bytes between the palette and the pixels. */
  readonly gap?: number
}

function bmpOf(drawn: Drawn): Buffer {
  const {
    width,
    height,
    bits,
    compression = 0,
    topDown = false,
    palette = [],
    masks = [],
    pixels,
    gap = 0,
  } = drawn
  const head = Buffer.alloc(54)
  const masked = Buffer.alloc(masks.length * 4)
  for (const [place, mask] of masks.entries()) masked.writeUInt32LE(mask >>> 0, place * 4)
  const colours = Buffer.from(palette.flatMap(([red, green, blue]) => [blue, green, red, 0]))
  const offset = 54 + masked.length + colours.length + gap
  head.write('BM', 'latin1')
  head.writeUInt32LE(offset + pixels.length, 2)
  head.writeUInt32LE(offset, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(width, 18)
  head.writeInt32LE(topDown ? -height : height, 22)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(bits, 28)
  head.writeUInt32LE(compression, 30)
  head.writeUInt32LE(palette.length, 46)
  return Buffer.concat([head, masked, colours, Buffer.alloc(gap), pixels])
}

let pdq: Pdq
beforeAll(async () => {
  pdq = await openPdq()
})

/** The pixels that come out, and why some are missing. */
async function decoded(bytes: Buffer): Promise<{ rgb: number[]; because?: string }> {
  const seen: Pixels[] = []
  const watching: Pdq = {
    hash(pixels, area) {
      if (area === undefined) seen.push(pixels)
      return pdq.hash(pixels, area)
    },
  }
  const gathering = new Gathering(watching, DEFAULT_LIMITS)
  await decodeBmp(gathering, bytes)
  const answer = gathering.answer()
  const because = answer.kind === 'picture' ? answer.incomplete : answer.because
  return { rgb: [...(seen[0]?.data ?? [])], ...(because && { because }) }
}

const [RED, GREEN, BLUE, WHITE] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
] as const
const PALETTE = [RED, GREEN, BLUE, WHITE] as const
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

describe('the pixels that were written come out', () => {
  // three wide, two high: red green blue above white white red; rows are stored from the bottom
  const expected = [RED, GREEN, BLUE, WHITE, WHITE, RED].flat()
  const size = { width: 3, height: 2 }
  const cases: Record<string, Drawn> = {
    '24 bits': {
      ...size,
      bits: 24,
      pixels: bytes('ffffff ffffff 0000ff 000000 0000ff 00ff00 ff0000 000000'),
    },
    '24 bits from the top': {
      ...size,
      bits: 24,
      topDown: true,
      pixels: bytes('0000ff 00ff00 ff0000 000000 ffffff ffffff 0000ff 000000'),
    },
    '24 bits behind a gap': {
      ...size,
      bits: 24,
      gap: 10,
      pixels: bytes('ffffff ffffff 0000ff 000000 0000ff 00ff00 ff0000 000000'),
    },
    '32 bits': { ...size, bits: 32, pixels: bytes('ffffff00 ffffff00 0000ff00 0000ff00 00ff0000 ff000000') },
    '32 bits with masks': {
      ...size,
      bits: 32,
      compression: 3,
      masks: [0xff, 0xff00, 0xff0000],
      pixels: bytes('ffffff00 ffffff00 ff000000 ff000000 00ff0000 0000ff00'),
    },
    '16 bits of five each': { ...size, bits: 16, pixels: bytes('ff7f ff7f 007c 0000 007c e003 1f00 0000') },
    '16 bits of five, six, five': {
      ...size,
      bits: 16,
      compression: 3,
      masks: [0xf800, 0x07e0, 0x001f],
      pixels: bytes('ffff ffff 00f8 0000 00f8 e007 1f00 0000'),
    },
    '8 bits': { ...size, bits: 8, palette: PALETTE, pixels: bytes('03030000 00010200') },
    '4 bits': { ...size, bits: 4, palette: PALETTE, pixels: bytes('33000000 01200000') },
    '8 bits in runs': {
      ...size,
      bits: 8,
      compression: 1,
      palette: PALETTE,
      pixels: bytes('0203 0100 0000 0003000102 00 0001'),
    },
    '4 bits in runs': {
      ...size,
      bits: 4,
      compression: 2,
      palette: PALETTE,
      pixels: bytes('0233 0100 0000 00030120 0001'),
    },
  }
  for (const [name, drawn] of Object.entries(cases)) {
    test(name, async () => {
      expect(await decoded(bmpOf(drawn))).toEqual({ rgb: expected })
    })
  }

  test('1 bit', async () => {
    const drawn = { width: 10, height: 1, bits: 1, palette: [RED, BLUE], pixels: bytes('a5800000') }
    const places = [1, 0, 1, 0, 0, 1, 0, 1, 1, 0]
    expect(await decoded(bmpOf(drawn))).toEqual({
      rgb: places.flatMap((place) => (place === 1 ? BLUE : RED)),
    })
  })

  test('a run that moves on leaves the first colour of the palette', async () => {
    const drawn = {
      width: 3,
      height: 2,
      bits: 8,
      compression: 1,
      palette: PALETTE,
      pixels: bytes('0103 00020201 0001'),
    }
    const rgb = [RED, RED, RED, WHITE, RED, RED].flat()
    expect(await decoded(bmpOf(drawn))).toEqual({ rgb })
  })
})

describe('what is broken', () => {
  const whole = bmpOf({ width: 40, height: 40, bits: 24, pixels: Buffer.alloc(40 * 120, 99) })

  test('a file that ends early is truncated', async () => {
    expect((await decoded(whole.subarray(0, 2000))).because).toBe('truncated')
  })

  test('a header without pixels is not decodable', async () => {
    expect((await decoded(whole.subarray(0, 54))).because).toBe('decoder-failed')
  })

  test('a header that claims more than the limit allocates nothing', async () => {
    for (const [width, height] of [
      [0x7fff_ffff, 0x7fff_ffff],
      [30_000, -30_000],
      [0x7fff_ffff, 1],
    ] as const) {
      const lying = Buffer.from(whole)
      lying.writeInt32LE(width, 18)
      lying.writeInt32LE(height, 22)
      expect((await decoded(lying)).because).toBe('too-large')
    }
  })

  test('sizes that cannot be, and depths and codings that no one knows, are refused', async () => {
    const changed = (at: number, value: number): Buffer => {
      const lying = Buffer.from(whole)
      lying.writeInt32LE(value, at)
      return lying
    }
    expect((await decoded(changed(18, -5))).because).toBe('decoder-failed')
    expect((await decoded(changed(18, 0))).because).toBe('decoder-failed')
    expect((await decoded(changed(28, 7))).because).toBe('unsupported')
    expect((await decoded(changed(30, 4))).because).toBe('unsupported')
    expect((await decoded(changed(10, 0x7fff_ffff))).because).toBe('decoder-failed')
  })

  test('an archive behind the pixels makes it incomplete', async () => {
    const hidden = Buffer.concat([whole, Buffer.from('PK\x03\x04'), Buffer.alloc(2000, 7)])
    expect(await decode(pdq, DEFAULT_LIMITS, 'bmp', hidden)).toMatchObject({ incomplete: 'container' })
  })
})
