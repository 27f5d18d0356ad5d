/** Rehash: hashes of files in hand added to the entries that list them, beside what the publisher gave. */
import type { HashKind } from '#terms/hash'
import type { EntryHashes, EntryPut, EntryRecord, EntryStep, RegisteredList } from '#terms/register'
import type { Signed } from './append.ts'
import { ENTRY_COLUMNS, type EntryRow, entryOfRow } from './columns.ts'
import type { Database, Session, Transaction } from './database.ts'
import { putAgain } from './edits.ts'
import type { Steps } from './staging.ts'
import { type Applied, applySteps } from './steps.ts'

export interface RehashTerms {
  readonly kinds: readonly HashKind[]
  /** Where a hash comes from, by its kind: kept with the entry. */
  readonly provenance: (kind: HashKind) => string
  readonly dryRun: boolean
  readonly signed: Signed
}

/** What became of some files. */
export interface Rehashed {
  readonly applied: Applied
  /** Numbers of the entries that list one of the files. */
  readonly found: readonly number[]
  /** Files that no entry lists. */
  readonly filesNotListed: number
  /** Hashes that entries gained. */
  readonly added: number
  /** Entries whose hashes contradict those of the file; nothing is added to them. */
  readonly contradicted: readonly number[]
}

/** Finds the entries of a list that have a digest of one of some files, and gives them the hashes that they lack. */
export async function rehash(
  database: Database,
  listName: string,
  files: readonly EntryHashes[],
  terms: RehashTerms,
): Promise<Rehashed> {
  let found: readonly Listed[] = []
  let gained: readonly Gained[] = []
  const decide = async (transaction: Transaction, { id }: RegisteredList): Promise<Steps> => {
    found = await listed(transaction, id, files)
    gained = found.map(({ record, file }) => gain(record, file, terms))
    return [gained.flatMap(({ put }): EntryStep[] => (put ? [{ kind: 'put', entry: put }] : []))]
  }
  const { dryRun, signed } = terms
  const applied = await applySteps(database, listName, decide, { kind: 'rehash', dryRun, signed })
  const contradicted = found.filter((_, place) => gained[place]?.contradicts)
  return {
    applied,
    found: found.map(({ record }) => record.entry),
    filesNotListed: files.length - new Set(found.map(({ place }) => place)).size,
    added: gained.reduce((sum, { added }) => sum + added, 0),
    contradicted: contradicted.map(({ record }) => record.entry),
  }
}

interface Listed {
  readonly record: EntryRecord
  readonly file: EntryHashes
  readonly place: number
}

/** Each entry with the first of the files that it lists. Reads through the list: there is no index over digests. */
async function listed(session: Session, list: number, files: readonly EntryHashes[]): Promise<Listed[]> {
  const bytes = (kind: 'md5' | 'sha1' | 'sha256'): (Buffer | null)[] =>
    files.map((file) => (file[kind] === undefined ? null : Buffer.from(file[kind], 'hex')))
  const { rows } = await session.query<EntryRow & { place: string }>(
    `WITH file AS MATERIALIZED (
       SELECT * FROM unnest($2::bytea[], $3::bytea[], $4::bytea[]) WITH ORDINALITY AS file (md5, sha1, sha256, place)
     ), met (row, place) AS (
       SELECT e.row, place FROM entry e JOIN file ON e.md5 = file.md5 WHERE e.list = $1 AND e.until IS NULL
       UNION SELECT e.row, place FROM entry e JOIN file ON e.sha1 = file.sha1 WHERE e.list = $1 AND e.until IS NULL
       UNION SELECT e.row, place FROM entry e JOIN file ON e.sha256 = file.sha256 WHERE e.list = $1 AND e.until IS NULL
     )
     SELECT DISTINCT ON (e.row) ${ENTRY_COLUMNS}, met.place FROM met JOIN entry e USING (row) ORDER BY e.row, place`,
    [list, bytes('md5'), bytes('sha1'), bytes('sha256')],
  )
  return rows.flatMap(({ place, ...row }) => {
    const file = files[Number(place) - 1]
    return file ? [{ record: entryOfRow(row), file, place: Number(place) }] : []
  })
}

interface Gained {
  readonly put?: EntryPut
  readonly added: number
  readonly contradicts: boolean
}

/** What an entry gains from a file: the kinds that it lacks. What it has stays, whoever it is from. */
function gain(record: EntryRecord, file: EntryHashes, { kinds, provenance }: RehashTerms): Gained {
  const digests = ['md5', 'sha1', 'sha256'] as const
  const contradicts = digests.some((kind) => record[kind] && file[kind] && record[kind] !== file[kind])
  if (contradicts) return { added: 0, contradicts }
  const missing = kinds.filter((kind) => record[kind] === undefined && file[kind] !== undefined)
  if (missing.length === 0) return { added: 0, contradicts }
  const put: EntryPut = {
    ...putAgain(record),
    ...Object.fromEntries(missing.map((kind) => [kind, file[kind]])),
    provenance: {
      ...record.provenance,
      ...Object.fromEntries(missing.map((kind) => [kind, provenance(kind)])),
    },
  }
  return { put, added: missing.length, contradicts }
}
