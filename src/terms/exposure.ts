/** Exposure: what looking at material costs a person, and how they stand with it on a day. */
import { CASE_KINDS } from './casework.ts'
import type { ViewLevel } from './evidence.ts'
import { REPORT_KINDS } from './report.ts'

/** Units for each level: for the look itself, and for each minute of it. */
export type LevelWeights = Readonly<Record<ViewLevel, number>>

/** What looking costs, and how much of it there may be. Set by the operator; docs/guides/exposure.md says how. */
export interface ExposurePolicy {
  readonly unitsPerLook: LevelWeights
  readonly unitsPerMinute: LevelWeights
  /** For each further frame of a video in the same look. */
  readonly unitsPerFrame: LevelWeights
  /** Units of a person and a day, where nothing else is set for the person. */
  readonly budgetUnits: number
  /** From this share of the budget on the limit is near. */
  readonly nearPercent: number
  /** Units after which a break is due. */
  readonly breakAfterUnits: number
  /** So long nothing is looked at: that is a break. */
  readonly breakMinutes: number
  /** Seconds that a viewing lasts at most, where none are asked for. */
  readonly boxSeconds: number
}

/** What of the policy an operator has set. */
export type ExposureSettings = Partial<
  Omit<ExposurePolicy, 'unitsPerLook' | 'unitsPerMinute' | 'unitsPerFrame'> & {
    readonly unitsPerLook: Partial<LevelWeights>
    readonly unitsPerMinute: Partial<LevelWeights>
    readonly unitsPerFrame: Partial<LevelWeights>
  }
>

/** What a person can opt out of, without a reason: every picture, those of one level, or real material in training. */
export const OPT_OUT_CATEGORIES = ['view', 'thumbnail', 'blurred', 'region', 'full', 'training'] as const
/** What a person can opt out of taking up unasked: kinds of cases and of reports. */
export const OPT_OUT_KINDS = [...CASE_KINDS, ...REPORT_KINDS] as const
/** `category:SCHEME/CODE`: cases in which something matches an entry of that category. */
export type ContentOptOut = `kind:${(typeof OPT_OUT_KINDS)[number]}` | `category:${string}/${string}`
export type OptOutCategory = (typeof OPT_OUT_CATEGORIES)[number] | ContentOptOut

/** The form of what a person can opt out of. */
export const OPT_OUT_FORM = `^(${[
  ...OPT_OUT_CATEGORIES,
  ...OPT_OUT_KINDS.map((kind) => `kind:${kind}`),
  'category:[a-z0-9-]{1,64}/.{1,64}',
].join('|')})$`

/** Parses what somebody opts out of; undefined where it is nothing that there is. */
export function optOutCategory(untrusted: string): OptOutCategory | undefined {
  return new RegExp(OPT_OUT_FORM, 'u').test(untrusted) ? (untrusted as OptOutCategory) : undefined
}

/** An opt-out: until then, or until it is taken back. */
export interface OptOut {
  readonly id: string
  readonly category: OptOutCategory
  /** ISO 8601, UTC. */
  readonly from: string
  readonly until?: string
}

/** How a person stands. */
export type ExposureState = 'ok' | 'near' | 'break-due' | 'over' | 'opted-out'

/** One look at an item. */
export interface Look {
  readonly level: ViewLevel
  /** ISO 8601, UTC. */
  readonly from: string
  /** When it ended; when its box ends, where its end is not known. */
  readonly until: string
  /** Of the whole box, until it has ended. */
  readonly units: number
}

/** Everything that a person's exposure on a day is told from. */
export interface ExposureDay {
  /** The day, UTC. */
  readonly day: string
  /** Looks of this day, by when they began. */
  readonly looks: readonly Look[]
  /** Looks of the day before: a break that is due does not end at midnight, which is somewhere in the middle of work. */
  readonly before?: readonly Look[]
  readonly trainingUnits: number
  readonly breaks: readonly { readonly from: string; readonly until: string }[]
  /** Those that are in force. */
  readonly optOuts: readonly OptOut[]
  /** The person's own budget, where one is set. */
  readonly budgetUnits?: number
}
