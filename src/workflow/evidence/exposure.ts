/** Exposure: what a person sees of their own looking, their breaks and opt-outs, and the totals that others see. */
import type { Vocabularies } from '#lists/vocabularies'
import { type DayTotal, type Standing, standing, totalOf } from '#people/exposure'
import type { Database, Session } from '#store/database'
import { daySums, exposureDay, optIn, optOut, setBudget, takeBreak } from '#store/exposure'
import type { ExposureDay, ExposurePolicy, OptOut, OptOutCategory } from '#terms/exposure'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'

/** What exposure needs. */
export interface ExposureDesk {
  readonly database: Database
  readonly exposure: ExposurePolicy
  /** The categories that can be opted out of; without them none can. */
  readonly vocabularies?: Pick<Vocabularies, 'schemes'>
  now(): Date
}

/** A person's own exposure: everything that is told of it, to them alone. */
export interface OwnExposure {
  readonly day: string
  readonly standing: Standing
  readonly looks: ExposureDay['looks']
  readonly trainingUnits: number
  readonly breaks: ExposureDay['breaks']
  readonly optOuts: readonly OptOut[]
  readonly policy: ExposurePolicy
}

const BREAK_MINUTES_MAX = 24 * 60
const OPT_OUT_DAYS_MAX = 3650
const BUDGET_UNITS_MAX = 1_000_000
const TOTAL_DAYS_MAX = 366
const DAY_MILLISECONDS = 86_400_000

/** What a person's day amounts to so far. @throws Fault `people.refused` */
export function ownExposure(desk: ExposureDesk, by: PersonId): Promise<OwnExposure> {
  return self(desk, by, (session, at) => told(desk, session, by, at))
}

async function told(desk: ExposureDesk, session: Session, by: PersonId, at: Date): Promise<OwnExposure> {
  const { before, budgetUnits, ...day } = await exposureDay(session, by, at)
  const whole = { ...day, ...(before && { before }), ...given(budgetUnits) }
  return { ...day, standing: standing(desk.exposure, whole, at), policy: desk.exposure }
}

function given(budgetUnits: number | undefined): { budgetUnits?: number } {
  return budgetUnits === undefined ? {} : { budgetUnits }
}

/** Takes a break for some minutes: nothing is shown to the person until it is over. @returns their exposure with it */
export function ownBreak(desk: ExposureDesk, by: PersonId, minutes: number): Promise<OwnExposure> {
  if (!(Number.isSafeInteger(minutes) && minutes >= 1 && minutes <= BREAK_MINUTES_MAX))
    throw new Fault('request.invalid', `a break lasts from 1 to ${BREAK_MINUTES_MAX} minutes`)
  return self(desk, by, async (tx, at) => {
    const until = new Date(at.getTime() + minutes * 60_000)
    await takeBreak(tx, by, until, { actor: `person:${by}`, at })
    return told(desk, tx, by, at)
  })
}

/**
 * Opts out, for a while or until it is taken back. No reason is asked for.
 *
 * @returns the opt-out's id
 * @throws Fault `people.refused`; `request.invalid` for a category that no scheme has: it would keep nothing away
 */
export function ownOptOut(
  desk: ExposureDesk,
  by: PersonId,
  { category, until }: { readonly category: OptOutCategory; readonly until?: Date },
): Promise<string> {
  return self(desk, by, (tx, at) => {
    refuseUnknown(desk, category)
    const isToCome =
      until === undefined ||
      (until > at && until.getTime() - at.getTime() < OPT_OUT_DAYS_MAX * DAY_MILLISECONDS)
    if (!isToCome) throw new Fault('request.invalid', 'an opt-out ends at a time to come, or is taken back')
    return optOut(tx, by, category, until, { actor: `person:${by}`, at })
  })
}

function refuseUnknown({ vocabularies }: ExposureDesk, category: OptOutCategory): void {
  const [, name = '', code] = /^category:([^/]+)\/(.+)$/.exec(category) ?? []
  if (code === undefined) return
  const scheme = vocabularies?.schemes.get(name)
  const isKnown = scheme !== undefined && (scheme.open || scheme.codes.some((one) => one.code === code))
  if (!isKnown) throw new Fault('request.invalid', `no scheme has the category ${name} ${code}`)
}

/** Takes an opt-out back. @throws Fault `evidence.unknown` */
export function ownOptIn(desk: ExposureDesk, by: PersonId, id: string): Promise<void> {
  return self(desk, by, (tx, at) => optIn(tx, by, id, { actor: `person:${by}`, at }))
}

function self<T>(
  { database, now }: ExposureDesk,
  by: PersonId,
  act: (tx: Parameters<typeof optIn>[0], at: Date) => Promise<T>,
): Promise<T> {
  const at = now()
  const subject = { kind: 'person', id: by } as const
  return pass(database, { by, act: 'read-own-exposure', subject, at }, (tx) => act(tx, at))
}

/** Sets the budget of another person; the deployment's own where no units are given. @throws Fault `people.refused` */
export function setPersonBudget(
  { database, now }: ExposureDesk,
  by: PersonId,
  person: PersonId,
  units: number | undefined,
): Promise<void> {
  if (units !== undefined && !(Number.isSafeInteger(units) && units >= 0 && units <= BUDGET_UNITS_MAX))
    throw new Fault('request.invalid', `a budget is a whole number up to ${BUDGET_UNITS_MAX}`)
  const at = now()
  const subject = { kind: 'person', id: person } as const
  return pass(database, { by, act: 'set-budget', subject, at }, (tx) =>
    setBudget(tx, person, units, { actor: `person:${by}`, at }),
  )
}

/**
 * Totals of days that are over: the people who looked have seen theirs by then. Days on which fewer than five looked are told
 * without any count.
 *
 * @throws Fault `people.refused`; `request.invalid`
 */
export function exposureTotals(
  { database, now }: ExposureDesk,
  by: PersonId,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<DayTotal[]> {
  const at = now()
  const yesterday = new Date(at.getTime() - DAY_MILLISECONDS).toISOString().slice(0, 10)
  const last = to < yesterday ? to : yesterday
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MILLISECONDS
  const isSpan =
    [from, to].every((day) => /^\d{4}-\d\d-\d\d$/.test(day)) && days >= 0 && days < TOTAL_DAYS_MAX
  if (!isSpan) throw new Fault('request.invalid', `from and to are days, at most ${TOTAL_DAYS_MAX} apart`)
  const subject = { kind: 'deployment', id: 'exposure' } as const
  return pass(database, { by, act: 'read-exposure-totals', subject, at }, async (tx) => {
    const sums = from <= last ? await daySums(tx, from, last) : []
    return sums.map(({ day, ...counts }) => totalOf(day, counts))
  })
}
