/** History: what a list was on a date, also one that was renamed or removed since. */
import { Fault } from '#terms/fault'
import type { ListKind, RegisteredList, Trust, Use } from '#terms/register'
import { type ChangeTold, changeAt } from './changes.ts'
import type { Session } from './database.ts'

/** A list as it was after one of its changes. */
export interface ListThen {
  /** Its terms then, and its entries; `version` is 0, since nothing can be decided on it any more. */
  readonly list: RegisteredList
  /** The last change of it that was committed by the date. */
  readonly change: ChangeTold
}

interface TermsThen {
  readonly name: string
  readonly kind: ListKind
  readonly publisher: string
  readonly terms: string
  readonly uses: readonly Use[]
  readonly trust: Trust
  readonly scheme: string | null
  readonly enabledMillionths: number
}

/**
 * The list that had a name on a date, as it was.
 *
 * @throws Fault `register.unknown` when none had
 */
export async function listAt(session: Session, name: string, date: Date): Promise<ListThen> {
  const named = await session.query<{ list: number }>(
    `SELECT list FROM (
       SELECT DISTINCT ON (list) list, id, kind, terms->>'name' AS name FROM change
        WHERE number IS NOT NULL AND numbered_at <= $2 AND (terms IS NOT NULL OR kind = 'remove') ORDER BY list, id DESC) latest
      WHERE name = $1 AND kind <> 'remove' ORDER BY id DESC LIMIT 1`,
    [name, date],
  )
  const id = named.rows[0]?.list
  const change = id === undefined ? undefined : await changeAt(session, id, date)
  if (id === undefined || !change)
    throw new Fault('register.unknown', `there was no list "${name}" at ${date.toISOString()}`)
  return { list: await listAfter(session, id, change), change }
}

async function listAfter(session: Session, id: number, change: ChangeTold): Promise<RegisteredList> {
  const { rows } = await session.query<{ terms: TermsThen; entries: number }>(
    `SELECT (SELECT terms FROM change WHERE list = $1 AND id <= $2 AND terms IS NOT NULL ORDER BY id DESC LIMIT 1) AS terms,
            sum(added - withdrawn)::int AS entries
       FROM change WHERE list = $1 AND id <= $2 AND number IS NOT NULL`,
    [id, change.id],
  )
  const then = rows[0]
  if (!then) throw new TypeError('a list without a change')
  const { scheme, enabledMillionths, ...terms } = then.terms
  return {
    id,
    ...terms,
    ...(scheme !== null && { scheme }),
    enabledRatio: enabledMillionths / 1e6,
    version: 0,
    entries: then.entries,
    changedAt: change.numberedAt,
  }
}

/** The numbers by which people know some changes, by the numbers that rows refer to. */
export async function numbersOfChanges(
  session: Session,
  ids: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await session.query<{ id: number; number: number }>(
    'SELECT id, number FROM change WHERE id = ANY ($1::int[]) AND number IS NOT NULL',
    [ids],
  )
  return new Map(rows.map(({ id, number }) => [id, number]))
}
