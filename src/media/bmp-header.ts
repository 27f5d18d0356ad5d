/** BMP header: what a Windows or OS/2 bitmap says of itself, checked before anything is allocated by it. */

// Microsoft, "Bitmap Storage": BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER, BITMAPV4HEADER, BITMAPV5HEADER

const FILE_HEADER_BYTES = 14
const CORE_HEADER_BYTES = 12
const INFO_HEADER_BYTES = 40
const COMPRESSIONS = ['rgb', 'rle8', 'rle4', 'bitfields'] as const
/** The compression number of bit masks with alpha. */
const ALPHA_BITFIELDS = 6

/** What a BMP's header says, checked. */
export interface BmpHeader {
  readonly width: number
  readonly height: number
  readonly topDown: boolean
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32
  readonly compression: (typeof COMPRESSIONS)[number]
  /** Where the pixels begin. */
  readonly offset: number
  /** Where the palette begins, its bytes a colour and its colours. */
  readonly palette: { readonly at: number; readonly pitch: 3 | 4; readonly colours: number }
  /** Red, green and blue masks of 16 and 32 bits. */
  readonly masks: readonly [number, number, number]
}

function masksOf(bytes: Buffer, bits: number, isGiven: boolean): readonly [number, number, number] {
  if (isGiven && bytes.length >= 66)
    return [bytes.readUInt32LE(54), bytes.readUInt32LE(58), bytes.readUInt32LE(62)]
  return bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0x00ff00, 0x0000ff]
}

function coreHeader(bytes: Buffer): BmpHeader | undefined {
  const bits = bytes.readUInt16LE(24)
  if (bits !== 1 && bits !== 4 && bits !== 8 && bits !== 24) return undefined
  const colours = bits === 24 ? 0 : 2 ** bits
  return {
    width: bytes.readUInt16LE(18),
    height: bytes.readUInt16LE(20),
    topDown: false,
    bits,
    compression: 'rgb',
    offset: bytes.readUInt32LE(10),
    palette: { at: FILE_HEADER_BYTES + CORE_HEADER_BYTES, pitch: 3, colours },
    masks: [0, 0, 0],
  }
}

function bitsOf(bits: number): BmpHeader['bits'] | undefined {
  const known = [1, 4, 8, 16, 24, 32] as const
  return known.find((value) => value === bits)
}

function isCombined(bits: number, compression: BmpHeader['compression']): boolean {
  switch (compression) {
    case 'rgb':
      return true
    case 'rle8':
      return bits === 8
    case 'rle4':
      return bits === 4
    case 'bitfields':
      return bits === 16 || bits === 32
  }
}

/** Reads a BMP's header; undefined when it is none that is known, or when its numbers cannot be. */
export function bmpHeader(untrusted: Buffer): BmpHeader | undefined {
  if (untrusted.length < FILE_HEADER_BYTES + CORE_HEADER_BYTES) return undefined
  const headerBytes = untrusted.readUInt32LE(14)
  if (headerBytes === CORE_HEADER_BYTES) return coreHeader(untrusted)
  if (headerBytes < INFO_HEADER_BYTES || headerBytes > 1024) return undefined
  if (untrusted.length < FILE_HEADER_BYTES + INFO_HEADER_BYTES) return undefined
  const height = untrusted.readInt32LE(22)
  const bits = bitsOf(untrusted.readUInt16LE(28))
  const code = untrusted.readUInt32LE(30)
  const compression = COMPRESSIONS[code === ALPHA_BITFIELDS ? 3 : code]
  if (bits === undefined || compression === undefined || !isCombined(bits, compression)) return undefined
  const isMasked = compression === 'bitfields'
  const masksAfter = isMasked && headerBytes === INFO_HEADER_BYTES ? (code === ALPHA_BITFIELDS ? 16 : 12) : 0
  const colours = bits > 8 ? 0 : Math.min(untrusted.readUInt32LE(46) || 256, 2 ** bits)
  return {
    width: untrusted.readInt32LE(18),
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    offset: untrusted.readUInt32LE(10),
    palette: { at: FILE_HEADER_BYTES + headerBytes + masksAfter, pitch: 4, colours },
    masks: masksOf(untrusted, bits, isMasked),
  }
}

/** Bytes of one stored row: whole groups of four. */
export function rowBytesOf(header: BmpHeader): number {
  return Math.ceil((header.width * header.bits) / 32) * 4
}
