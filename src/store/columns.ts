/** Columns: how the register's terms stand in its tables, and how rows are read back into terms. */
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import type {
  Categories,
  EntryHashes,
  EntryRecord,
  ListKind,
  RegisteredList,
  Trust,
  Use,
} from '#terms/register'
import { TRUSTS } from '#terms/register'

/** A trust as its column holds it: 1 confirmed, 2 reported, 3 disputed, 4 false positive. */
export function trustNumber(trust: Trust): number {
  return TRUSTS.indexOf(trust) + 1
}

/** The trust that a column's number stands for. */
export function trustOf(number: number): Trust {
  const trust = TRUSTS[number - 1]
  if (!trust) throw new RangeError(`${number} is no trust`)
  return trust
}

/** What a list's row is read from. */
export const LIST_COLUMNS =
  'id, name, kind, publisher, terms, uses, trust, scheme, enabled_ratio, version, entries, changed_at'

export interface ListRow {
  readonly id: number
  readonly name: string
  readonly kind: ListKind
  readonly publisher: string
  readonly terms: string
  readonly uses: readonly Use[]
  readonly trust: number
  readonly scheme: string | null
  readonly enabled_ratio: number
  readonly version: number
  readonly entries: number
  readonly changed_at: Date
}

export function listOf(row: ListRow): RegisteredList {
  const { enabled_ratio, changed_at, scheme, trust, ...same } = row
  return {
    ...same,
    trust: trustOf(trust),
    ...(scheme !== null && { scheme }),
    enabledRatio: enabled_ratio,
    changedAt: changed_at.toISOString(),
  }
}

/** What an entry's row is read from; of `entry` under the name `e`. */
export const ENTRY_COLUMNS = `e.row, e.entry, e.list, e.since, e.until, e.trust, e.key, e.md5, e.sha1, e.sha256, e.pdq,
  e.photodna, e.categories, e.label, e.source, e.provenance, e.extra, e.because`

/** The columns that hold an entry's hashes, and what stands in them. */
export interface HashColumns {
  readonly md5: Buffer | null
  readonly sha1: Buffer | null
  readonly sha256: Buffer | null
  readonly pdq: Buffer | null
  readonly photodna: string | null
}

export interface EntryRow extends HashColumns {
  readonly row: number
  readonly entry: number
  readonly list: number
  readonly since: number
  readonly until: number | null
  readonly trust: number
  readonly key: string
  readonly categories: Categories | null
  readonly label: string | null
  readonly source: string | null
  readonly provenance: Readonly<Record<string, string>> | null
  readonly extra: unknown
  readonly because: string | null
}

export function entryOfRow(row: EntryRow): EntryRecord {
  const { until, label, source, provenance, extra, because } = row
  return {
    row: row.row,
    entry: row.entry,
    list: row.list,
    key: row.key,
    ...hashesOf(row),
    trust: trustOf(row.trust),
    categories: row.categories ?? {},
    since: row.since,
    ...(label !== null && { label }),
    ...(source !== null && { source }),
    ...(provenance !== null && { provenance }),
    ...(extra !== null && { extra }),
    ...(until !== null && { until }),
    ...(because !== null && { because }),
  }
}

/** The hashes that a row carries, in lower-case hex. */
export function hashesOf(row: HashColumns): EntryHashes {
  return {
    ...named('md5', row.md5 && md5(row.md5.toString('hex'))),
    ...named('sha1', row.sha1 && sha1(row.sha1.toString('hex'))),
    ...named('sha256', row.sha256 && sha256(row.sha256.toString('hex'))),
    ...named('pdq', row.pdq && pdqHash(row.pdq.toString('hex'))),
    ...named('photodna', row.photodna),
  }
}

function named<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } {
  return value === null || value === undefined ? {} : ({ [key]: value } as { [P in K]: V })
}
