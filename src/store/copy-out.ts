/** Copy out: rows as PostgreSQL's binary COPY sends them, field by field, in flat memory. */
import { to } from 'pg-copy-streams'
import { asFault, type Database, type Session } from './database.ts'

/** Bytes of the header: signature, flags, and the length of an extension that there never is. */
const HEADER_BYTES = 19
/** A row longer than this is none of ours. */
const ROW_BYTES_MAX = 1 << 28

/** A row within the bytes that came: a field is from `starts[n]`, `lengths[n]` bytes long, or -1 for null. */
export interface CopiedRow {
  bytes: Buffer
  readonly starts: Int32Array
  readonly lengths: Int32Array
}

/** A connection held for a while. */
export interface HeldConnection extends Session {
  /** The bytes of a `COPY … TO STDOUT`. */
  stream(copy: string): AsyncIterable<Buffer>
  /** Gives the connection back; unless all went well it is broken off, since a COPY may be in full flow. */
  release(isWhole: boolean): void
}

/** @throws Fault `store.unreachable` */
export async function holdConnection(database: Database): Promise<HeldConnection> {
  const connection = await database.pool.connect().catch(asFault)
  const ignore = (): void => {} // what broke is told by the statement that meets it
  connection.on('error', ignore)
  return {
    digests: database.digests,
    query: (statement, values) => connection.query(statement as string, values as unknown[]).catch(asFault),
    stream: (copy) => connection.query(to(copy)),
    release: (isWhole) => {
      connection.off('error', ignore)
      connection.release(!isWhole)
    },
  }
}

/**
 * Calls `take` for every row of a binary COPY, and yields after each piece that came, when it may be paused. The row is only
 * good until `take` returns.
 *
 * @throws Error when the bytes are not of that form, or a row has another number of fields
 */
export async function* copied(
  stream: AsyncIterable<Buffer>,
  fields: number,
  take: (row: CopiedRow) => void,
): AsyncIterable<void> {
  const row: CopiedRow = {
    bytes: Buffer.alloc(0),
    starts: new Int32Array(fields),
    lengths: new Int32Array(fields),
  }
  let rest: Buffer = Buffer.alloc(0)
  let isBegun = false
  let isEnded = false
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    if (!isBegun) {
      if (bytes.length < HEADER_BYTES) {
        rest = bytes
        continue
      }
      isBegun = true
      at = HEADER_BYTES
    }
    row.bytes = bytes
    while (!isEnded) {
      const end = placed(row, at, fields)
      if (end < 0) break
      isEnded = end === 0
      if (isEnded) break
      take(row)
      at = end
    }
    rest = bytes.subarray(at)
    if (rest.length > ROW_BYTES_MAX) throw new Error('a row of a COPY is too long')
    yield
  }
  if (!isEnded) throw new Error('a COPY ended before its end')
}

/** Finds the fields of the row at a place. @returns where the next begins; 0 at the end of all, -1 when more bytes are needed */
function placed({ bytes, starts, lengths }: CopiedRow, from: number, fields: number): number {
  if (from + 2 > bytes.length) return -1
  const count = bytes.readInt16BE(from)
  if (count === -1) return 0
  if (count !== fields) throw new Error(`a row of a COPY has ${count} fields, not ${fields}`)
  let at = from + 2
  for (let field = 0; field < fields; field++) {
    if (at + 4 > bytes.length) return -1
    const length = bytes.readInt32BE(at)
    at += 4
    starts[field] = at
    lengths[field] = length
    if (length > 0) at += length
    if (at > bytes.length) return -1
  }
  return at
}
