/**
 * Snapshot: an index as one run of bytes, for a file or a message.
 *
 * header   64 bytes: "TUTELAHX", u32 version, u32 bytes of header, u32 distanceMax, u32 segments, f64 entries,
 *          u32 segmentEntriesMax; then 16 bytes a segment: u32 entries, u32 banded; filled up to lines of 64 bytes,
 *          of which the last 8 bytes are the header's checksum
 * bodies   each segment's arrays in the order of `partsOf`
 * tail     u64 checksum of each body, filled up to lines; it folds those of the body's pieces: 1 MiB, or what is left of an array
 *
 * All numbers are little-endian.
 */
import { HASH_BYTES, LINE_BYTES, type Part, partsOf, SEGMENT_ENTRIES_LIMIT, toLines } from './layout.ts'
import { Segment } from './segment.ts'

const MAGIC = 'TUTELAHX'
export const SNAPSHOT_VERSION = 1
/** Small enough to be still in the cache when it is summed. */
const CHUNK_BYTES = 1 << 20
const SYSTEM_PAGE_BYTES = 4_096
const SEGMENTS_MAX = 4_096
const ROW_BYTES = 16

export type SnapshotCode = 'damaged' | 'newer' | 'not-a-snapshot' | 'truncated'

/** A snapshot that cannot be used: its bytes are wrong, or a later version wrote them. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
  readonly code: SnapshotCode

  constructor(code: SnapshotCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Fills the whole view with the snapshot's next bytes; throws when there are not so many. */
export type SnapshotRead = (view: Uint8Array) => void | Promise<void>

export interface SnapshotContent {
  readonly distanceMax: number
  readonly segmentEntriesMax: number
  readonly segments: readonly Segment[]
}

interface Row {
  readonly count: number
  readonly banded: boolean
}

/** The snapshot's bytes in chunks of at most 1 MiB, as the index was when the first was asked for. */
export function* snapshotOf(content: SnapshotContent): Generator<Uint8Array> {
  const segments = content.segments.filter((segment) => segment.count > 0)
  const rows = segments.map((segment) => ({ count: segment.count, banded: segment.layout.banded }))
  const dead = segments.map((segment, i) =>
    segment.bytes(segment.layout.dead, Math.ceil((rows[i]?.count ?? 0) / 8)).slice(),
  )
  yield headerBytes(content, rows)
  const sums: bigint[] = []
  for (const [i, segment] of segments.entries()) {
    const { count } = rows[i] ?? { count: 0 }
    sums.push(yield* bodyOf(segment, count, dead[i] ?? new Uint8Array(0)))
  }
  yield tailBytes(sums)
}

/** Chunks of one segment; returns their checksum. Only the dead bits may change meanwhile: they are those of the beginning. */
function* bodyOf(segment: Segment, count: number, dead: Uint8Array): Generator<Uint8Array, bigint> {
  let sum = 0n
  for (const part of partsOf(segment.layout, count)) {
    const exactBytes = exactSize(segment, part, count)
    for (let from = 0; from < part.sizeBytes; from += CHUNK_BYTES) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, part.sizeBytes - from))
      const until = Math.min(from + CHUNK_BYTES, exactBytes)
      const source =
        part.at === segment.layout.dead
          ? dead.subarray(from, until)
          : segment.bytes(part.at + from, until - from)
      chunk.set(source)
      sum = folded(sum, segment.sumOf(chunk))
      yield chunk
    }
  }
  return sum
}

/** Bytes of a part that belong to `count` entries; behind them others may already be written. */
function exactSize(segment: Segment, part: Part, count: number): number {
  if (part.at === segment.layout.hashes) return count * HASH_BYTES
  if (part.at === segment.layout.payloads) return count * 4
  if (part.at === segment.layout.dead) return Math.ceil(count / 8)
  return part.sizeBytes
}

function headerBytes(content: SnapshotContent, rows: readonly Row[]): Uint8Array {
  const bytes = new Uint8Array(toLines(LINE_BYTES + rows.length * ROW_BYTES + 8))
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode(MAGIC))
  view.setUint32(8, SNAPSHOT_VERSION, true)
  view.setUint32(12, bytes.length, true)
  view.setUint32(16, content.distanceMax, true)
  view.setUint32(20, rows.length, true)
  view.setFloat64(
    24,
    rows.reduce((total, row) => total + row.count, 0),
    true,
  )
  view.setUint32(32, content.segmentEntriesMax, true)
  rows.forEach((row, i) => {
    view.setUint32(LINE_BYTES + i * ROW_BYTES, row.count, true)
    view.setUint32(LINE_BYTES + i * ROW_BYTES + 4, row.banded ? 1 : 0, true)
  })
  bytes.set(headerSum(bytes.subarray(0, -8)), bytes.length - 8)
  return bytes
}

/** Two FNV-1a sums with different beginnings; headers are short. */
function headerSum(bytes: Uint8Array): Uint8Array {
  const sums = Uint32Array.of(0x811c9dc5, 0x01000193)
  for (const byte of bytes) {
    sums[0] = Math.imul((sums[0] ?? 0) ^ byte, 0x01000193)
    sums[1] = Math.imul((sums[1] ?? 0) ^ byte, 0x01000193)
  }
  const sum = new Uint8Array(8)
  const view = new DataView(sum.buffer)
  sums.forEach((value, i) => {
    view.setUint32(i * 4, value, true)
  })
  return sum
}

function tailBytes(sums: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(toLines(sums.length * 8))
  const view = new DataView(bytes.buffer)
  sums.forEach((sum, i) => {
    view.setBigUint64(i * 8, sum, true)
  })
  return bytes
}

/**
 * Reads a snapshot straight into the memories of new segments.
 * @throws SnapshotError `not-a-snapshot`, `newer`, `damaged`; whatever `read` throws
 */
export async function readSnapshot(module: WebAssembly.Module, read: SnapshotRead): Promise<SnapshotContent> {
  const { rows, ...parameters } = await readHeader(read)
  const segments: Segment[] = []
  const bodies: Body[] = []
  for (const row of rows) {
    const segment = Segment.create(module, row.count, row.banded)
    bodies.push(await readBody(segment, row.count, read))
    segment.adopt(row.count)
    segments.push(segment)
  }
  const tail = new Uint8Array(toLines(rows.length * 8))
  await read(tail)
  if (!areEqual(tail, tailBytes(bodies.map((body) => body.sum))))
    throw new SnapshotError('damaged', 'the snapshot does not have its checksum')
  if (!bodies.every((body) => body.isSound) || !segments.every((segment) => segment.bucketsAreSound()))
    throw new SnapshotError('damaged', 'the snapshot names entries that it does not have')
  return { ...parameters, segments }
}

/** What was read of a segment: its checksum, and whether its postings name only entries that it has. */
interface Body {
  readonly sum: bigint
  readonly isSound: boolean
}

/** Reads a body a piece ahead of what is done with each, still in the cache, so that the two overlap. */
async function readBody(segment: Segment, count: number, read: SnapshotRead): Promise<Body> {
  let sum = 0n
  let isSound = true
  const take = ({ at, sizeBytes }: Part): void => {
    sum = folded(sum, segment.sum(at, sizeBytes))
    isSound &&= segment.idsAreSound(at, sizeBytes, count)
  }
  const pieces = [...piecesOf(segment, count)]
  for (const [i, piece] of pieces.entries()) {
    const reading = read(segment.bytes(piece.at, piece.sizeBytes))
    const before = pieces[i - 1]
    if (before) take(before)
    const after = pieces[i + 1]
    if (after) firstTouch(segment, after)
    await reading
  }
  const last = pieces.at(-1)
  if (last) take(last)
  return { sum, isSound }
}

/** The arrays in pieces of at most CHUNK_BYTES, as they are summed. */
function* piecesOf(segment: Segment, count: number): Generator<Part> {
  for (const { at, sizeBytes } of partsOf(segment.layout, count)) {
    for (let from = 0; from < sizeBytes; from += CHUNK_BYTES) {
      yield { at: at + from, sizeBytes: Math.min(CHUNK_BYTES, sizeBytes - from) }
    }
  }
}

/**
 * Touches half of the pages that will be read next. The system gives a page at its first touch, which takes longer than
 * filling it; a reader in another thread and this one then share that time.
 */
function firstTouch(segment: Segment, { at, sizeBytes }: Part): void {
  const bytes = segment.bytes(at, sizeBytes)
  for (let page = sizeBytes >> 1; page < sizeBytes; page += SYSTEM_PAGE_BYTES) bytes[page] = 0
}

function folded(sum: bigint, piece: bigint): bigint {
  return BigInt.asUintN(64, (sum ^ piece) * 0xd6e8_feb8_6659_fd93n)
}

async function readHeader(
  read: SnapshotRead,
): Promise<Omit<SnapshotContent, 'segments'> & { readonly rows: readonly Row[] }> {
  const untrustedFirst = new Uint8Array(LINE_BYTES)
  await read(untrustedFirst)
  const first = new DataView(untrustedFirst.buffer)
  if (new TextDecoder().decode(untrustedFirst.subarray(0, 8)) !== MAGIC)
    throw new SnapshotError('not-a-snapshot', 'these bytes are not a snapshot of an index')
  const version = first.getUint32(8, true)
  if (version > SNAPSHOT_VERSION)
    throw new SnapshotError(
      'newer',
      `the snapshot is of version ${version}; this program reads ${SNAPSHOT_VERSION}`,
    )
  const sizeBytes = first.getUint32(12, true)
  const rowCount = first.getUint32(20, true)
  if (rowCount > SEGMENTS_MAX || sizeBytes !== toLines(LINE_BYTES + rowCount * ROW_BYTES + 8))
    throw damagedHeader()
  const bytes = new Uint8Array(sizeBytes)
  bytes.set(untrustedFirst)
  await read(bytes.subarray(LINE_BYTES))
  if (!areEqual(bytes.subarray(-8), headerSum(bytes.subarray(0, -8)))) throw damagedHeader()
  const view = new DataView(bytes.buffer)
  const rows = Array.from({ length: rowCount }, (_, i) => ({
    count: view.getUint32(LINE_BYTES + i * ROW_BYTES, true),
    banded: view.getUint32(LINE_BYTES + i * ROW_BYTES + 4, true) === 1,
  }))
  const parameters = { distanceMax: view.getUint32(16, true), segmentEntriesMax: view.getUint32(32, true) }
  const total = rows.reduce((sum, row) => sum + row.count, 0)
  const isWithin =
    rows.every((row) => row.count > 0 && row.count <= SEGMENT_ENTRIES_LIMIT) &&
    parameters.segmentEntriesMax <= SEGMENT_ENTRIES_LIMIT
  if (version === 0 || parameters.distanceMax > 63 || total !== view.getFloat64(24, true) || !isWithin)
    throw damagedHeader()
  return { ...parameters, rows }
}

function damagedHeader(): SnapshotError {
  return new SnapshotError('damaged', "the snapshot's header is damaged")
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Reads from chunks; `end` fails when bytes are left over. */
export function readFrom(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): {
  read: SnapshotRead
  end(): Promise<void>
} {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
  let rest = new Uint8Array(0) as Uint8Array
  return {
    async read(view) {
      for (let filled = 0; filled < view.length; ) {
        if (rest.length === 0) {
          const next = await iterator.next()
          if (next.done) throw new SnapshotError('truncated', 'the snapshot ends too early')
          rest = next.value
        }
        const taken = rest.subarray(0, view.length - filled)
        view.set(taken, filled)
        filled += taken.length
        rest = rest.subarray(taken.length)
      }
    },
    async end() {
      while (rest.length === 0) {
        const next = await iterator.next()
        if (next.done) return
        rest = next.value
      }
      throw new SnapshotError('damaged', 'bytes follow the snapshot')
    },
  }
}
