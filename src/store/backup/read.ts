/** Read: a backup from its first byte to its last, with every digest and count in it held to what is there. */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { damaged, FRAME, type Frame, framesOf } from './frames.ts'
import { type BackupManifest, type BackupTable, isTable, parseManifest } from './manifest.ts'
import { PIECE_BYTES } from './write.ts'

const NEWLINE = 0x0a

const inflated = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate)

/** Takes the tables of a backup, in the file's order. */
export interface Taker {
  /**
   * Takes one table whole.
   *
   * @param content its rows in the text form of COPY; when it fails, what was taken is not to be kept
   */
  table(name: string, columns: readonly string[], content: AsyncIterable<Buffer>): Promise<void>
}

/**
 * Reads a backup and gives its tables away.
 *
 * @param told called with the bytes that were read, and those of the file
 * @returns what it holds; only then is all of it as it was written
 * @throws Fault `backup.damaged`, `input.missing`, `input.unreadable`; whatever `taker` throws
 */
export async function readBackup(
  path: string,
  taker: Taker = discarding,
  told?: (done: number, total: number) => void,
): Promise<BackupManifest> {
  const frames = framesOf(path, told)[Symbol.asyncIterator]()
  try {
    const tables: BackupTable[] = []
    for (;;) {
      const frame = await next(frames, path)
      if (frame.kind === FRAME.part) tables.push(await readTable(path, frames, parsed(path, frame), taker))
      else return await readEnd(path, frames, frame, tables)
    }
  } finally {
    await frames.return?.()
  }
}

/** For whoever only wants to know whether it is whole. */
export const discarding: Taker = {
  table: async (_name, _columns, content) => {
    for await (const _ of content);
  },
}

async function readTable(
  path: string,
  frames: AsyncIterator<Frame>,
  untrusted: unknown,
  taker: Taker,
): Promise<BackupTable> {
  const begun = { ...(untrusted as object), rows: 0, bytes: 0, sha256: '0'.repeat(64) }
  if (!isTable(begun)) throw damaged(path, 'a part of it has no name')
  const ended: { table?: BackupTable } = {}
  await taker.table(begun.name, begun.columns, content(path, frames, begun, ended))
  if (!ended.table) throw new Error(`the table ${begun.name} was not taken whole`)
  return ended.table
}

async function* content(
  path: string,
  frames: AsyncIterator<Frame>,
  { name, columns }: BackupTable,
  ended: { table?: BackupTable },
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  let rows = 0
  let bytes = 0
  for (;;) {
    const frame = await next(frames, path)
    if (frame.kind === FRAME.end) {
      const table: BackupTable = { name, columns, rows, bytes, sha256: hash.digest('hex') }
      if (!isSame(parsed(path, frame), table))
        throw damaged(path, `the table ${name} is not as it was written`)
      ended.table = table
      return
    }
    if (frame.kind !== FRAME.data) throw damaged(path, `the table ${name} does not end`)
    const piece = await inflated(frame.payload, { maxOutputLength: PIECE_BYTES }).catch((cause: unknown) => {
      throw damaged(path, `a piece of the table ${name} cannot be unpacked`, cause)
    })
    hash.update(piece)
    bytes += piece.length
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) rows++
    yield piece
  }
}

async function readEnd(
  path: string,
  frames: AsyncIterator<Frame>,
  frame: Frame,
  tables: readonly BackupTable[],
): Promise<BackupManifest> {
  if (frame.kind !== FRAME.manifest) throw damaged(path, 'its pieces are not in their order')
  const manifest = parseManifest(parsed(path, frame))
  if (!manifest) throw damaged(path, 'it does not say what it holds')
  if (!isSame(manifest.tables, tables)) throw damaged(path, 'it does not hold what it says')
  const digest = await next(frames, path)
  const end = await frames.next() // checks the digest, and that nothing follows
  if (digest.kind !== FRAME.digest || !end.done) throw damaged(path, 'it goes on behind its manifest')
  return manifest
}

async function next(frames: AsyncIterator<Frame>, path: string): Promise<Frame> {
  const { value, done } = await frames.next()
  if (done) throw damaged(path, 'it ends before its manifest')
  return value
}

function parsed(path: string, { payload }: Frame): unknown {
  try {
    return JSON.parse(payload.toString('utf8'))
  } catch (cause) {
    throw damaged(path, 'a piece of it is no JSON', cause)
  }
}

/** True of two values that are the same as this program writes them. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
