/** Forward: an ISO media file put so that it can be read from a pipe: its index first, then what it points to. */

// A camera writes the index (`moov`) behind the pictures (`mdat`); a pipe has no way back. Offsets (`stco`, `co64`) move along.

const HEAD_BYTES = 8
const LARGE_HEAD_BYTES = 16
const BOXES_MAX = 10_000
/** Boxes that hold boxes on the way to the offsets. */
const HOLDERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl'])

interface Box {
  readonly type: string
  readonly from: number
  readonly until: number
  readonly bodyFrom: number
}

/**
 * The pieces of a file in an order in which it can be read forward. Nothing but the index is copied.
 *
 * @returns the file as it is where its index stands first, and where it is no such file or a damaged one
 */
export function forward(bytes: Buffer): readonly Buffer[] {
  const boxes = boxesOf(bytes, 0, bytes.length)
  const moov = boxes?.find(({ type }) => type === 'moov')
  const mdat = boxes?.find(({ type }) => type === 'mdat')
  const ftyp = boxes?.[0]
  if (!moov || !mdat || ftyp?.type !== 'ftyp' || moov.from < mdat.from) return [bytes]
  const index = Buffer.from(bytes.subarray(moov.from, moov.until))
  const before = { from: ftyp.until, until: moov.from, by: index.length }
  if (!move(index, 0, index.length, before, { left: BOXES_MAX })) return [bytes]
  return [
    bytes.subarray(0, ftyp.until),
    index,
    bytes.subarray(ftyp.until, moov.from),
    bytes.subarray(moov.until),
  ]
}

/** The boxes between two places; undefined where one does not fit. */
function boxesOf(bytes: Buffer, from: number, until: number): Box[] | undefined {
  const boxes: Box[] = []
  for (let at = from; at + HEAD_BYTES <= until && boxes.length < BOXES_MAX; ) {
    const short = bytes.readUInt32BE(at)
    const isLarge = short === 1
    if (isLarge && at + LARGE_HEAD_BYTES > until) return undefined
    const size = isLarge ? Number(bytes.readBigUInt64BE(at + HEAD_BYTES)) : short === 0 ? until - at : short
    const head = isLarge ? LARGE_HEAD_BYTES : HEAD_BYTES
    if (size < head || at + size > until) return undefined
    const type = bytes.toString('latin1', at + 4, at + HEAD_BYTES)
    boxes.push({ type, from: at, until: at + size, bodyFrom: at + head })
    at += size
  }
  return boxes
}

/** What moves: places between two others, by so many bytes. */
interface Shift {
  readonly from: number
  readonly until: number
  readonly by: number
}

/** Moves the offsets in every table between two places. @returns false where a box does not fit */
function move(bytes: Buffer, from: number, until: number, shift: Shift, room: { left: number }): boolean {
  const boxes = boxesOf(bytes, from, until)
  if (!boxes) return false
  for (const { type, bodyFrom, until: end } of boxes) {
    room.left -= 1
    if (room.left < 0) return false
    if (HOLDERS.has(type) && !move(bytes, bodyFrom, end, shift, room)) return false
    if (type === 'stco' && !moveTable(bytes, bodyFrom, end, shift, 4)) return false
    if (type === 'co64' && !moveTable(bytes, bodyFrom, end, shift, 8)) return false
  }
  return true
}

function moveTable(bytes: Buffer, bodyFrom: number, end: number, shift: Shift, wide: 4 | 8): boolean {
  if (bodyFrom + 8 > end) return false
  const count = bytes.readUInt32BE(bodyFrom + 4)
  if (bodyFrom + 8 + count * wide > end) return false
  for (let place = 0; place < count; place++) {
    const at = bodyFrom + 8 + place * wide
    const offset = wide === 4 ? bytes.readUInt32BE(at) : Number(bytes.readBigUInt64BE(at))
    if (offset < shift.from || offset >= shift.until) continue
    const moved = offset + shift.by
    if (wide === 4 && moved > 0xffff_ffff) return false
    if (wide === 4) bytes.writeUInt32BE(moved, at)
    else bytes.writeBigUInt64BE(BigInt(moved), at)
  }
  return true
}
