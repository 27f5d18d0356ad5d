/** BMP: Windows and OS/2 bitmaps of 1 to 32 bits, run-length coded or not, read here since sharp refuses them. */
import type { Pixels } from '@tutela/kernels/pdq'
import type { Reason } from '#terms/verdict'
import { type BmpHeader, bmpHeader, rowBytesOf } from './bmp-header.ts'
import { readRuns } from './bmp-runs.ts'
import type { Gathering } from './gathering.ts'

/** A palette of 256 colours as red, green, blue; black where the file names none. */
function paletteOf(bytes: Buffer, header: BmpHeader): Uint8Array {
  const { at, pitch, colours } = header.palette
  const palette = new Uint8Array(256 * 3)
  for (let colour = 0; colour < colours; colour += 1) {
    const from = at + colour * pitch
    palette[colour * 3] = bytes[from + 2] ?? 0
    palette[colour * 3 + 1] = bytes[from + 1] ?? 0
    palette[colour * 3 + 2] = bytes[from] ?? 0
  }
  return palette
}

/** A function that takes the masked bits of a pixel and stretches them to 0 to 255. */
function channelOf(mask: number): (pixel: number) => number {
  const unsigned = mask >>> 0
  if (unsigned === 0) return () => 0
  const shift = 31 - Math.clz32(unsigned & -unsigned)
  const most = unsigned >>> shift
  return (pixel) => Math.round((((pixel & unsigned) >>> shift) * 255) / most)
}

function fillPaletteRow(row: Uint8Array, stored: Uint8Array, header: BmpHeader, palette: Uint8Array): void {
  const { bits, width } = header
  const perByte = 8 / bits
  const mask = 2 ** bits - 1
  for (let x = 0; x < width; x += 1) {
    const byte = stored[Math.floor(x / perByte)] ?? 0
    const colour = ((byte >> (8 - bits - (x % perByte) * bits)) & mask) * 3
    row[x * 3] = palette[colour] ?? 0
    row[x * 3 + 1] = palette[colour + 1] ?? 0
    row[x * 3 + 2] = palette[colour + 2] ?? 0
  }
}

function fillTrueRow(row: Uint8Array, stored: Buffer, width: number): void {
  for (let x = 0; x < width * 3; x += 3) {
    row[x] = stored[x + 2] ?? 0
    row[x + 1] = stored[x + 1] ?? 0
    row[x + 2] = stored[x] ?? 0
  }
}

type RowReader = (row: Uint8Array, stored: Buffer) => void

function maskedRowReader(header: BmpHeader): RowReader {
  const [red, green, blue] = [
    channelOf(header.masks[0]),
    channelOf(header.masks[1]),
    channelOf(header.masks[2]),
  ]
  const pixelBytes = header.bits / 8
  return (row, stored) => {
    const most = Math.min(header.width, Math.floor(stored.length / pixelBytes))
    for (let x = 0; x < most; x += 1) {
      const pixel = pixelBytes === 2 ? stored.readUInt16LE(x * 2) : stored.readUInt32LE(x * 4)
      row[x * 3] = red(pixel)
      row[x * 3 + 1] = green(pixel)
      row[x * 3 + 2] = blue(pixel)
    }
  }
}

function rowReader(bytes: Buffer, header: BmpHeader): RowReader {
  if (header.bits === 24) return (row, stored) => fillTrueRow(row, stored, header.width)
  if (header.bits > 8) return maskedRowReader(header)
  const palette = paletteOf(bytes, header)
  return (row, stored) => fillPaletteRow(row, stored, header, palette)
}

/** Reads rows as they are stored; false when the file ends before the last. */
function readRows(rgb: Uint8Array, bytes: Buffer, header: BmpHeader): boolean {
  const { width, height, topDown, offset } = header
  const rowBytes = rowBytesOf(header)
  const read = rowReader(bytes, header)
  for (let place = 0; place < height; place += 1) {
    const y = topDown ? place : height - 1 - place
    const at = offset + place * rowBytes
    if (at >= bytes.length) return false
    read(rgb.subarray(y * width * 3, (y + 1) * width * 3), bytes.subarray(at, at + rowBytes))
  }
  return offset + height * rowBytes - 3 <= bytes.length
}

/** Reads run-length coded rows; false when the codes end before the picture does. */
function readRunRows(rgb: Uint8Array, bytes: Buffer, header: BmpHeader): boolean {
  const { width, height } = header
  const { colours, whole } = readRuns(bytes.subarray(header.offset), header)
  const palette = paletteOf(bytes, header)
  const indexed = { ...header, bits: 8 as const }
  for (let place = 0; place < height; place += 1) {
    const y = header.topDown ? place : height - 1 - place
    const stored = colours.subarray(place * width, (place + 1) * width)
    fillPaletteRow(rgb.subarray(y * width * 3, (y + 1) * width * 3), stored, indexed, palette)
  }
  return whole
}

/** The pixels of a BMP as red, green, blue, or why there are none; alpha, which hardly any writer means, is dropped. */
export function bmpPixels(
  bytes: Buffer,
  pixelsMax: number,
): { readonly pixels: Pixels | Reason; readonly isWhole: boolean } {
  const header = bmpHeader(bytes)
  if (header === undefined) return { pixels: 'unsupported', isWhole: false }
  const { width, height } = header
  if (width < 1 || height < 1 || header.offset >= bytes.length)
    return { pixels: 'decoder-failed', isWhole: false }
  if (width * height > pixelsMax) return { pixels: 'too-large', isWhole: false }
  const rgb = new Uint8Array(width * height * 3)
  const isRuns = header.compression === 'rle8' || header.compression === 'rle4'
  const isWhole = isRuns ? readRunRows(rgb, bytes, header) : readRows(rgb, bytes, header)
  return { pixels: { data: rgb, width, height, channels: 3 }, isWhole }
}

/** Decodes a BMP. */
export async function decodeBmp(gathering: Gathering, bytes: Buffer): Promise<void> {
  const { pixels, isWhole } = bmpPixels(bytes, gathering.limits.pixelsMax)
  if (typeof pixels === 'string') return gathering.skip(pixels)
  if (!isWhole) gathering.miss('truncated')
  gathering.add(pixels)
}
