/** HMA: what an HMA client says of a content beside its hashes, and which types of signal are switched off. */
import type { EventDraft } from '#terms/event'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

/** What a client says of a content besides its hashes. It never leaves by an export or an offer. */
export interface ContentNotes {
  /** Up to 255 characters. */
  readonly note?: string
  readonly metadata?: ContentMetadata
}

export interface ContentMetadata {
  readonly content_id?: string
  readonly content_uri?: string
  readonly json?: Readonly<Record<string, unknown>>
}

/** Notes as they stand; version 0 where nothing was ever said. */
export interface NotesKept extends ContentNotes {
  readonly version: number
}

/** What was said of a content. */
export async function notesOf(session: Session, entry: number): Promise<NotesKept> {
  const { rows } = await session.query<{
    version: number
    note: string | null
    metadata: ContentMetadata | null
  }>('SELECT version, note, metadata FROM hma_content WHERE entry = $1', [entry])
  const kept = rows[0]
  if (!kept) return { version: 0 }
  return {
    version: kept.version,
    ...(kept.note !== null && { note: kept.note }),
    ...(kept.metadata && { metadata: kept.metadata }),
  }
}

/**
 * Keeps what is said of a content from now on, in place of what was said before.
 *
 * @param after version of what was read before; 0 for a new content
 * @throws Fault `store.conflict` when somebody else said something meanwhile
 */
export async function keepNotes(
  transaction: Transaction,
  entry: number,
  after: number,
  notes: ContentNotes,
  signed: Signed,
): Promise<void> {
  const { note, metadata } = notes
  const body = { entry, note: note !== undefined, metadata: metadata !== undefined }
  const version = await append(transaction, noteStream(entry), after, [{ kind: 'hma.noted', body }], signed)
  await transaction.query(
    `INSERT INTO hma_content (entry, version, note, metadata) VALUES ($1, $2, $3, $4)
     ON CONFLICT (entry) DO UPDATE SET version = $2, note = $3, metadata = $4`,
    [entry, version, note ?? null, metadata ? JSON.stringify(metadata) : null],
  )
}

/** Forgets what was said of a content that is gone: its place at the client's may be somebody's. */
export async function forgetNotes(transaction: Transaction, entry: number, signed: Signed): Promise<void> {
  const { rows } = await transaction.query<{ version: number }>(
    `UPDATE hma_content SET note = NULL, metadata = NULL, version = version + 1
      WHERE entry = $1 AND (note IS NOT NULL OR metadata IS NOT NULL) RETURNING version`,
    [entry],
  )
  if (!rows[0]) return
  const forgotten: EventDraft = { kind: 'hma.forgotten', body: { entry } }
  await append(transaction, noteStream(entry), rows[0].version - 1, [forgotten], signed)
}

/** Forgets what was said of the contents of a list that is removed in this transaction, whose event says so. */
export async function forgetContents(transaction: Transaction, list: number): Promise<void> {
  await transaction.query(
    `UPDATE hma_content SET note = NULL, metadata = NULL
      WHERE entry IN (SELECT entry FROM entry WHERE list = $1)`,
    [list],
  )
}

/** Names of the sources that fill a list. */
export async function sourcesOf(session: Session, list: number): Promise<string[]> {
  const { rows } = await session.query<{ name: string }>(
    'SELECT name FROM source WHERE list = $1 ORDER BY name',
    [list],
  )
  return rows.map(({ name }) => name)
}

/** How a type of signal is set: the share of look-ups that it takes part in; 0 switches it off. */
export interface SignalSetting {
  readonly name: string
  readonly ratio: number
}

const SIGNAL_STREAM = 'hma:signals'

/** The types of signal that were ever set. */
export async function signalSettings(session: Session): Promise<SignalSetting[]> {
  const { rows } = await session.query<SignalSetting>('SELECT name, ratio FROM hma_signal ORDER BY name')
  return rows
}

/** Sets a type of signal for every HMA client. */
export async function setSignal(
  transaction: Transaction,
  { name, ratio }: SignalSetting,
  signed: Signed,
): Promise<void> {
  await transaction.query(
    `INSERT INTO hma_signal (name, ratio) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET ratio = $2`,
    [name, ratio],
  )
  const { rows } = await transaction.query<{ version: number }>(
    'SELECT coalesce(max(version), 0)::int AS version FROM event WHERE stream = $1',
    [SIGNAL_STREAM],
  )
  const body = { name, millionths: Math.round(ratio * 1e6) }
  const after = rows[0]?.version ?? 0
  await append(transaction, SIGNAL_STREAM, after, [{ kind: 'hma.signal-set', body }], signed)
}

/** How many hashes of each kind stand in lists that may be used at the gate. */
export interface HashCounts {
  readonly pdq: number
  readonly md5: number
  readonly sha256: number
}

/** Counts by reading through the entries: seconds at ten million. */
export async function countHashes(session: Session): Promise<HashCounts> {
  const { rows } = await session.query<HashCounts>(
    `SELECT count(e.pdq)::int AS pdq, count(e.md5)::int AS md5, count(e.sha256)::int AS sha256
       FROM entry e JOIN list l ON l.id = e.list
      WHERE e.until IS NULL AND l.removed_at IS NULL AND l.kind = 'alert'`,
  )
  return rows[0] ?? { pdq: 0, md5: 0, sha256: 0 }
}

/** Where the register stands: the number of its newest change, when that was, and since when a change waits above `number`. */
export interface NewestChange {
  readonly number: number
  readonly at?: Date
  /** When the oldest change above the number that was asked about was committed; absent when there is none. */
  readonly waitingSince?: Date
}

/** Compares the register with an index that has changes up to a number. */
export async function newestAfter(session: Session, number: number): Promise<NewestChange> {
  const { rows } = await session.query<{ number: number | null; at: Date | null; waiting: Date | null }>(
    `SELECT (SELECT value::int FROM counter WHERE name = 'change') AS number,
            (SELECT numbered_at FROM change WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1) AS at,
            (SELECT numbered_at FROM change WHERE number > $1 ORDER BY number LIMIT 1) AS waiting`,
    [number],
  )
  const newest = rows[0]
  return {
    number: newest?.number ?? 0,
    ...(newest?.at && { at: newest.at }),
    ...(newest?.waiting && { waitingSince: newest.waiting }),
  }
}

function noteStream(entry: number): string {
  return `hma:${entry}`
}
