/** Sources: where each stands: how far its partner was read, when it is due, what is held, and whether it is switched on. */
import type { Canonical, EventDraft } from '#terms/event'
import type { Checkpoint, Resume } from '#terms/exchange'
import { Fault } from '#terms/fault'
import { append, type Signed } from './append.ts'
import { lockListId } from './changes.ts'
import type { Session, Transaction } from './database.ts'

/** A pull that was begun and not yet applied: what was fetched so far is staged. */
export interface Staging {
  /** When it began and when its last page came: ISO 8601, UTC. */
  readonly begunAt: string
  readonly at: string
  /** Where it began; absent: everything was asked for, and the list becomes what is staged. */
  readonly from?: Checkpoint
  readonly resume?: Resume
  readonly pages: number
  readonly rows: number
  readonly leftOut: number
  readonly bytes: number
  /** There once the last page came: how far the partner is read when it is applied. */
  readonly checkpoint?: Checkpoint
}

/** A pull that is complete and was not applied, because it is beyond the source's bounds. */
export interface HeldPull {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly because: string
  readonly figures: Readonly<Record<string, number>>
}

export interface SourceState {
  readonly name: string
  /** Id of its list; absent while it never was switched on. */
  readonly list?: number
  readonly checkpoint?: Checkpoint
  /** When the checkpoint was reached. */
  readonly checkpointAt?: Date
  readonly staging?: Staging
  readonly nextAt?: Date
  readonly startedAt?: Date
  readonly succeededAt?: Date
  readonly failedBecause?: string
  /** What its file stated when it was switched on. */
  readonly definition?: unknown
  /** Pulls that failed since the last that did not. */
  readonly failures: number
  readonly held?: HeldPull
  readonly isEnabled: boolean
  /** Of its events. */
  readonly version: number
}

const COLUMNS = `name, list, checkpoint, checkpoint_at, staging, next_at, started_at, succeeded_at, failed_because,
  failures, held, definition, enabled, version`

interface SourceRow {
  readonly name: string
  readonly list: number | null
  readonly checkpoint: Checkpoint | null
  readonly checkpoint_at: Date | null
  readonly staging: Staging | null
  readonly next_at: Date | null
  readonly started_at: Date | null
  readonly succeeded_at: Date | null
  readonly failed_because: string | null
  readonly failures: number
  readonly held: HeldPull | null
  readonly definition: unknown
  readonly enabled: boolean
  readonly version: number
}

/** The stream of a source's events. */
export function sourceStream(name: string): string {
  return `source:${name}`
}

/** Where a source stands; undefined when it never was switched on or looked at. */
export async function sourceNamed(session: Session, name: string): Promise<SourceState | undefined> {
  const { rows } = await session.query<SourceRow>(`SELECT ${COLUMNS} FROM source WHERE name = $1`, [name])
  return rows[0] && stateOf(rows[0])
}

/** Every source that ever was switched on or looked at, by name. */
export async function allSources(session: Session): Promise<SourceState[]> {
  const { rows } = await session.query<SourceRow>(`SELECT ${COLUMNS} FROM source ORDER BY name COLLATE "C"`)
  return rows.map(stateOf)
}

/**
 * Names of the sources whose time has come, the longest due first; with them those that were last pulled at a time well ahead of
 * now: the clock was wrong then, and so is the time that was set by it.
 */
export async function dueSources(session: Session, now: Date): Promise<string[]> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT name FROM source WHERE enabled AND (next_at <= $1 OR started_at > $1::timestamptz + interval '1 hour')
      ORDER BY next_at, name`,
    [now],
  )
  return rows.map(({ name }) => name)
}

/**
 * Switches a source on, for the first time or again.
 *
 * @param list id of the list that it fills and that no other source fills
 * @param definition what its file states, kept for the record
 * @param isElsewhere it asks another place than before: what is known of the old one is forgotten
 * @throws Fault `register.exists` when the list is another source's; `register.unknown` when it was removed
 */
export async function enableSource(
  transaction: Transaction,
  name: string,
  given: {
    readonly list: number
    readonly definition: unknown
    readonly isElsewhere: boolean
    readonly nextAt: Date
  },
  signed: Signed,
): Promise<void> {
  await lockListId(transaction, given.list) // of two that would fill it at once, the second sees the first
  const { rows } = await transaction.query<{ name: string }>(
    'SELECT name FROM source WHERE list = $1 AND name <> $2',
    [given.list, name],
  )
  if (rows[0]) throw new Fault('register.exists', `the list of ${name} is that of the source ${rows[0].name}`)
  await transaction.query('INSERT INTO source (name, enabled) VALUES ($1, false) ON CONFLICT DO NOTHING', [
    name,
  ])
  const { list, isEnabled } = await lockSource(transaction, name)
  // Of another list nothing was read yet, and what was staged was meant for the old one.
  const isOther = list !== undefined && list !== given.list
  if (isOther || given.isElsewhere) await forgetPlace(transaction, name)
  await transaction.query(
    'UPDATE source SET list = $2, definition = $3, enabled = true, next_at = $4 WHERE name = $1',
    [name, given.list, JSON.stringify(given.definition), given.nextAt],
  )
  if (!isEnabled)
    await note(transaction, name, { kind: 'source.enabled', body: { list: given.list } }, signed)
}

/**
 * Makes a source known that is not switched on, so that it can be looked at what it would bring. What was staged of another place
 * than it asks now is dropped.
 *
 * @param definition what its file states
 * @param isElsewhere it asks another place than before
 */
export async function lookAtSource(
  transaction: Transaction,
  name: string,
  { definition, isElsewhere }: { readonly definition: unknown; readonly isElsewhere: boolean },
  signed: Signed,
): Promise<SourceState> {
  await transaction.query('INSERT INTO source (name, enabled) VALUES ($1, false) ON CONFLICT DO NOTHING', [
    name,
  ])
  const { list } = await lockSource(transaction, name)
  if (list !== undefined) throw new Fault('store.conflict', `the source "${name}" was switched on meanwhile`)
  if (isElsewhere) await forgetPlace(transaction, name)
  await transaction.query('UPDATE source SET definition = $2 WHERE name = $1', [
    name,
    JSON.stringify(definition),
  ])
  await note(transaction, name, { kind: 'source.looked-at', body: {} }, signed)
  return lockSource(transaction, name)
}

/** Switches a source off: it is not pulled by schedule any more; its list stays. @throws Fault `register.unknown` */
export async function disableSource(
  transaction: Transaction,
  name: string,
  because: string,
  signed: Signed,
): Promise<void> {
  const { isEnabled } = await lockSource(transaction, name)
  if (!isEnabled) return
  await transaction.query('UPDATE source SET enabled = false, next_at = NULL WHERE name = $1', [name])
  await note(transaction, name, { kind: 'source.disabled', body: { because } }, signed)
}

/** Puts off or brings forward when a source is pulled next. */
export async function scheduleSource(session: Session, name: string, nextAt: Date): Promise<void> {
  await session.query(
    'UPDATE source SET next_at = $2, started_at = least(started_at, $2) WHERE name = $1 AND enabled',
    [name, nextAt],
  )
}

async function forgetPlace(transaction: Transaction, name: string): Promise<void> {
  await transaction.query('DELETE FROM staged WHERE source = $1', [name])
  await transaction.query(
    `UPDATE source SET checkpoint = NULL, checkpoint_at = NULL, staging = NULL, held = NULL WHERE name = $1`,
    [name],
  )
}

/** The state of a source, locked until the transaction ends. @throws Fault `register.unknown` */
export async function lockSource(transaction: Transaction, name: string): Promise<SourceState> {
  const { rows } = await transaction.query<SourceRow>(
    `SELECT ${COLUMNS} FROM source WHERE name = $1 FOR UPDATE`,
    [name],
  )
  if (!rows[0]) throw new Fault('register.unknown', `the source "${name}" was never switched on`)
  return stateOf(rows[0])
}

/** Writes an event of a source that this transaction has locked. */
export async function note(
  transaction: Transaction,
  name: string,
  draft: { readonly kind: string; readonly body: Readonly<Record<string, Canonical | undefined>> },
  signed: Signed,
): Promise<void> {
  const { rows } = await transaction.query<{ version: number }>(
    'UPDATE source SET version = version + 1 WHERE name = $1 RETURNING version',
    [name],
  )
  const after = (rows[0]?.version ?? 0) - 1
  const said = Object.entries(draft.body).filter(([, value]) => value !== undefined)
  const event: EventDraft = { kind: draft.kind, body: Object.fromEntries(said) as EventDraft['body'] }
  await append(transaction, sourceStream(name), after, [event], signed)
}

function stateOf(row: SourceRow): SourceState {
  return {
    name: row.name,
    ...(row.list !== null && { list: row.list }),
    ...(row.checkpoint && { checkpoint: row.checkpoint }),
    ...(row.checkpoint_at && { checkpointAt: row.checkpoint_at }),
    ...(row.staging && { staging: row.staging }),
    ...(row.next_at && { nextAt: row.next_at }),
    ...(row.started_at && { startedAt: row.started_at }),
    ...(row.succeeded_at && { succeededAt: row.succeeded_at }),
    ...(row.failed_because !== null && { failedBecause: row.failed_because }),
    failures: row.failures,
    ...(row.held && { held: row.held }),
    ...(row.definition !== null && { definition: row.definition }),
    isEnabled: row.enabled,
    version: row.version,
  }
}
