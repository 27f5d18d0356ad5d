/** Judgements: what whoever keeps this register thinks of an entry, beside what its publisher says; a pull never undoes it. */
import { Fault } from '#terms/fault'
import type { ListChange, Trust } from '#terms/register'
import type { Signed } from './append.ts'
import { lockListId, NO_ENTRIES, nextChange, writeChange } from './changes.ts'
import { trustNumber, trustOf } from './columns.ts'
import type { Session, Transaction } from './database.ts'

/** Switched off until then, or for good. */
export type DisabledUntil = Date | 'always'

/** What is thought of an entry. At least one of trust and disabledUntil is present. */
export interface Judgement {
  readonly trust?: Trust
  readonly disabledUntil?: DisabledUntil
  readonly because: string
  readonly actor: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** What is to be thought of an entry: what is absent stays as it was judged before, null takes it away. */
export interface JudgementGiven {
  readonly trust?: Trust | null
  readonly disabledUntil?: DisabledUntil | null
  readonly because: string
}

/** What a judgement is read from; of `judgement` under the name `j`. */
export const JUDGEMENT_COLUMNS = `j.trust AS judged_trust, j.disabled_until, j.because AS judged_because,
  j.actor AS judged_by, j.at AS judged_at`

export interface JudgementRow {
  readonly judged_trust: number | null
  /** Infinity for good. */
  readonly disabled_until: Date | number | null
  readonly judged_because: string | null
  readonly judged_by: string | null
  readonly judged_at: Date | null
}

/** The judgement in a row; undefined where there is none. */
export function judgementOf(row: Partial<JudgementRow>): Judgement | undefined {
  const { judged_trust, disabled_until, judged_because, judged_by, judged_at } = row
  if (judged_because == null || judged_by == null || judged_at == null) return undefined
  const until = disabled_until instanceof Date ? disabled_until : ('always' as const)
  return {
    because: judged_because,
    actor: judged_by,
    at: judged_at.toISOString(),
    ...(judged_trust != null && { trust: trustOf(judged_trust) }),
    ...(disabled_until != null && { disabledUntil: until }),
  }
}

/** What is thought of an entry now. */
export async function judgementOn(session: Session, entry: number): Promise<Judgement | undefined> {
  const { rows } = await session.query<JudgementRow>(
    `SELECT ${JUDGEMENT_COLUMNS} FROM judgement j WHERE entry = $1 AND until IS NULL`,
    [entry],
  )
  return rows[0] && judgementOf(rows[0])
}

/** Entries of a list whose matches do not count: judged false positives, and those switched off at a time. */
export async function silencedIn(session: Session, list: number, at: Date): Promise<ReadonlySet<number>> {
  const { rows } = await session.query<{ entry: number }>(
    `SELECT j.entry FROM judgement j JOIN entry e ON e.row = j.entry
      WHERE e.list = $1 AND j.until IS NULL AND (j.trust = $2 OR j.disabled_until > $3)`,
    [list, trustNumber('false-positive'), at],
  )
  return new Set(rows.map(({ entry }) => entry))
}

/**
 * Judges an entry, or takes a judgement back where nothing is left of it. Searches heed it from the moment it is committed.
 *
 * @param entry its number through all versions; it may be withdrawn: it may come back
 * @returns the change; undefined where the entry is judged so already
 * @throws Fault `register.unknown`
 */
export async function judge(
  transaction: Transaction,
  entry: number,
  given: JudgementGiven,
  signed: Signed,
): Promise<ListChange | undefined> {
  const list = await lockListId(transaction, await listWith(transaction, entry))
  const had = await judgementOn(transaction, entry)
  const trust = given.trust === undefined ? had?.trust : (given.trust ?? undefined)
  const disabled = given.disabledUntil === undefined ? had?.disabledUntil : (given.disabledUntil ?? undefined)
  if (trust === had?.trust && timeOf(disabled) === timeOf(had?.disabledUntil)) return undefined
  const id = await nextChange(transaction)
  await transaction.query('UPDATE judgement SET until = $2 WHERE entry = $1 AND until IS NULL', [entry, id])
  if (trust !== undefined || disabled !== undefined) {
    await transaction.query(
      `INSERT INTO judgement (entry, since, trust, disabled_until, because, actor, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        ...[entry, id, trust && trustNumber(trust), disabled === 'always' ? 'infinity' : disabled],
        ...[given.because, signed.actor, signed.at],
      ],
    )
  }
  const made = { id, kind: 'judge', entry, ...NO_ENTRIES, because: given.because } as const
  return writeChange(transaction, list, made, signed)
}

function timeOf(until: DisabledUntil | undefined): number | undefined {
  return until === 'always' ? Number.POSITIVE_INFINITY : until?.getTime()
}

/** The list that an entry is or was on. @throws Fault `register.unknown` */
export async function listWith(session: Session, entry: number): Promise<number> {
  const isNumber = Number.isInteger(entry) && entry > 0 && entry < 2 ** 31
  const { rows } = isNumber
    ? await session.query<{ list: number }>('SELECT list FROM entry WHERE row = $1 AND entry = row', [entry])
    : { rows: [] }
  if (!rows[0]) throw new Fault('register.unknown', `there is no entry ${entry}`)
  return rows[0].list
}
