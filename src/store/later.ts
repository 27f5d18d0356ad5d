/** Later: whether a client is told of later matches, where, and how long hashes of what passed are kept for that. */
import type { Client } from '#terms/client'
import { Fault } from '#terms/fault'
import { append, type Signed } from './append.ts'
import { CLIENT_CHANNEL } from './bound-lists.ts'
import type { StoredClient } from './clients.ts'
import type { Transaction } from './database.ts'

/** A week: what passed is kept for a short time. */
export const KEEP_HOURS_MAX = 168

/**
 * Sets where a client is told of later matches, or that it is not; then what was kept of it goes at the next expiry. Running
 * services heed it once it is committed.
 *
 * @param client as it was read: the change is decided on that version
 * @throws Fault `store.conflict` when it was changed since; `request.invalid`
 */
export async function setLater(
  transaction: Transaction,
  client: StoredClient,
  retro: Client['retro'] | undefined,
  signed: Signed,
): Promise<void> {
  const hours = retro?.keepHours ?? null
  if (hours !== null && !(Number.isSafeInteger(hours) && hours >= 1 && hours <= KEEP_HOURS_MAX))
    throw new Fault('request.invalid', `what passed is kept for 1 to ${KEEP_HOURS_MAX} hours`)
  const { rowCount } = await transaction.query(
    `UPDATE client SET retro_webhook = $3, retro_keep_hours = $4, version = version + 1
      WHERE id = $1 AND version = $2 AND revoked_at IS NULL`,
    [client.id, client.version, retro?.webhook ?? null, hours],
  )
  if (rowCount !== 1) throw new Fault('store.conflict', `client "${client.name}" was changed meanwhile`)
  // The address is not in the event: it may hold a token.
  const draft = { kind: 'client.later', body: { name: client.name, keepHours: hours } }
  await append(transaction, `client:${client.id}`, client.version, [draft], signed)
  await transaction.query(`NOTIFY ${CLIENT_CHANNEL}`)
}
