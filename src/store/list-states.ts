/** List states: what stands of a list, its changes' digests worked out anew from the rows, as its events say it. */
import { type Canonical, canonical } from '#terms/event'
import { changeDigest } from './changes.ts'
import { LIST_COLUMNS, type ListRow, listOf } from './columns.ts'
import type { Session } from './database.ts'
import { termsNow } from './lists.ts'

/** What stands of a list, in the form in which its events say it. @returns undefined where there is none */
export async function listState(
  session: Session,
  id: string,
): Promise<Readonly<Record<string, Canonical>> | undefined> {
  const { rows } = await session.query<ListRow & { removed_at: Date | null }>(
    `SELECT ${LIST_COLUMNS}, removed_at FROM list WHERE id::text = $1`,
    [id],
  )
  const [row] = rows
  if (!row) return undefined
  const list = listOf(row)
  const changes = await changesOfList(session, list.id)
  const terms = changes.findLast((change) => change.terms !== null)?.terms ?? null
  return {
    changes: await told(session, changes),
    ...{ version: list.version, entries: list.entries, isRemoved: row.removed_at !== null },
    termsOtherwise: canonical(terms) === canonical(termsNow(list)) ? 0 : 1,
    rowsOfNoChange: await rowsOfNoChange(session, list.id),
  }
}

interface ChangeRow {
  readonly id: number
  readonly kind: string
  readonly added: number
  readonly replaced: number
  readonly withdrawn: number
  readonly unchanged: number
  readonly digest: Buffer
  readonly terms: Canonical
}

async function changesOfList(session: Session, list: number): Promise<ChangeRow[]> {
  const { rows } = await session.query<ChangeRow>(
    `SELECT id, kind, added, replaced, withdrawn, unchanged, digest, terms FROM change
      WHERE list = $1 AND number IS NOT NULL ORDER BY id`,
    [list],
  )
  return rows
}

/** Each change with the digest of what stands of it now; where another is kept beside it, that shows too. */
async function told(session: Session, changes: readonly ChangeRow[]): Promise<Canonical[]> {
  const all: Canonical[] = []
  for (const { id, kind, added, replaced, withdrawn, unchanged, digest: kept } of changes) {
    const digest = await changeDigest(session, id)
    const isKept = kept.toString('hex') === digest
    all.push({
      ...{ change: id, kind, added, replaced, withdrawn, unchanged },
      digest: isKept ? digest : `${digest}, and not the one kept beside it`,
    })
  }
  return all
}

/** Entries and judgements that name no change of their list, or lie outside the rows that it brought: no digest is over them. */
async function rowsOfNoChange(session: Session, list: number): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM entry e LEFT JOIN change c ON c.id = e.since AND c.list = e.list
              WHERE e.list = $1 AND (c.number IS NULL OR c.row_first IS NULL
                OR e.row NOT BETWEEN c.row_first AND c.row_last))::int
          + (SELECT count(*) FROM entry e LEFT JOIN change c ON c.id = e.until AND c.list = e.list
              WHERE e.list = $1 AND e.until IS NOT NULL AND c.number IS NULL)::int
          + (SELECT count(*) FROM judgement j JOIN entry e ON e.row = j.entry AND e.list = $1
               LEFT JOIN change c ON c.id = j.since AND c.list = $1
               LEFT JOIN change u ON u.id = j.until AND u.list = $1
              WHERE c.number IS NULL OR (j.until IS NOT NULL AND u.number IS NULL))::int AS count`,
    [list],
  )
  return rows[0]?.count ?? 0
}
