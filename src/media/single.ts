/** Single: one frame through sharp, its channels kept as the source has them. */

import type { Pixels } from '@tutela/kernels/pdq'
import sharp, { type Sharp, type SharpOptions } from 'sharp'
import type { Reason } from '#terms/verdict'
import type { Gathering } from './gathering.ts'

/** How much a decoder forgives: nothing, warnings, or everything that still gives pixels. */
export type Rigour = 'strict' | 'sound' | 'lenient'

const FAIL_ON = { strict: 'warning', sound: 'error', lenient: 'none' } as const

/**
 * Warnings that say nothing against the pixels: odd headers that some cameras write, stray bytes between a
 * JPEG's segments (not at its restart markers, where they mean lost pixels), and all that libtiff says of
 * tags. What speaks of missing or corrupt data is not among them.
 */
const HARMLESS = [
  /^VipsJpeg: Invalid SOS parameters for sequential JPEG$/,
  /^VipsJpeg: Unknown Adobe color transform code \d+$/,
  /^VipsJpeg: Corrupt JPEG data: \d+ extraneous bytes before marker 0x(?:[ce][0-9a-f]|d[89a-f])$/,
  /^Warning treated as error due to failOn setting$/,
]

/** Which part of a file is decoded, and how. */
export interface Part {
  readonly grey: boolean
  readonly rigour: Rigour
  /** First page and number of pages; the first page alone when absent. */
  readonly pages?: readonly [first: number, count: number]
  /** Sub-directory of a TIFF directory. */
  readonly subifd?: number
}

/** What a decoder's refusal means, by its words. */
export function reasonOf(error: unknown): Reason {
  const words = error instanceof Error ? error.message : ''
  if (/pixel limit|memory|too (large|big)/i.test(words)) return 'too-large'
  return 'decoder-failed'
}

/** Opens bytes with sharp: no colour profile, no rotation, sequentially, within the pixel limit. */
export function opened(bytes: Buffer, pixelsMax: number, part: Omit<Part, 'grey'>): Sharp {
  const options: SharpOptions = {
    ignoreIcc: true,
    sequentialRead: true,
    limitInputPixels: pixelsMax,
    failOn: FAIL_ON[part.rigour],
    ...(part.pages && { page: part.pages[0], pages: part.pages[1] }),
    ...(part.subifd !== undefined && { tiff: { subifd: part.subifd } }),
  }
  return sharp(bytes, options)
}

/**
 * Decodes one page, or a range of pages one below another.
 *
 * A grey source gives one channel. `extractChannel` is used for it, since a conversion to grey takes twice as long and
 * gives the same bytes for a source that is grey already.
 *
 * @throws the decoder's own error
 */
export async function pixelsOf(bytes: Buffer, pixelsMax: number, part: Part): Promise<Pixels> {
  const source = opened(bytes, pixelsMax, part)
  const plane = part.grey ? source.extractChannel(0) : source.toColourspace('srgb').removeAlpha()
  const { data, info } = await plane.raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  if (channels !== 1 && channels !== 3 && channels !== 4) throw new Error(`${channels} channels`)
  return { data, width, height, channels }
}

/** True when a strict decoder stopped at a warning that does not concern the pixels. */
function isHarmless(error: unknown): boolean {
  const line = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
  return HARMLESS.some((warning) => warning.test(line))
}

/** Decodes strictly; a harmless warning is passed over, but not an end that is missing. */
async function strictly(bytes: Buffer, pixelsMax: number, part: Omit<Part, 'rigour'>): Promise<Pixels> {
  try {
    return await pixelsOf(bytes, pixelsMax, { ...part, rigour: 'strict' })
  } catch (error) {
    if (!isHarmless(error)) throw error
    return await pixelsOf(bytes, pixelsMax, { ...part, rigour: 'sound' })
  }
}

/** Decodes strictly, else leniently and notes that something was missing; undefined when neither gives pixels. */
export async function strictElseLenient(
  gathering: Gathering,
  bytes: Buffer,
  part: Omit<Part, 'rigour'>,
): Promise<Pixels | undefined> {
  const { pixelsMax } = gathering.limits
  try {
    return await strictly(bytes, pixelsMax, part)
  } catch (error) {
    if (reasonOf(error) === 'too-large') {
      gathering.miss('too-large')
      return undefined
    }
  }
  try {
    const pixels = await pixelsOf(bytes, pixelsMax, { ...part, rigour: 'lenient' })
    gathering.miss('truncated')
    return pixels
  } catch (error) {
    gathering.miss(reasonOf(error))
    return undefined
  }
}

/** True when a JPEG's frame header names one component; libjpeg then gives grey. */
function isGreyJpeg(bytes: Buffer): boolean {
  let at = 2
  while (at + 10 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return bytes[at + 9] === 1
    if (marker === 0xda) return false
    at += marker >= 0xd0 && marker <= 0xd8 ? 2 : 2 + bytes.readUInt16BE(at + 2)
  }
  return false
}

/** True when a PNG's header says grey, with or without alpha. */
function isGreyPng(bytes: Buffer): boolean {
  return bytes[25] === 0 || bytes[25] === 4
}

/** Decodes a format that holds one picture. What colour it has is read from its header, which costs next to nothing. */
export async function decodeSingle(
  gathering: Gathering,
  format: 'jpeg' | 'png',
  bytes: Buffer,
): Promise<void> {
  const grey = format === 'jpeg' ? isGreyJpeg(bytes) : isGreyPng(bytes)
  const pixels = await strictElseLenient(gathering, bytes, { grey })
  if (pixels === undefined) gathering.skip('decoder-failed')
  else gathering.add(pixels)
}
