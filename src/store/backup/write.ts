/** Write: one moment of the whole register as one file, while everybody goes on working. */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, deflate } from 'node:zlib'
import { type WholeFileSink, writeWholeFile } from '#ground/whole-file'
import { type HeldConnection, holdConnection } from '../copy-out.ts'
import { asFault, type Database } from '../database.ts'
import { quoted, sequencesOf, type Table, tablesOf } from './catalogue.ts'
import { FRAME, frame, MAGIC } from './frames.ts'
import type { BackupManifest, BackupTable } from './manifest.ts'
import type { Told } from './told.ts'

/** Bytes of a part that are deflated together. */
export const PIECE_BYTES = 1 << 20
/** Fast: most of what is stored are digests, in which there is nothing to find. */
const LEVEL = constants.Z_BEST_SPEED
const NEWLINE = 0x0a

const deflated = promisify<Uint8Array, { level: number }, Buffer>(deflate)

/** Where the frames go, with the digest of them all. */
interface Out {
  write(bytes: Uint8Array): Promise<void>
  digest(): Buffer
}

/**
 * Writes a backup. All of it is of the moment that it begins at; nobody has to wait.
 *
 * @param tutela this program's version, to be noted
 * @returns what it holds
 * @throws Fault `output.failed` when the file exists or cannot be written, `store.unreachable`; no file is left then
 */
export async function writeBackup(
  database: Database,
  path: string,
  tutela: string,
  told: Told = () => {},
): Promise<BackupManifest> {
  const connection = await holdConnection(database)
  let isWhole = false
  try {
    await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY')
    const manifest = await writeWholeFile(path, { mode: 0o600 }, (sink) =>
      fill(sink, connection, tutela, told),
    )
    await connection.query('COMMIT')
    isWhole = true
    return manifest
  } catch (error) {
    return asFault(error)
  } finally {
    connection.release(isWhole)
  }
}

async function fill(
  sink: WholeFileSink,
  connection: HeldConnection,
  tutela: string,
  told: Told,
): Promise<BackupManifest> {
  const out = digesting(sink)
  await out.write(MAGIC)
  const moment = await momentOf(connection)
  const tables: BackupTable[] = []
  const total = await rowsAbout(connection)
  let done = 0
  const counted = (rows: number): void => {
    done += rows
    told({ step: 'write', done, total: Math.max(done, total) })
  }
  for (const table of await tablesOf(connection))
    tables.push(await writeTable(out, connection, table, counted))
  // Sequences belong to no moment: read last, they are past every number that is in the tables.
  const manifest = { tutela, ...moment, tables, sequences: await sequencesOf(connection) }
  await out.write(frame(FRAME.manifest, json(manifest)))
  await out.write(frame(FRAME.digest, out.digest()))
  return manifest
}

function digesting(sink: WholeFileSink): Out {
  const hash = createHash('sha256')
  return {
    write: (bytes) => {
      hash.update(bytes)
      return sink.write(bytes)
    },
    digest: () => hash.copy().digest(),
  }
}

type Moment = Pick<BackupManifest, 'form' | 'postgres' | 'at' | 'change'>

async function momentOf(connection: HeldConnection): Promise<Moment> {
  const { rows } = await connection.query<{
    form: number
    postgres: number
    at: Date
    change: string | null
  }>(
    `SELECT (SELECT max(number) FROM migration) AS form, current_setting('server_version_num')::int AS postgres,
            date_trunc('milliseconds', now()) AS at, (SELECT value FROM counter WHERE name = 'change') AS change`,
  )
  const [row] = rows
  if (!row) throw new Error('a query of one row gave none')
  return { form: row.form, postgres: row.postgres, at: row.at.toISOString(), change: Number(row.change ?? 0) }
}

/** Rows of all tables, as the database last estimated them. */
async function rowsAbout(connection: HeldConnection): Promise<number> {
  const { rows } = await connection.query<{ about: number }>(
    `SELECT coalesce(sum(greatest(reltuples, 0)), 0)::float8 AS about
       FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`,
  )
  return rows[0]?.about ?? 0
}

async function writeTable(
  out: Out,
  connection: HeldConnection,
  table: Table,
  counted: (rows: number) => void,
): Promise<BackupTable> {
  const { name, columns } = table
  await out.write(frame(FRAME.part, json({ name, columns })))
  const copy = `COPY ${quoted(name)} (${columns.map(quoted).join(', ')}) TO STDOUT`
  const hash = createHash('sha256')
  let rows = 0
  let bytes = 0
  for await (const piece of pieces(connection.stream(copy))) {
    hash.update(piece)
    bytes += piece.length
    const lines = newlines(piece) // a line a row: those within a value are written as \n
    rows += lines
    counted(lines)
    await out.write(frame(FRAME.data, await deflated(piece, { level: LEVEL })))
  }
  const written = { name, columns, rows, bytes, sha256: hash.digest('hex') }
  await out.write(frame(FRAME.end, json(written)))
  return written
}

/** A stream's bytes, in pieces of `PIECE_BYTES` and a last one that may be shorter. */
async function* pieces(stream: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let gathered: Buffer[] = []
  let held = 0
  for await (let chunk of stream) {
    while (held + chunk.length >= PIECE_BYTES) {
      const fits = PIECE_BYTES - held
      yield Buffer.concat([...gathered, chunk.subarray(0, fits)], PIECE_BYTES)
      chunk = chunk.subarray(fits)
      gathered = []
      held = 0
    }
    if (chunk.length > 0) gathered.push(chunk)
    held += chunk.length
  }
  if (held > 0) yield Buffer.concat(gathered, held)
}

function newlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
