/** Manifest: what a backup says of itself, written and parsed. */

/** A table in a backup. */
export interface BackupTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: number
  /** Bytes of its rows in PostgreSQL's text form of COPY. */
  readonly bytes: number
  /** SHA-256 over these, in lower-case hex. */
  readonly sha256: string
}

export interface BackupSequence {
  readonly name: string
  /** A whole number in decimal, as it may be longer than a number can say. */
  readonly value: string
  /** False before its first number was given. */
  readonly isCalled: boolean
}

/** What a backup holds. */
export interface BackupManifest {
  /** Version of Tutela that wrote it. */
  readonly tutela: string
  /** Form of the tables: the newest migration. */
  readonly form: number
  /** Version number of PostgreSQL, as 180004. */
  readonly postgres: number
  /** ISO 8601, UTC: the moment that it shows. */
  readonly at: string
  /** Number of the last change of a list in it; 0 before the first. */
  readonly change: number
  readonly tables: readonly BackupTable[]
  readonly sequences: readonly BackupSequence[]
}

const SHA256 = /^[0-9a-f]{64}$/

/** An object of JSON whose members are not known yet. */
interface UntrustedManifest
  extends Partial<Record<keyof BackupManifest | keyof BackupTable | keyof BackupSequence, unknown>> {}

/** @returns undefined when it is none */
export function parseManifest(untrusted: unknown): BackupManifest | undefined {
  if (!isRecord(untrusted)) return undefined
  const { tutela, form, postgres, at, change, tables, sequences } = untrusted
  const isOne =
    typeof tutela === 'string' &&
    isCount(form) &&
    isCount(postgres) &&
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    isCount(change) &&
    Array.isArray(tables) &&
    tables.every(isTable) &&
    Array.isArray(sequences) &&
    sequences.every(isSequence)
  return isOne ? { tutela, form, postgres, at, change, tables, sequences } : undefined
}

export function isTable(untrusted: unknown): untrusted is BackupTable {
  if (!isRecord(untrusted)) return false
  const { name, columns, rows, bytes, sha256 } = untrusted
  const isNamed = typeof name === 'string' && Array.isArray(columns)
  if (!isNamed || !columns.every((column) => typeof column === 'string')) return false
  return isCount(rows) && isCount(bytes) && typeof sha256 === 'string' && SHA256.test(sha256)
}

function isSequence(untrusted: unknown): untrusted is BackupSequence {
  if (!isRecord(untrusted)) return false
  const { name, value, isCalled } = untrusted
  if (typeof name !== 'string' || typeof isCalled !== 'boolean') return false
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value)
}

function isCount(untrusted: unknown): untrusted is number {
  return typeof untrusted === 'number' && Number.isSafeInteger(untrusted) && untrusted >= 0
}

function isRecord(untrusted: unknown): untrusted is UntrustedManifest {
  return typeof untrusted === 'object' && untrusted !== null
}
