/** Bound lists: which lists a client is answered from, held by their numbers through every renaming. */
import type { Client } from '#terms/client'
import type { EventDraft } from '#terms/event'
import { append, type Signed } from './append.ts'
import type { Transaction } from './database.ts'

/** The channel on which a change of clients is announced: read them anew. */
export const CLIENT_CHANNEL = 'tutela_client'

/** Advisory lock under which names are given to lists, and clients bound to names. */
const LOCK = 0x7475_7403

/** What a client's bound lists are read from, as `bound`; of `client`. */
export const BOUND_COLUMN = `CASE WHEN is_bound THEN (
    SELECT coalesce(json_agg(json_build_object('name', coalesce(list.name, bound.name), 'list', bound.list,
                                               'gone', list.removed_at IS NOT NULL)
                             ORDER BY coalesce(list.name, bound.name) COLLATE "C"), '[]')
      FROM bound_list bound LEFT JOIN list ON list.id = bound.list WHERE bound.client = client.id) END AS bound`

/** What `BOUND_COLUMN` gives. */
export interface BoundRow {
  readonly bound:
    | readonly { readonly name: string; readonly list: number | null; readonly gone: boolean }[]
    | null
}

/** The bound lists in a row; nothing where the client is bound to none. */
export function boundOf({ bound }: BoundRow): Pick<Client, 'lists'> {
  if (bound === null) return {}
  const lists = bound.map(({ name, list, gone }) => ({
    name,
    ...(list !== null && { list }),
    ...(gone && { isGone: true as const }),
  }))
  return { lists }
}

/**
 * Binds a client to the lists that have these names now; where there is none, to the one that comes by that name first.
 *
 * @param names absent: the client is bound to none
 */
export async function bindClient(
  transaction: Transaction,
  client: number,
  names: readonly string[] | undefined,
): Promise<void> {
  await lockNames(transaction)
  await transaction.query('UPDATE client SET is_bound = $2 WHERE id = $1', [client, names !== undefined])
  await transaction.query('DELETE FROM bound_list WHERE client = $1', [client])
  await transaction.query(
    `INSERT INTO bound_list (client, name, list)
     SELECT $1, given.name, list.id FROM (SELECT DISTINCT unnest($2::text[])) AS given(name)
       LEFT JOIN list ON list.name = given.name AND list.removed_at IS NULL`,
    [client, names ?? []],
  )
}

/** Waits until nobody else gives a name to a list or binds a client to one, and keeps them waiting until the transaction ends. */
export async function lockNames(transaction: Transaction): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
}

/** Binds the clients that await a list of a name to the one that has just taken it, in the transaction that gives the name. */
export async function bindAwaiting(
  transaction: Transaction,
  { id, name }: { readonly id: number; readonly name: string },
  signed: Signed,
): Promise<void> {
  await transaction.query(
    `DELETE FROM bound_list awaited WHERE name = $2 AND list IS NULL
       AND EXISTS (SELECT FROM bound_list had WHERE had.client = awaited.client AND had.list = $1)`,
    [id, name],
  )
  const { rows } = await transaction.query<{ client: number; version: number }>(
    `WITH came AS (UPDATE bound_list SET list = $1 WHERE name = $2 AND list IS NULL RETURNING client)
     UPDATE client SET version = version + 1 FROM came WHERE client.id = came.client
     RETURNING client.id AS client, client.version`,
    [id, name],
  )
  for (const { client, version } of rows) {
    const draft: EventDraft = { kind: 'client.bound', body: { list: id } }
    await append(transaction, `client:${client}`, version - 1, [draft], signed)
  }
}

/** Has running services read the clients anew that are bound to a list, whose name or standing has changed. */
export async function announceBound(transaction: Transaction, list: number): Promise<void> {
  const { rowCount } = await transaction.query('SELECT FROM bound_list WHERE list = $1 LIMIT 1', [list])
  if (rowCount) await transaction.query(`NOTIFY ${CLIENT_CHANNEL}`)
}
