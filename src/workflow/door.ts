/** Door: the one way in which a person acts: decided on what stands and done in the same transaction, or refused on record. */
import { decide, type Facts, type Situation } from '#people/policy'
import { REFUSAL_WORDS } from '#people/refusals'
import { adviceTo } from '#store/advice'
import { allocatedTo } from '#store/allocations'
import { authoritiesInForce } from '#store/authorities'
import { hasConflict } from '#store/conflicts'
import type { Database, Transaction } from '#store/database'
import { overrideOn, type RiskSubject } from '#store/overrides'
import { lockPerson } from '#store/people'
import { recordRefusal } from '#store/refusals'
import { type ItemStanding, itemStanding } from '#store/standing'
import { isTrained } from '#store/training'
import { Fault } from '#terms/fault'
import type { Act, Grant, Person, PersonId, Purpose, Refusal, Subject } from '#terms/people'

export type { Facts } from '#people/policy'

/** Who asks to do what, why, and on what. */
export interface Asked {
  readonly by: PersonId
  readonly act: Act
  readonly purpose?: Purpose
  readonly subject?: Subject
  readonly caseNumber?: string
  /** What whoever asks knows; where facts are given as a function, they are read in the transaction. */
  readonly facts?: Facts | ((tx: Transaction) => Promise<Facts>)
  readonly at: Date
}

/** Thrown by an act within the door, to be refused and written down as the door's own refusals are. */
class Refused extends Error {
  readonly because: Refusal

  constructor(because: Refusal) {
    super(because)
    this.because = because
  }
}

/** Refuses, from within an act that passes the door: nothing of the act is kept, and the refusal is written down. */
export function refuse(because: Refusal): never {
  throw new Refused(because)
}

/**
 * Lets an act through, or refuses it. What the decision rests on is read and locked in the transaction of the act, so
 * that nobody can be suspended, no authority revoked and no hold placed in between.
 *
 * @returns what `act` returned, once it is committed
 * @throws Fault `people.refused`, after the refusal was committed; `people.unknown` for a pseudonym that nobody has
 */
export async function pass<T>(
  database: Database,
  asked: Asked,
  act: (tx: Transaction, grant: Grant) => Promise<T>,
): Promise<T> {
  try {
    return await database.transaction(async (tx) => act(tx, await grantOf(tx, asked)))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { by, subject, purpose } = asked
    const about = { ...(subject && { subject }), ...(purpose && { purpose }) }
    const id = await recordRefusal(
      database,
      { by, act: asked.act, because: error.because, ...about },
      asked.at,
    )
    const words = `refused: ${REFUSAL_WORDS[error.because]} (${error.because}, ${id})`
    throw new Fault('people.refused', words, { cause: error })
  }
}

async function grantOf(tx: Transaction, asked: Asked): Promise<Grant> {
  const { by, act, purpose, subject, at } = asked
  const situation = await situationOf(tx, asked)
  const decision = decide(situation)
  if (decision.kind === 'refused') return refuse(decision.because)
  const advice = await adviceTo(tx, [by, ...(situation.facts.earlier ?? [])], act)
  return {
    ...{ by, act, roles: decision.roles, at: at.toISOString() },
    ...(purpose && { purpose }),
    ...(subject && { subject }),
    ...(decision.basis && { basis: decision.basis }),
    ...(decision.override !== undefined && { override: decision.override }),
    ...(advice.length > 0 && { advice }),
  }
}

/** Acts that leave the item as it is: several may be under way. */
const READS: ReadonlySet<Act> = new Set([
  'view',
  'process',
  'export',
  'propose-export',
  'read-item',
  'assess',
])

async function situationOf(tx: Transaction, asked: Asked): Promise<Situation> {
  const { by, act, purpose, subject, at } = asked
  const person: Person = await lockPerson(tx, by, 'share')
  const item =
    subject?.kind === 'item'
      ? await itemStanding(tx, subject.id, READS.has(act) ? 'share' : 'change')
      : undefined
  const given = typeof asked.facts === 'function' ? await asked.facts(tx) : (asked.facts ?? {})
  const cases = casesOf(asked, item)
  const about = aboutOf(cases, subject)
  const override = await overrideOn(tx, about, at)
  return {
    ...{ person, act, cases, facts: given, at: at.toISOString() },
    ...(purpose && { purpose }),
    ...(subject && { subject }),
    ...(subject?.kind === 'item' && { item: itemFacts(item, asked.caseNumber, given) }),
    allocated: await allocatedTo(tx, by, cases),
    hasConflict: await hasConflict(tx, by, aboutOf([...cases, ...(item?.cases ?? [])], subject)),
    authorities: await authoritiesInForce(tx, act, by, at),
    ...(override !== undefined && { override }),
    isTrained: await isTrained(tx, by, at),
  }
}

/** The case that was named, else those of the item: whoever names one acts in that one alone. */
function casesOf({ caseNumber, subject }: Asked, item: ItemStanding | undefined): readonly string[] {
  if (caseNumber !== undefined) return [caseNumber]
  if (subject?.kind === 'case') return [subject.id]
  return item?.cases ?? []
}

function aboutOf(cases: readonly string[], subject: Subject | undefined): RiskSubject[] {
  const about: RiskSubject[] = cases.map((id) => ({ kind: 'case', id }))
  if (subject?.kind === 'item' || subject?.kind === 'person')
    about.push({ kind: subject.kind, id: subject.id })
  return about
}

/** An id that nobody has, or an item that is not part of the case that was named, is found here. */
function itemFacts(
  item: ItemStanding | undefined,
  caseNumber: string | undefined,
  given: Facts,
): NonNullable<Situation['item']> {
  if (item === undefined) return { state: 'unknown', isHeld: false, isInCase: false }
  const isHeld = item.isHeld || given.item?.held === true
  const state = given.item?.state === 'destroyed' ? 'destroyed' : item.state
  return { state, isHeld, isInCase: caseNumber === undefined || item.cases.includes(caseNumber) }
}
