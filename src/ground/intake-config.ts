/** Intake config: the keys of the desk's configuration that are about reports and where they come from. */
import { REPORT_CHANNELS, REPORTER_TRUSTS, type ReportChannel, type ReporterTrust } from '#terms/report'
import {
  flag,
  httpAddress,
  keysOf,
  keysWith,
  oneOf,
  type Parser,
  several,
  text,
  whole,
  wrong,
} from './config-values.ts'

/** What of the gate's verdicts becomes a report by itself. `hold`: a block, too. */
export const REPORT_GATES = ['off', 'block', 'hold'] as const

/** Whom somebody can turn to. Shown only where somebody has checked it, not too long ago. */
export interface Contact {
  readonly name: string
  readonly about?: string
  readonly phone?: string
  readonly address?: string
  /** `child`: support for children and young people, shown first; `danger`: who is called where a child is in danger now. */
  readonly for: 'child' | 'danger' | 'anybody'
  /** Day on which it was found to be right, as 2026-05-01. */
  readonly checkedOn?: string
}

/** What is set of reports; what is absent has its default. */
export interface IntakeConfig {
  readonly reportGate?: (typeof REPORT_GATES)[number]
  /** The page on which anybody reports; off unless set. */
  readonly publicPage?: boolean
  /** Who runs it, as the page says. */
  readonly organisation?: string
  readonly contacts?: readonly Contact[]
  /** A check of a contact counts for so long; 365 unless set. */
  readonly contactDays?: number
  /** Where the quick exit of the page leads. */
  readonly exitAddress?: string
  /** How much later the reference code shows what became of a report; 24 unless set. */
  readonly outcomeHours?: number
  /** How long words, address and contact of a closed report are kept; until somebody weeds them unless set. */
  readonly wordsDays?: number
  /** By the names of their keys: how reports of clients come, and how far they were right. */
  readonly reporters?: Readonly<
    Record<string, { readonly channel?: ReportChannel; readonly trust?: ReporterTrust }>
  >
}

const CONTACTS_MAX = 30
const DAYS_MAX = 3660
const HOURS_MAX = 720
const REPORTERS_MAX = 1000
const CLIENT = /^[A-Za-z0-9_.-]{1,64}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/

export function intakeKeys(): Readonly<Record<keyof IntakeConfig, Parser>> {
  const contact = {
    ...{ name: text, about: text, phone: text, address: httpAddress, checkedOn: day },
    for: oneOf(['child', 'danger', 'anybody']),
  }
  return {
    reportGate: oneOf(REPORT_GATES),
    publicPage: flag,
    organisation: text,
    contacts: several(keysWith(contact, ['name', 'for']), CONTACTS_MAX),
    contactDays: whole(1, DAYS_MAX),
    exitAddress: httpAddress,
    outcomeHours: whole(0, HOURS_MAX),
    wordsDays: whole(1, DAYS_MAX),
    reporters: reportersOf,
  }
}

const day: Parser<string> = (untrusted, place) => {
  if (typeof untrusted !== 'string' || !DAY.test(untrusted) || Number.isNaN(Date.parse(untrusted)))
    throw wrong(place, 'a day in quotes, as "2026-05-01"')
  return untrusted
}

const reportersOf: Parser = (untrusted, place) => {
  const names = typeof untrusted === 'object' && untrusted !== null ? Object.keys(untrusted) : []
  if (names.length > REPORTERS_MAX || !names.every((name) => CLIENT.test(name)))
    throw wrong(place, `at most ${REPORTERS_MAX} names of keys`)
  const terms = keysOf({ channel: oneOf(REPORT_CHANNELS), trust: oneOf(REPORTER_TRUSTS) })
  return keysOf(Object.fromEntries(names.map((name) => [name, terms])))(untrusted, place)
}
