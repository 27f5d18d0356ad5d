/** Find: something was found: by whom, how and when; why its report waits, when it was made, and who was told. */
import type { Signed } from '#store/append'
import { openCasesOf } from '#store/case-clocks'
import { lockCase } from '#store/cases'
import type { Database, Transaction } from '#store/database'
import {
  type DiscoveryRecord,
  discoveriesOpen,
  discoveryNamed,
  type FindSubject,
  recordDelay,
  recordDiscovery,
  recordReport,
  recordTelling,
} from '#store/discoveries'
import { lockPerson } from '#store/people'
import type { DiscoveryWay, ReportedTo } from '#terms/evidence'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import { reclock } from '../intake/clocks.ts'
import { wordsOf } from './words.ts'

/** What finds are written down with. */
export interface FindDesk {
  readonly database: Database
  now(): Date
}

/** A find, as whoever found it or heard of it tells it. */
export interface FindTold {
  readonly subject: FindSubject
  readonly way: DiscoveryWay
  readonly how: string
  readonly discoveredAt: Date
  /** Somebody else who found it; whoever writes it down, unless given. */
  readonly discoveredBy?: PersonId
  readonly dueAt?: Date
}

/**
 * Writes a find down, from which its clock runs. Of one that names somebody else it stays on record that they did not
 * say so themself.
 *
 * @returns its id
 * @throws Fault `people.refused`, `evidence.refused`; `people.unknown` for a finder that nobody is
 */
export function found(desk: FindDesk, by: PersonId, told: FindTold): Promise<string> {
  const { discoveredBy, ...given } = told
  const how = wordsOf(told.how, 'how it was found')
  return recorded(desk, by, given.subject, async (tx, signed) => {
    if (discoveredBy !== undefined) await lockPerson(tx, discoveredBy, 'share') // there is such a person
    const finder = discoveredBy === undefined ? {} : { discoveredBy: `person:${discoveredBy}` }
    const id = await recordDiscovery(tx, { ...given, how, ...finder }, signed)
    await clocksAfter(tx, told.subject, signed)
    return id
  })
}

/** Writes down why a report waits (paragraph 16). @throws Fault `people.refused`, `evidence.unknown`, `evidence.refused` */
export async function delayed(desk: FindDesk, by: PersonId, id: string, reason: string): Promise<void> {
  const words = wordsOf(reason, 'why the report waits')
  const { subject } = await discoveryNamed(desk.database, id)
  await recorded(desk, by, subject, (tx, signed) => recordDelay(tx, id, words, signed))
}

/** Writes a report down, which stops the clock. @throws Fault `people.refused`, `evidence.unknown`, `evidence.refused` */
export async function reported(
  desk: FindDesk,
  by: PersonId,
  id: string,
  {
    to,
    reportedAt,
    reference,
  }: { readonly to: ReportedTo; readonly reportedAt: Date; readonly reference?: string },
): Promise<DiscoveryRecord> {
  const given = {
    ...{ to, reportedAt },
    ...(reference !== undefined && { reference: wordsOf(reference, 'its reference') }),
  }
  const { subject } = await discoveryNamed(desk.database, id)
  return recorded(desk, by, subject, async (tx, signed) => {
    await recordReport(tx, id, given, signed)
    await clocksAfter(tx, subject, signed)
    return discoveryNamed(tx, id)
  })
}

/** The cases that the find is about stand by its clock as well. */
async function clocksAfter(tx: Transaction, subject: FindSubject, signed: Signed): Promise<void> {
  for (const number of await openCasesOf(tx, subject)) await reclock(tx, await lockCase(tx, number), signed)
}

/** Writes down that somebody was told. @returns its id @throws Fault `people.refused`, `evidence.refused` */
export function told(
  desk: FindDesk,
  by: PersonId,
  given: { readonly subject: FindSubject; readonly told: string; readonly what: string; readonly at: Date },
): Promise<string> {
  const words = {
    told: wordsOf(given.told, 'who was told'),
    what: wordsOf(given.what, 'what they were told'),
  }
  return recorded(desk, by, given.subject, (tx, signed) => recordTelling(tx, { ...given, ...words }, signed))
}

/** Finds that are not reported yet, those that wait longest first. @throws Fault `people.refused` */
export function openFinds(desk: FindDesk, by: PersonId): Promise<DiscoveryRecord[]> {
  return pass(desk.database, { by, act: 'read-records', at: desk.now() }, discoveriesOpen)
}

function recorded<T>(
  { database, now }: FindDesk,
  by: PersonId,
  subject: FindSubject,
  work: (tx: Transaction, signed: Signed) => Promise<T>,
): Promise<T> {
  const at = now()
  const asked = { by, act: 'record-discovery', subject, at } as const
  return pass(database, asked, (tx) => work(tx, { actor: `person:${by}`, at }))
}
