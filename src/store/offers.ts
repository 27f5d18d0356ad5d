/** Offers: which list may be fetched by which client, and every fetch of it on record. */
import type { Actor, Canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import type { RegisteredList } from '#terms/register'
import { append, type Signed } from './append.ts'
import { LIST_COLUMNS, type ListRow, listOf } from './columns.ts'
import type { Session, Transaction } from './database.ts'
import { checkUse } from './lists.ts'

/** A list offered to a client by name. */
export interface Offer {
  readonly id: number
  readonly list: RegisteredList
  /** The list was removed since. */
  readonly isListGone: boolean
  readonly client: { readonly id: number; readonly name: string }
  readonly actor: Actor
  /** ISO 8601, UTC. */
  readonly at: string
  readonly endedAt?: string
  /** Of its events. */
  readonly version: number
}

interface OfferRow extends ListRow {
  readonly offer: number
  readonly removed_at: Date | null
  readonly client: number
  readonly client_name: string
  readonly actor: Actor
  readonly offered_at: Date
  readonly ended_at: Date | null
  readonly offer_version: number
}

const PREFIXED = LIST_COLUMNS.split(', ').map((column) => `list.${column}`)
const SELECT = `SELECT ${PREFIXED.join(', ')}, list.removed_at, offer.id AS offer, offer.client, offer.actor,
    offer.at AS offered_at, offer.ended_at, offer.version AS offer_version, client.name AS client_name
  FROM offer JOIN list ON list.id = offer.list JOIN client ON client.id = offer.client`
const UNIQUE_VIOLATION = '23505'

/** The stream of an offer's events. */
export function offerStream(id: number): string {
  return `offer:${id}`
}

/**
 * Offers a list to a client.
 *
 * @throws Fault `register.refused` when the list's terms do not permit export; `register.exists` when it is offered already
 */
export async function makeOffer(
  transaction: Transaction,
  list: RegisteredList,
  client: { readonly id: number; readonly name: string },
  signed: Signed,
): Promise<number> {
  checkUse(list, 'export')
  const { rows } = await transaction
    .query<{ id: number }>(
      'INSERT INTO offer (list, client, at, actor, version) VALUES ($1, $2, $3, $4, 1) RETURNING id',
      [list.id, client.id, signed.at, signed.actor],
    )
    .catch((error: unknown) => {
      const isTaken = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
      if (!isTaken) throw error
      throw new Fault('register.exists', `"${list.name}" is offered to "${client.name}" already`)
    })
  const id = rows[0]?.id ?? missing()
  const body = { list: list.id, client: client.id }
  await append(transaction, offerStream(id), 0, [{ kind: 'offer.made', body }], signed)
  return id
}

/** Ends an offer: nothing is fetched by it any more. @throws Fault `register.unknown` when it does not stand */
export async function endOffer(
  transaction: Transaction,
  id: number,
  because: string,
  signed: Signed,
): Promise<void> {
  const { rowCount } = await transaction.query(
    'UPDATE offer SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL',
    [id, signed.at],
  )
  if (rowCount !== 1) throw new Fault('register.unknown', `there is no standing offer ${id}`)
  await noteOffer(transaction, id, { kind: 'offer.ended', body: { because } }, signed)
}

/** Every offer, those that ended among them, in the order in which they were made. */
export async function allOffers(session: Session): Promise<Offer[]> {
  return offersWhere(session, 'true', [])
}

/** The offers that a client may fetch by now: they stand, their lists stand, and the lists' terms permit export. */
export async function offersTo(session: Session, client: number): Promise<Offer[]> {
  return offersWhere(
    session,
    `offer.client = $1 AND ended_at IS NULL AND list.removed_at IS NULL AND client.revoked_at IS NULL
     AND 'export' = ANY(list.uses)`,
    [client],
  )
}

/** Writes an event of an offer down. */
export async function noteOffer(
  transaction: Transaction,
  id: number,
  draft: { readonly kind: string; readonly body: Readonly<Record<string, Canonical>> },
  signed: Signed,
): Promise<void> {
  const { rows } = await transaction.query<{ version: number }>(
    'UPDATE offer SET version = version + 1 WHERE id = $1 RETURNING version',
    [id],
  )
  const after = (rows[0]?.version ?? missing()) - 1
  await append(transaction, offerStream(id), after, [draft], signed)
}

async function offersWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
): Promise<Offer[]> {
  const { rows } = await session.query<OfferRow>(`${SELECT} WHERE ${condition} ORDER BY offer.id`, values)
  return rows.map((row) => ({
    id: row.offer,
    list: listOf(listColumns(row)),
    isListGone: row.removed_at !== null,
    client: { id: row.client, name: row.client_name },
    actor: row.actor,
    at: row.offered_at.toISOString(),
    ...(row.ended_at && { endedAt: row.ended_at.toISOString() }),
    version: row.offer_version,
  }))
}

function listColumns(row: OfferRow): ListRow {
  const { id, name, kind, publisher, terms, uses, trust, scheme, enabled_ratio, version, entries } = row
  const { changed_at } = row
  return {
    id,
    name,
    kind,
    publisher,
    terms,
    uses,
    trust,
    scheme,
    enabled_ratio,
    version,
    entries,
    changed_at,
  }
}

function missing(): never {
  throw new TypeError('the database did not return what it was asked to')
}
