/** Leaves: the numbers that leaves get after their commit, and the events that they are of. */
import type { Actor, Canonical, Event } from '#terms/event'
import type { Session, Transaction } from './database.ts'

/** An event with the salt of its leaf. */
export interface SaltedEvent extends Omit<Event, 'id'> {
  readonly salt: Uint8Array
}

/** A leaf with its event as both stand in the database: each may lack the other where rows were deleted. */
export interface StoredLeaf {
  /** Its number in the tree; absent while it is pending. */
  readonly number?: number
  readonly hash?: Uint8Array
  readonly event?: SaltedEvent & { readonly id: string }
}

/** Advisory lock of whoever extends the tree, for the length of a transaction. */
const TREE_LOCK = 0x7475_7404
const BATCH_ROWS = 2048
/** The highest version that a row can have. */
const VERSION_MAX = 2 ** 31 - 1

/** Lets one transaction at a time extend the tree, whatever became of other locks. */
export async function lockTree(transaction: Transaction): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [TREE_LOCK])
}

/** How many leaves have a number. */
export async function numberedLeaves(session: Session): Promise<number> {
  const { rows } = await session.query<{ size: string }>(
    'SELECT coalesce(max(number) + 1, 0)::text AS size FROM leaf WHERE number IS NOT NULL',
  )
  return Number(rows[0]?.size ?? 0)
}

/** How many leaves are committed and have no number yet. */
export async function pendingLeaves(session: Session): Promise<number> {
  const { rows } = await session.query<{ count: string }>(
    'SELECT count(*)::text FROM leaf WHERE number IS NULL',
  )
  return Number(rows[0]?.count ?? 0)
}

/** Leaves that are committed and have no number, in order of their ids. */
export async function unnumberedLeaves(
  transaction: Transaction,
  leavesMax: number,
): Promise<{ readonly id: string; readonly hash: Buffer }[]> {
  const { rows } = await transaction.query<{ id: string; hash: Buffer }>({
    name: 'unnumbered leaves',
    text: 'SELECT id, hash FROM leaf WHERE number IS NULL ORDER BY id LIMIT $1',
    values: [leavesMax],
  })
  return rows
}

/** Numbers leaves in the given order, from `first` on. */
export async function numberLeaves(
  transaction: Transaction,
  first: number,
  ids: readonly string[],
): Promise<void> {
  await transaction.query({
    name: 'number leaves',
    text: `UPDATE leaf SET number = $1::bigint + given.place - 1
             FROM unnest($2::bigint[]) WITH ORDINALITY AS given (id, place) WHERE leaf.id = given.id`,
    values: [first, ids],
  })
}

/** The leaf of an event by the event's stream and version. */
export async function leafOfEvent(
  session: Session,
  stream: string,
  version: number,
): Promise<StoredLeaf | undefined> {
  // No row can have such a one, and the database would not take the question.
  if (version > VERSION_MAX || stream.includes('\0')) return undefined
  return one(session, 'event.stream = $1 AND event.version = $2', [stream, version])
}

/** The leaf of a number. */
export async function leafOfNumber(session: Session, number: number): Promise<StoredLeaf | undefined> {
  return one(session, 'leaf.number = $1', [number])
}

/** Hashes of the leaves from a number on, `count` of them. */
export async function leafHashes(session: Session, from: number, count: number): Promise<Buffer[]> {
  const { rows } = await session.query<{ hash: Buffer }>(
    'SELECT hash FROM leaf WHERE number >= $1 AND number < $2 ORDER BY number',
    [from, from + count],
  )
  return rows.map(({ hash }) => hash)
}

/** Names of the streams that begin so, in order, behind a name; `streamsMax` at most. */
export async function streamsBeginning(
  session: Session,
  prefix: string,
  behind: string,
  streamsMax: number,
): Promise<string[]> {
  const { rows } = await session.query<{ stream: string }>(
    `SELECT DISTINCT stream FROM event WHERE starts_with(stream, $1) AND stream > $2 ORDER BY stream LIMIT $3`,
    [prefix, behind, streamsMax],
  )
  return rows.map(({ stream }) => stream)
}

/** How many streams of each noun there are, as `list` of `list:7`. */
export async function streamsByNoun(session: Session): Promise<ReadonlyMap<string, number>> {
  const { rows } = await session.query<{ noun: string; count: number }>(
    `SELECT split_part(stream, ':', 1) AS noun, count(DISTINCT stream)::int AS count FROM event GROUP BY 1 ORDER BY 1`,
  )
  return new Map(rows.map(({ noun, count }) => [noun, count]))
}

/** Every leaf and every event, numbered leaves first and in order, in flat memory. @param transaction sees one moment */
export async function* allLeaves(transaction: Transaction): AsyncGenerator<readonly StoredLeaf[]> {
  await transaction.query(
    `DECLARE ledger NO SCROLL CURSOR FOR SELECT ${COLUMNS} FROM leaf FULL JOIN event ON event.id = leaf.event
      ORDER BY leaf.number NULLS LAST, leaf.id NULLS LAST, event.id`,
  )
  for (;;) {
    const { rows } = await transaction.query<LeafRow>(`FETCH ${BATCH_ROWS} FROM ledger`)
    if (rows.length > 0) yield rows.map(leafOf)
    if (rows.length < BATCH_ROWS) break
  }
  await transaction.query('CLOSE ledger')
}

interface LeafRow {
  readonly number: string | null
  readonly hash: Buffer | null
  readonly id: string | null
  readonly stream: string
  readonly version: number
  readonly kind: string
  readonly actor: Actor
  readonly at: Date
  readonly body: Record<string, Canonical>
  readonly salt: Buffer
}

const COLUMNS = `leaf.number::text AS number, leaf.hash, event.id, stream, version, kind, actor, at, body, salt`

async function one(
  session: Session,
  where: string,
  values: readonly unknown[],
): Promise<StoredLeaf | undefined> {
  const { rows } = await session.query<LeafRow>(
    `SELECT ${COLUMNS} FROM leaf JOIN event ON event.id = leaf.event WHERE ${where}`,
    values,
  )
  return rows[0] && leafOf(rows[0])
}

function leafOf({ number, hash, id, at, ...event }: LeafRow): StoredLeaf {
  return {
    ...(number !== null && { number: Number(number) }),
    ...(hash && { hash }),
    ...(id !== null && { event: { ...event, id, at: at.toISOString() } }),
  }
}
