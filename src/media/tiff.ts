/** TIFF: the pages of a file, its sub-directories, and whether it is a camera's raw file that only looks like one. */
import type { Gathering } from './gathering.ts'
import { decodePages, type Paged } from './pages.ts'
import { strictElseLenient } from './single.ts'

// TIFF 6.0; TIFF Technical Note 1 (SubIFDs); DNG 1.7

const TAG_PHOTOMETRIC = 262
const TAG_SUB_IFDS = 330
const TAG_DNG_VERSION = 50_706
const PHOTOMETRIC_CFA = 32_803
const PHOTOMETRIC_LINEAR_RAW = 34_892
/** Directories looked at, and entries of each. */
const DIRECTORIES_MAX = 1000
const ENTRIES_MAX = 4096

/** What a file's directories say without being decoded. */
export interface TiffMarks {
  /** A sensor's values are inside: what decodes is a preview. */
  readonly raw: boolean
  /** Directories, counted from 0, that have sub-directories. */
  readonly withSubIfds: readonly number[]
}

interface Reader {
  /** Bytes of an offset, of an entry, and of the count before the entries. */
  readonly offsetBytes: 4 | 8
  u16(at: number): number
  offset(at: number): number
}

function readerOf(bytes: Buffer): Reader {
  const little = bytes[0] === 0x49
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const u16 = (at: number): number => view.getUint16(at, little)
  const u32 = (at: number): number => view.getUint32(at, little)
  if (u16(2) !== 43) return { offsetBytes: 4, u16, offset: u32 }
  return { offsetBytes: 8, u16, offset: (at) => Number(view.getBigUint64(at, little)) }
}

function directories(bytes: Buffer): TiffMarks {
  const reader = readerOf(bytes)
  const isBig = reader.offsetBytes === 8
  const [entryBytes, countBytes] = isBig ? [20, 8] : [12, 2]
  const withSubIfds: number[] = []
  let raw = bytes.toString('latin1', 8, 10) === 'CR'
  let at = reader.offset(isBig ? 8 : 4)
  for (let directory = 0; at !== 0 && directory < DIRECTORIES_MAX; directory += 1) {
    const entries = Math.min(isBig ? reader.offset(at) : reader.u16(at), ENTRIES_MAX)
    for (let entry = 0; entry < entries; entry += 1) {
      const from = at + countBytes + entry * entryBytes
      const tag = reader.u16(from)
      const value = reader.u16(from + (isBig ? 12 : 8))
      if (tag === TAG_DNG_VERSION) raw = true
      if (tag === TAG_PHOTOMETRIC && (value === PHOTOMETRIC_CFA || value === PHOTOMETRIC_LINEAR_RAW))
        raw = true
      if (tag === TAG_SUB_IFDS) withSubIfds.push(directory)
    }
    at = reader.offset(at + countBytes + entries * entryBytes)
  }
  return { raw, withSubIfds }
}

/** Reads a TIFF's directories; a file that ends within them, or leads out of itself, has no marks beyond. */
export function tiffMarks(untrusted: Buffer): TiffMarks | undefined {
  try {
    return directories(untrusted)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Decodes the sub-directories of the first page, as far as sharp can reach them. */
async function addSubIfds(gathering: Gathering, bytes: Buffer, said: Paged): Promise<void> {
  for (let subifd = 0; subifd < said.subifds && !gathering.isFull(); subifd += 1) {
    const pixels = await strictElseLenient(gathering, bytes, { grey: said.grey, subifd })
    if (pixels === undefined) gathering.skip('unsupported')
    else gathering.add(pixels)
  }
}

/**
 * Decodes every page of a TIFF and the sub-directories of its first.
 *
 * A camera's raw file gives its previews, which are worth looking up, and is marked as not fully read.
 */
export async function decodeTiff(gathering: Gathering, bytes: Buffer): Promise<void> {
  const marks = tiffMarks(bytes)
  if (marks?.raw === true) gathering.miss('unsupported')
  const said = await decodePages(gathering, bytes)
  if (marks === undefined) gathering.miss('truncated')
  if (said === undefined || marks === undefined) return
  if (marks.withSubIfds.includes(0)) await addSubIfds(gathering, bytes, said)
  if (marks.withSubIfds.some((directory) => directory > 0)) gathering.miss('unsupported')
}
