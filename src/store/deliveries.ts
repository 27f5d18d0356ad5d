/** Deliveries: messages to clients, each written with what it tells of, and kept until it was taken or given up. */
import type { Canonical } from '#terms/event'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

/** A message that is due. */
export interface Delivery {
  readonly id: number
  /** Id and name of the client that it is for. */
  readonly client: number
  readonly clientName: string
  /** Where the client takes messages; absent when it takes none any more. */
  readonly webhook?: string
  readonly kind: string
  readonly body: unknown
  readonly at: Date
  /** Times that it was sent already. */
  readonly attempts: number
}

/** Writes a message, due at once, with its event and leaf, in the transaction of what it tells of. */
export async function writeDelivery(
  transaction: Transaction,
  given: { readonly client: number; readonly kind: string; readonly body: unknown },
  noted: Readonly<Record<string, Canonical>>,
  signed: Signed,
): Promise<number> {
  const { rows } = await transaction.query<{ id: string }>(
    'INSERT INTO delivery (client, kind, body, at, next_at) VALUES ($1, $2, $3, $4, $4) RETURNING id',
    [given.client, given.kind, JSON.stringify(given.body), signed.at],
  )
  const id = Number(rows[0]?.id)
  const body = { ...noted, client: given.client, kind: given.kind }
  await append(transaction, streamOf(id), 0, [{ kind: 'delivery.written', body }], signed)
  return id
}

/** Messages whose time has come, the longest waiting first. */
export async function dueDeliveries(session: Session, now: Date, limit: number): Promise<Delivery[]> {
  const { rows } = await session.query<{
    id: string
    client: number
    name: string
    webhook: string | null
    kind: string
    body: unknown
    at: Date
    attempts: number
  }>(
    `SELECT d.id, d.client, c.name, d.kind, d.body, d.at, d.attempts,
            CASE WHEN c.revoked_at IS NULL THEN c.retro_webhook END AS webhook
       FROM delivery d JOIN client c ON c.id = d.client
      WHERE d.delivered_at IS NULL AND d.gave_up_at IS NULL AND d.next_at <= $1 ORDER BY d.next_at, d.id LIMIT $2`,
    [now, limit],
  )
  return rows.map(({ id, name, webhook, ...same }) => ({
    ...same,
    id: Number(id),
    clientName: name,
    ...(webhook !== null && { webhook }),
  }))
}

/** When the next message is due; undefined when none waits. */
export async function nextDelivery(session: Session): Promise<Date | undefined> {
  const { rows } = await session.query<{ next: Date | null }>(
    'SELECT min(next_at) AS next FROM delivery WHERE delivered_at IS NULL AND gave_up_at IS NULL',
  )
  return rows[0]?.next ?? undefined
}

/** Writes down that a message was taken. */
export async function deliveryTaken(transaction: Transaction, id: number, signed: Signed): Promise<void> {
  const attempts = await ended(transaction, id, 'delivered_at = $2, failed_because = NULL', [signed.at])
  await append(transaction, streamOf(id), 1, [{ kind: 'delivery.taken', body: { attempts } }], signed)
}

/** Writes down that a message is not sent any more, and why. */
export async function deliveryGivenUp(
  transaction: Transaction,
  id: number,
  because: string,
  signed: Signed,
): Promise<void> {
  const attempts = await ended(transaction, id, 'gave_up_at = $2, failed_because = $3', [signed.at, because])
  const body = { attempts, because }
  await append(transaction, streamOf(id), 1, [{ kind: 'delivery.given-up', body }], signed)
}

/** Puts a message off that was not taken. */
export async function deliveryPutOff(
  session: Session,
  id: number,
  because: string,
  next: Date,
): Promise<void> {
  await session.query(
    'UPDATE delivery SET attempts = attempts + 1, failed_because = $2, next_at = $3 WHERE id = $1',
    [id, because, next],
  )
}

/** Forgets what messages said that were taken or given up before a time; their events stay. */
export async function forgetDeliveries(session: Session, before: Date): Promise<number> {
  const { rowCount } = await session.query(
    'DELETE FROM delivery WHERE delivered_at < $1 OR gave_up_at < $1',
    [before],
  )
  return rowCount ?? 0
}

async function ended(
  transaction: Transaction,
  id: number,
  set: string,
  values: readonly unknown[],
): Promise<number> {
  const { rows } = await transaction.query<{ attempts: number }>(
    `UPDATE delivery SET attempts = attempts + 1, ${set}
      WHERE id = $1 AND delivered_at IS NULL AND gave_up_at IS NULL RETURNING attempts`,
    [id, ...values],
  )
  const row = rows[0]
  if (!row) throw new Error(`delivery ${id} has ended already`)
  return row.attempts
}

function streamOf(id: number): string {
  return `delivery:${id}`
}
