/** Exposure: what looks cost by level and time, and how a person stands with their day: pure. */
import type { ViewLevel } from '#terms/evidence'
import type {
  ExposureDay,
  ExposurePolicy,
  ExposureSettings,
  ExposureState,
  Look,
  OptOut,
  OptOutCategory,
} from '#terms/exposure'
import type { Purpose } from '#terms/people'

/**
 * The weights and limits where nothing else is configured. They are a start and no finding: whoever answers for the people
 * who look sets them, with those people.
 */
export const EXPOSURE_POLICY: ExposurePolicy = {
  unitsPerLook: { card: 0, thumbnail: 1, blurred: 2, region: 5, full: 10 },
  unitsPerMinute: { card: 0, thumbnail: 4, blurred: 8, region: 30, full: 60 },
  unitsPerFrame: { card: 0, thumbnail: 1, blurred: 1, region: 2, full: 3 },
  budgetUnits: 3600,
  nearPercent: 80,
  breakAfterUnits: 900,
  breakMinutes: 15,
  boxSeconds: 60,
}

/** The policy with what an operator has set in place of its own. */
export function exposurePolicy({
  unitsPerLook,
  unitsPerMinute,
  unitsPerFrame,
  ...set
}: ExposureSettings = {}): ExposurePolicy {
  return {
    ...EXPOSURE_POLICY,
    ...set,
    unitsPerLook: { ...EXPOSURE_POLICY.unitsPerLook, ...unitsPerLook },
    unitsPerMinute: { ...EXPOSURE_POLICY.unitsPerMinute, ...unitsPerMinute },
    unitsPerFrame: { ...EXPOSURE_POLICY.unitsPerFrame, ...unitsPerFrame },
  }
}

const MINUTE_MILLISECONDS = 60_000

/** What a look at a level costs that lasts so long and shows so many frames, in whole units, rounded up. */
export function unitsOf(
  { unitsPerLook, unitsPerMinute, unitsPerFrame }: ExposurePolicy,
  level: ViewLevel,
  milliseconds: number,
  frames = 1,
): number {
  const looked = unitsPerLook[level] + unitsPerFrame[level] * Math.max(0, frames - 1)
  return looked + Math.ceil((unitsPerMinute[level] * milliseconds) / MINUTE_MILLISECONDS)
}

/** A look that is asked for. */
export interface LookAsked {
  readonly level: ViewLevel
  readonly purpose: Purpose
  readonly boxSeconds: number
  /** Of a video; one unless given. */
  readonly frames?: number
}

/** How a person stands. */
export interface Standing {
  readonly state: ExposureState
  /** Units of the day: looks, and training. */
  readonly units: number
  readonly budgetUnits: number
  /** Units since the last break. */
  readonly sinceBreakUnits: number
  /** Where a break is due or taken: when it is over, if nothing is looked at until then. */
  readonly breakUntil?: string
}

/**
 * How a person stands; before a look that is asked for, with the whole of its box counted. A hash card shows no pixel: no
 * budget, break or opt-out keeps anybody from it.
 */
export function standing(
  policy: ExposurePolicy,
  day: ExposureDay,
  now: Date,
  asked: LookAsked | undefined = undefined,
): Standing {
  const { looks, trainingUnits, budgetUnits = policy.budgetUnits } = day
  const units = looks.reduce((sum, look) => sum + look.units, trainingUnits)
  const run = runSinceBreak(policy, [...(day.before ?? []), ...looks], now)
  const sinceBreakUnits = run.reduce((sum, look) => sum + look.units, 0)
  const breakUntil = breakEnd(policy, day, run, sinceBreakUnits, now)
  const more = asked ? unitsOf(policy, asked.level, asked.boxSeconds * 1000, asked.frames) : 0
  const told = {
    units,
    budgetUnits,
    sinceBreakUnits,
    ...(breakUntil !== undefined && { breakUntil }),
  }
  if (asked?.level === 'card') return { state: 'ok', ...told }
  if (isOptedOut(day.optOuts, asked)) return { state: 'opted-out', ...told }
  if (asked ? units + more > budgetUnits : units >= budgetUnits) return { state: 'over', ...told }
  if (breakUntil !== undefined) return { state: 'break-due', ...told }
  const isNear = (units + more) * 100 >= budgetUnits * policy.nearPercent
  return { state: isNear ? 'near' : 'ok', ...told }
}

/** Looks since nothing was looked at for as long as a break lasts. A look at no pixel breaks no break. */
function runSinceBreak({ breakMinutes }: ExposurePolicy, looks: readonly Look[], now: Date): Look[] {
  const run: Look[] = []
  let next = now.getTime()
  // By when they ended: of two at the same time the one that was begun first may have ended last.
  const byEnd = looks.toSorted((a, b) => Date.parse(b.until) - Date.parse(a.until))
  for (const look of byEnd) {
    if (look.level === 'card') continue
    if (next - Date.parse(look.until) >= breakMinutes * MINUTE_MILLISECONDS) break
    run.push(look)
    next = Math.min(next, Date.parse(look.from))
  }
  return run
}

/** When the break is over that is due, or is being taken. */
function breakEnd(
  { breakAfterUnits, breakMinutes }: ExposurePolicy,
  { breaks }: ExposureDay,
  run: readonly Look[],
  sinceBreakUnits: number,
  now: Date,
): string | undefined {
  const taken = breaks.filter(
    ({ from, until }) => Date.parse(from) <= now.getTime() && now.getTime() < Date.parse(until),
  )
  const ends = taken.map(({ until }) => Date.parse(until))
  if (sinceBreakUnits >= breakAfterUnits) {
    const last = Math.max(...run.map(({ until }) => Date.parse(until)))
    ends.push(last + breakMinutes * MINUTE_MILLISECONDS)
  }
  return ends.length === 0 ? undefined : new Date(Math.max(...ends)).toISOString()
}

/** True where an opt-out covers what is asked for; without a question, where one covers every picture. */
function isOptedOut(optOuts: readonly OptOut[], asked: LookAsked | undefined): boolean {
  const covering: OptOutCategory[] = ['view']
  if (asked && asked.level !== 'card') covering.push(asked.level)
  if (asked?.purpose === 'training') covering.push('training')
  return optOuts.some(({ category }) => covering.includes(category))
}

/** Counts of people under this are not told. */
export const HIDDEN_UNDER = 5

/** What supervisors see of a day: of several people together, or nothing. */
export interface DayTotal {
  readonly day: string
  readonly counts?: {
    readonly people: number
    readonly looks: number
    readonly units: number
    readonly unitsPerPerson: number
  }
}

/** The total of a day, hidden where so few looked that it would tell of one of them. */
export function totalOf(
  day: string,
  { people, looks, units }: { readonly people: number; readonly looks: number; readonly units: number },
): DayTotal {
  if (people < HIDDEN_UNDER) return { day }
  return { day, counts: { people, looks, units, unitsPerPerson: Math.round(units / people) } }
}
