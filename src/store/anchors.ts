/** Anchors: the checkpoints that were signed, and what others outside the database gave for them. */
import type { Session, Transaction } from './database.ts'

/** A checkpoint as it lies in the database. */
export interface StoredCheckpoint {
  readonly size: number
  readonly root: Uint8Array
  /** Signed by the log. */
  readonly note: string
  /** ISO 8601, UTC; never before that of a smaller one. */
  readonly at: string
}

/** What somebody outside gave for a checkpoint. */
export interface Anchor {
  readonly size: number
  readonly kind: 'witness' | 'timestamp' | 'mail'
  /** Whom it is of: the name of the witness's key, the address of the service, the name of those who were sent it. */
  readonly place: string
  /** ISO 8601, UTC. */
  readonly at: string
  /**
   * Of a witness the note with its cosignature; of a time-stamping service the request and the answer, in DER; of a mail its
   * Message-ID, its date and the checkpoint.
   */
  readonly proof: Uint8Array
}

/** What came of the last try to put a checkpoint somewhere. */
export interface AnchorTry {
  readonly place: string
  readonly kind: Anchor['kind']
  /** Size of the last checkpoint that was taken there; 0 for none. */
  readonly size: number
  readonly at?: string
  /** Why the last try failed, where it came after the last that did not. */
  readonly failedBecause?: string
}

const BATCH_ROWS = 1024

/** The checkpoint of the largest tree; undefined before the first. */
export async function lastCheckpoint(session: Session): Promise<StoredCheckpoint | undefined> {
  const { rows } = await session.query<CheckpointRow>({
    name: 'last checkpoint',
    text: `SELECT ${CHECKPOINT} FROM checkpoint ORDER BY checkpoint.size DESC LIMIT 1`,
  })
  return rows[0] && checkpointOf(rows[0])
}

export async function addCheckpoint(
  transaction: Transaction,
  { size, root, note, at }: StoredCheckpoint,
): Promise<void> {
  await transaction.query({
    name: 'add checkpoint',
    text: 'INSERT INTO checkpoint (size, root, note, at) VALUES ($1, $2, $3, $4)',
    values: [size, Buffer.from(root), note, at],
  })
}

/** Every checkpoint in order of size, in flat memory. @param transaction sees one moment */
export async function* allCheckpoints(transaction: Transaction): AsyncGenerator<StoredCheckpoint> {
  await transaction.query(
    `DECLARE checkpoints NO SCROLL CURSOR FOR SELECT ${CHECKPOINT} FROM checkpoint ORDER BY checkpoint.size`,
  )
  for (;;) {
    const { rows } = await transaction.query<CheckpointRow>(`FETCH ${BATCH_ROWS} FROM checkpoints`)
    for (const row of rows) yield checkpointOf(row)
    if (rows.length < BATCH_ROWS) break
  }
  await transaction.query('CLOSE checkpoints')
}

/** Keeps what came of putting a checkpoint somewhere: a proof, or why there is none. */
export async function keepAnchor(
  session: Session,
  { size, kind, place, at }: Omit<Anchor, 'proof'>,
  outcome: { readonly proof: Uint8Array } | { readonly failedBecause: string },
): Promise<void> {
  const proof = 'proof' in outcome ? Buffer.from(outcome.proof) : null
  const because = 'failedBecause' in outcome ? outcome.failedBecause : null
  // Of tries that failed one after the other the last is kept, so that a partner that is away fills nothing.
  if (because !== null)
    await session.query('DELETE FROM anchor WHERE kind = $1 AND place = $2 AND proof IS NULL', [kind, place])
  await session.query(
    'INSERT INTO anchor (size, kind, place, at, proof, failed_because) VALUES ($1, $2, $3, $4, $5, $6)',
    [size, kind, place, at, proof, because],
  )
}

/** Every anchor that has a proof, in order of size, in flat memory. @param transaction sees one moment */
export async function* allAnchors(transaction: Transaction): AsyncGenerator<Anchor> {
  await transaction.query(
    `DECLARE anchors NO SCROLL CURSOR FOR
     SELECT size::text, kind, place, at, proof FROM anchor WHERE proof IS NOT NULL ORDER BY anchor.size, id`,
  )
  for (;;) {
    const { rows } = await transaction.query<AnchorRow>(`FETCH ${BATCH_ROWS} FROM anchors`)
    for (const row of rows) yield anchorOf(row)
    if (rows.length < BATCH_ROWS) break
  }
  await transaction.query('CLOSE anchors')
}

/** The newest note of a size from `from` to `to` that witnesses cosigned, with the cosignature. */
export async function lastCosigned(session: Session, from: number, to: number): Promise<Anchor | undefined> {
  const { rows } = await session.query<AnchorRow>(
    `SELECT size::text, kind, place, at, proof FROM anchor
      WHERE kind = 'witness' AND proof IS NOT NULL AND size BETWEEN $1 AND $2 ORDER BY anchor.size DESC, id DESC LIMIT 1`,
    [from, to],
  )
  return rows[0] && anchorOf(rows[0])
}

/** How far each place has come. */
export async function anchorTries(session: Session): Promise<AnchorTry[]> {
  const { rows } = await session.query<{
    kind: Anchor['kind']
    place: string
    size: string
    at: Date | null
    because: string | null
  }>(
    `SELECT kind, place, coalesce(max(size) FILTER (WHERE proof IS NOT NULL), 0)::text AS size,
            max(at) FILTER (WHERE proof IS NOT NULL) AS at,
            (array_agg(failed_because ORDER BY id DESC))[1] AS because
       FROM anchor GROUP BY kind, place ORDER BY kind, place`,
  )
  return rows.map(({ kind, place, size, at, because }) => ({
    kind,
    place,
    size: Number(size),
    ...(at && { at: at.toISOString() }),
    ...(because !== null && { failedBecause: because }),
  }))
}

interface CheckpointRow {
  readonly size: string
  readonly root: Buffer
  readonly note: string
  readonly at: Date
}

interface AnchorRow {
  readonly size: string
  readonly kind: Anchor['kind']
  readonly place: string
  readonly at: Date
  readonly proof: Buffer
}

const CHECKPOINT = 'size::text, root, note, at'

function checkpointOf({ size, at, ...row }: CheckpointRow): StoredCheckpoint {
  return { ...row, size: Number(size), at: at.toISOString() }
}

function anchorOf({ size, at, ...row }: AnchorRow): Anchor {
  return { ...row, size: Number(size), at: at.toISOString() }
}
