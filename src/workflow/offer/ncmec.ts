/** NCMEC: everything that is offered to a client, by windows of time, as NCMEC's hash sharing gives it. Spec: v2. */
import { entryWithKey } from '#store/entries'
import {
  countOffered,
  type FollowedList,
  type OfferedEntry,
  offeredEntries,
  stretchBetween,
} from '#store/offered'
import { noteOffer, type Offer, offersTo } from '#store/offers'
import type { Client } from '#terms/client'
import { Fault } from '#terms/fault'
import { type OfferDesk, signedBy } from './desk.ts'

/** A page that is asked for. */
export interface WindowAsked {
  readonly from: Date
  readonly to: Date
  /** Number of its first row, from 1. */
  readonly start: number
  readonly size: number
  /** Rows of the window, as the first page counted them. */
  readonly max?: number
  /** The last row of the register on the page before. */
  readonly row?: number
}

export interface WindowPage {
  readonly rows: readonly OfferedEntry[]
  /** The next page; absent on the last. */
  readonly next?: WindowAsked
}

/** An offer made this long before a window begins is new to it: clocks differ, and the window before may have missed it. */
const NEW_SECONDS = 300

/** The offers that a client has. @throws Fault `request.not-found` when it has none */
export async function offersOf(desk: OfferDesk, client: Client): Promise<Offer[]> {
  const offers = await offersTo(desk.database, client.id)
  if (offers.length === 0) throw new Fault('request.not-found', 'no list is offered to this key')
  return offers
}

/**
 * One page of what changed in a window of time. A list that was offered since the window began is given whole. Each page is on
 * record before it is given.
 *
 * @throws Fault `request.not-found`, `request.invalid`
 */
export async function fetchWindow(desk: OfferDesk, client: Client, asked: WindowAsked): Promise<WindowPage> {
  const { from, to, start, size, row = 0 } = asked
  if (from > to) throw new Fault('request.invalid', '"from" is later than "to"')
  const offers = await offersOf(desk, client)
  const { after, upTo } = await stretchBetween(desk.database, from, to)
  const since = from.getTime() - NEW_SECONDS * 1000
  const lists: FollowedList[] = offers.map(({ at, list }) => ({
    id: list.id,
    after: Date.parse(at) >= since ? 0 : after,
    goneAfter: after,
  }))
  const max = asked.max ?? (await countOffered(desk.database, lists, upTo))
  const found = await offeredEntries(desk.database, lists, upTo, row, size)
  await noteFetch(desk, client, offers, { found, after, upTo, start })
  const rows = found.map((one) => ({ ...one, changedAt: later(one.changedAt, from) }))
  const last = rows.at(-1)
  if (!last || rows.length < size) return { rows }
  return { rows, next: { from, to, start: start + size, size, max, row: last.entry.row } }
}

function later(a: Date, b: Date): Date {
  return new Date(Math.max(a.getTime(), b.getTime()))
}

async function noteFetch(
  desk: OfferDesk,
  client: Client,
  offers: readonly Offer[],
  page: { found: readonly OfferedEntry[]; after: number; upTo: number; start: number },
): Promise<void> {
  const { found, after, upTo, start } = page
  await desk.database.transaction(async (transaction) => {
    for (const offer of offers) {
      const entries = found.filter(({ entry }) => entry.list === offer.list.id).length
      const body = { form: 'ncmec', after, upTo, start, entries }
      await noteOffer(transaction, offer.id, { kind: 'offer.fetched', body }, signedBy(client, desk))
    }
  })
}

/** What a partner thinks of an entry that it fetched. */
export interface PartnerFeedback {
  readonly list: number
  readonly key: string
  readonly kind: 'affirm' | 'dispute'
  readonly hashKind: string
  readonly reason?: string
}

/** Writes a partner's feedback down with the offer. @throws Fault `request.not-found` when no such entry is offered to it */
export async function takeFeedback(desk: OfferDesk, client: Client, given: PartnerFeedback): Promise<void> {
  const offer = (await offersOf(desk, client)).find(({ list }) => list.id === given.list)
  const entry = offer && (await entryWithKey(desk.database, offer.list.id, given.key))
  if (!offer || !entry) throw new Fault('request.not-found', 'no such entry is offered to this key')
  const { kind, hashKind, reason } = given
  const body = { entry: entry.entry, kind, hashKind, ...(reason !== undefined && { reason }) }
  await desk.database.transaction((transaction) =>
    noteOffer(transaction, offer.id, { kind: 'offer.feedback', body }, signedBy(client, desk)),
  )
}
