/** Gather: reads everything that stands in the records about one person and one item or case, in one transaction. */
import type { DefenceFacts, DefenceSubject, LedgerFact } from '#cases/defence-facts'
import { isSame } from '#ledger/leaf'
import { type ActsAbout, actsAbout, casesOfItem, itemsOfCase, streamsAbout } from '#store/acts'
import { adviceTo } from '#store/advice'
import { eventsOf, leafHash } from '#store/append'
import { allAuthorities } from '#store/authorities'
import { copiesOf } from '#store/copies'
import type { Transaction } from '#store/database'
import { destructionsOf } from '#store/destructions'
import { discoveriesOf, type FindSubject, tellingsOf } from '#store/discoveries'
import { holdsEverOn } from '#store/holds'
import { itemNamed } from '#store/items'
import { keptOf } from '#store/kept'
import { leafOfEvent } from '#store/leaves'
import { personOf, streamOf } from '#store/people'
import { trainingOf } from '#store/training'
import type { Event } from '#terms/event'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Authority, PersonId } from '#terms/people'
import { prove } from '../ledger/prove.ts'
import { refoldStreams } from '../ledger/verify/refold.ts'

/** For whom a record is made, about what. */
export interface DefenceAsked {
  readonly person: PersonId
  readonly subject: DefenceSubject
  /** The name to be printed; it is kept nowhere. */
  readonly name?: string
  readonly organisation?: 'large' | 'small'
}

/** The proof that a leaf of the ledger is in the signed tree, as a public tool reads it; undefined where none can be made. */
export type ProveLeaf = (session: Transaction, number: number) => Promise<string | undefined>

/** The proofs of this deployment's own ledger. */
export const byLedger: ProveLeaf = async (session, leaf) => {
  const proof = await prove(session, { leaf })
  return proof.kind === 'proof' ? proof.text : undefined
}

/** Items of a case beyond this are not told apart in one record. */
const ITEMS_MAX = 1000

/**
 * Reads the facts.
 *
 * @throws Fault `people.unknown`, `evidence.unknown`; `evidence.refused` for a case with too many items; `ledger.damaged` where
 *   what stands does not follow from its events, or an act not from its leaf: nothing is told to a court that the
 * ledger does not say
 */
export async function gather(
  transaction: Transaction,
  { person, subject, name, organisation }: DefenceAsked,
  { at, madeBy, prove }: { readonly at: Date; readonly madeBy: string; readonly prove: ProveLeaf },
): Promise<DefenceFacts> {
  const found = await personOf(transaction, person)
  if (!found) throw new Fault('people.unknown', `there is nobody with the pseudonym ${person}`)
  const about = await aboutOf(transaction, subject)
  await refuseDoctored(transaction, person, about)
  const acts = await actsAbout(transaction, `person:${person}`, about)
  const of = async <T>(read: (session: Transaction, item: ItemId) => Promise<T[]>): Promise<T[]> => {
    const all: T[] = []
    for (const item of about.items) all.push(...(await read(transaction, item)))
    return all
  }
  const items = await of(async (session, item) => [await itemNamed(session, item)])
  const authorities = await allAuthorities(transaction)
  return {
    ...{ person, subject, at: at.toISOString(), madeBy, items, acts },
    ...(name !== undefined && { name }),
    ...(organisation !== undefined && { organisation }),
    personEvents: await eventsOf(transaction, streamOf(person)),
    authorities: authorities.filter((one) => concerns(one, person, found.departments, acts)),
    training: await trainingOf(transaction, person),
    advice: await adviceTo(transaction, [person]),
    discoveries: await discoveriesOf(transaction, about.subjects),
    tellings: await tellingsOf(transaction, about.subjects),
    copies: unique(await of(copiesOf)),
    keeping: await of(keptOf),
    holds: await of(holdsEverOn),
    destructions: await of(destructionsOf),
    ledger: await ledgerOf(transaction, acts, prove),
  }
}

/** @throws Fault `ledger.damaged` where a row of what the record will say is not what its events made */
async function refuseDoctored(transaction: Transaction, person: PersonId, about: ActsAbout): Promise<void> {
  const { faults } = await refoldStreams(
    transaction,
    await streamsAbout(transaction, streamOf(person), about),
  )
  if (faults[0]) throw new Fault('ledger.damaged', `${faults[0].place} ${faults[0].says}`)
}

/** An item with its cases, so that a find told of a case is told of its items; a case with its items. */
async function aboutOf(
  transaction: Transaction,
  subject: DefenceSubject,
): Promise<{ items: ItemId[]; cases: string[]; subjects: FindSubject[] }> {
  const isItem = subject.kind === 'item'
  const items = isItem ? [subject.id as ItemId] : await itemsOfCase(transaction, subject.id)
  if (items.length > ITEMS_MAX)
    throw new Fault(
      'evidence.refused',
      `the case ${subject.id} has ${items.length} items: ask for one of them`,
    )
  const cases = isItem ? await casesOfItem(transaction, subject.id as ItemId) : [subject.id]
  const subjects: FindSubject[] = [
    ...items.map((id) => ({ kind: 'item', id }) as const),
    ...cases.map((id) => ({ kind: 'case', id }) as const),
  ]
  return { items, cases, subjects }
}

/** Authorities that name the person or a department of theirs, that are for everybody, or on which one of the acts stood. */
function concerns(
  { id, people, departments }: Authority,
  person: PersonId,
  own: readonly string[],
  acts: readonly Event[],
): boolean {
  const isForAll = people.length === 0 && departments.length === 0
  if (isForAll || people.includes(person) || departments.some((one) => own.includes(one))) return true
  return acts.some(({ body }) => {
    const basis = body['basis']
    return typeof basis === 'object' && basis !== null && 'id' in basis && basis['id'] === id
  })
}

async function ledgerOf(
  transaction: Transaction,
  acts: readonly Event[],
  proveLeaf: ProveLeaf,
): Promise<LedgerFact[]> {
  const facts: LedgerFact[] = []
  for (const { stream, version } of acts) {
    const stored = await leafOfEvent(transaction, stream, version)
    if (!stored?.event || !stored.hash || !isSame(leafHash(stored.event.salt, stored.event), stored.hash))
      throw new Fault('ledger.damaged', `version ${version} of ${stream} is not what its leaf was made of`)
    const proof = stored.number === undefined ? undefined : await proveLeaf(transaction, stored.number)
    facts.push({
      ...{ stream, version },
      salt: Buffer.from(stored.event.salt).toString('hex'),
      leaf: Buffer.from(stored.hash).toString('hex'),
      ...(stored.number !== undefined && { number: stored.number }),
      ...(proof !== undefined && { proof }),
    })
  }
  return facts
}

/** A backup of many keys is a copy of each of them: it is told once. */
function unique<T extends { readonly id: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [one.id, one])).values()]
}
