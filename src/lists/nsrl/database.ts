/** Database: NIST's reference set of known files, an SQLite file that is read page by page. Spec: NSRL, RDSv3. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type sqlite from 'node-sqlite3-wasm'
import type { ListEntry } from '#terms/list'
import { emptyDraftReason } from '../empty-input.ts'
import { type EntryDraft, hasHash, isText, setField } from '../entry.ts'
import type { ListHeader } from '../header.ts'
import type { Problems } from '../problems.ts'

const require = createRequire(import.meta.url)

type Connection = InstanceType<typeof sqlite.Database>
type Row = Readonly<Record<string, unknown>>

/** Rows that are handed over together. */
const BATCH_ROWS = 2_048
/** Pages of the database kept in memory, in KiB. */
const CACHE_KIB = 8_192
const HASH_COLUMNS = ['sha256', 'sha1', 'md5'] as const
/** Where the hashes may stand, the widest first. What is a view in one set is a table in another. */
const SOURCES = ['METADATA', 'FILE', 'DISTINCT_HASH'] as const

/** A table or view that holds hashes, and the names of its columns as it spells them. */
interface HashSource {
  readonly name: string
  readonly type: 'table' | 'view'
  readonly columns: ReadonlyMap<string, string>
}

/** Reads an RDSv3 database. Files that are empty are set aside. */
export class RdsDatabase {
  readonly unknownColumns: readonly string[] = []
  readonly #path: string
  readonly #problems: Problems
  #source: HashSource | undefined
  #version: string | undefined
  #setAside = 0

  constructor(path: string, problems: Problems) {
    this.#path = path
    this.#problems = problems
  }

  get header(): ListHeader {
    return this.#version === undefined ? {} : { name: `NSRL RDS ${this.#version}`, publisher: 'NIST' }
  }

  get dialect(): string {
    return `RDSv3, ${this.#source?.type ?? 'table'} ${this.#source?.name ?? 'unknown'}`
  }

  get setAside(): number {
    return this.#setAside
  }

  /** @throws Fault `list.invalid` when it is no RDSv3 database, or damaged */
  *entries(): Generator<readonly ListEntry[]> {
    const folder = mkdtempSync(join(tmpdir(), 'tutela-rds-'))
    try {
      // The library keeps its lock beside the name that it opens: a link keeps it out of the folder of the set.
      const link = join(folder, 'set.db')
      symlinkSync(resolve(this.#path), link)
      yield* this.#read(link)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  *#read(link: string): Generator<readonly ListEntry[]> {
    // A megabyte of WebAssembly, which nobody waits for who reads no such set.
    const { Database } = require('node-sqlite3-wasm') as typeof sqlite
    const connection = this.#tried(() => new Database(link, { fileMustExist: true, readOnly: true }))
    try {
      this.#tried(() =>
        connection.exec(
          `PRAGMA query_only = 1; PRAGMA trusted_schema = 0; PRAGMA cache_size = -${CACHE_KIB}`,
        ),
      )
      this.#version = this.#tried(() => versionOf(connection))
      const source = this.#tried(() => hashSource(connection))
      if (!source) this.#problems.refuse(NO_SOURCE)
      this.#source = source
      yield* this.#rows(connection, source)
    } finally {
      connection.close()
    }
  }

  *#rows(connection: Connection, { name, columns }: HashSource): Generator<readonly ListEntry[]> {
    const wanted = [...HASH_COLUMNS, 'file_name'].flatMap((column) => {
      const spelled = columns.get(column)
      return spelled === undefined ? [] : [`${quoted(spelled)} AS ${column}`]
    })
    const statement = this.#tried(() =>
      connection.prepare(`SELECT ${wanted.join(', ')} FROM ${quoted(name)}`),
    )
    try {
      const rows = statement.iterate()
      let batch: ListEntry[] = []
      for (let number = 1; ; number++) {
        const next = this.#tried(() => rows.next(), `row ${number}: `)
        if (next.done) break
        const entry = this.#entry(next.value, number)
        if (entry) batch.push(entry)
        if (batch.length < BATCH_ROWS) continue
        yield batch
        batch = []
      }
      yield batch
    } finally {
      statement.finalize()
    }
  }

  #entry(row: Row, number: number): ListEntry | undefined {
    const entry = parseRow(row)
    if (entry === undefined) this.#setAside++
    else if (typeof entry === 'string') this.#problems.addAt({ entry: number }, entry)
    else return entry
    return undefined
  }

  #tried<T>(step: () => T, place = ''): T {
    try {
      return step()
    } catch (cause) {
      const words = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown error'
      return this.#problems.refuse(`${place}the database cannot be read: ${words}`)
    }
  }
}

const NO_SOURCE = `is an SQLite database without hashes of files (${SOURCES.join(', ')}), so it is no RDSv3 set`

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Tables come before views: a view over the whole set may sort it in memory. A view that recurses could go on for ever. */
function hashSource(connection: Connection): HashSource | undefined {
  const found = connection
    .all("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')")
    .flatMap((row: Row) => {
      const { name, type, sql } = row
      if (typeof name !== 'string' || (type !== 'table' && type !== 'view')) return []
      if (type === 'view' && /\brecursive\b/i.test(String(sql))) return []
      return [{ name, type } as const]
    })
  const inOrder = (['table', 'view'] as const).flatMap((type) =>
    SOURCES.flatMap((source) =>
      found.filter((one) => one.type === type && one.name.toUpperCase() === source),
    ),
  )
  for (const { name, type } of inOrder) {
    const columns = columnsOf(connection, name)
    if (HASH_COLUMNS.some((column) => columns.has(column))) return { name, type, columns }
  }
  return undefined
}

function columnsOf(connection: Connection, name: string): ReadonlyMap<string, string> {
  const rows = connection.all(`PRAGMA table_info(${quoted(name)})`) as readonly Row[]
  return new Map(
    rows.flatMap(({ name: spelled }) =>
      typeof spelled === 'string' ? [[spelled.toLowerCase(), spelled]] : [],
    ),
  )
}

/** What the set says of its version; undefined when it says nothing that can be read. */
function versionOf(connection: Connection): string | undefined {
  if (!columnsOf(connection, 'VERSION').has('version')) return undefined
  const version = (connection.get('SELECT version FROM VERSION LIMIT 1') as Row | null)?.['version']
  return typeof version === 'string' && /^[\w. -]{1,64}$/.test(version) ? version : undefined
}

/** The entry of a row; a text says why there is none, undefined that the row is that of an empty file. */
function parseRow(row: Row): ListEntry | string | undefined {
  const draft: EntryDraft = {}
  for (const field of HASH_COLUMNS) {
    const value = row[field]
    if (value === undefined || value === null) continue
    if (typeof value !== 'string') return `its ${field} is no text`
    const reason = setField(draft, field, value)
    if (reason !== undefined) return reason
  }
  if (emptyDraftReason(draft) !== undefined) return undefined
  if (!hasHash(draft)) return 'names no hash'
  const name = row['file_name']
  if (typeof name === 'string' && isText(name)) draft.label = name
  return draft
}
