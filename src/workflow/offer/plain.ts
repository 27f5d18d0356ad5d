/** Plain: one offered list since a change, for a partner that keeps the number of the last change it has. */
import { newestChange } from '#store/changes'
import { countOffered, type FollowedList, type OfferedEntry, offeredEntries } from '#store/offered'
import { noteOffer, type Offer, offersTo } from '#store/offers'
import type { Client } from '#terms/client'
import { Fault } from '#terms/fault'
import { type OfferDesk, signedBy } from './desk.ts'

/** What a partner fetches. */
export interface PlainFetch {
  readonly offer: Offer
  /** What to ask after next time, once everything of this was kept. */
  readonly next: number
  readonly count: number
  readonly batches: AsyncIterable<readonly OfferedEntry[]>
}

const BATCH_ENTRIES = 2_000

/**
 * Fetches a list that is offered to a client. The fetch is on record before the first entry is given.
 *
 * @param after number of the last change that the client has; 0 for everything
 * @throws Fault `request.not-found` where no such list is offered to it: also where there is one;
 *   `request.invalid` for a number that is yet to come
 */
export async function fetchPlain(
  desk: OfferDesk,
  client: Client,
  listName: string,
  after: number,
): Promise<PlainFetch> {
  const offer = (await offersTo(desk.database, client.id)).find(({ list }) => list.name === listName)
  if (!offer) throw new Fault('request.not-found', 'no list of that name is offered to this key')
  const next = await newestChange(desk.database)
  if (after > next) throw new Fault('request.invalid', `the newest change is ${next}; none is after ${after}`)
  // Who has nothing yet needs to be told of no withdrawal.
  const lists = [{ id: offer.list.id, after, goneAfter: after === 0 ? next : after }]
  const count = await countOffered(desk.database, lists, next)
  await desk.database.transaction((transaction) =>
    noteOffer(
      transaction,
      offer.id,
      { kind: 'offer.fetched', body: { form: 'plain', after, upTo: next, entries: count } },
      signedBy(client, desk),
    ),
  )
  return { offer, next, count, batches: batchesOf(desk, lists, next) }
}

async function* batchesOf(
  { database }: OfferDesk,
  lists: readonly FollowedList[],
  upTo: number,
): AsyncGenerator<readonly OfferedEntry[]> {
  for (let row = 0; ; ) {
    const batch = await offeredEntries(database, lists, upTo, row, BATCH_ENTRIES)
    const last = batch.at(-1)
    if (!last) return
    yield batch
    row = last.entry.row
  }
}
