/** Words: what the states and kinds of casework are called on a page. */
import type {
  CaseItem,
  CaseItemState,
  CaseKind,
  CaseState,
  Claim,
  Classified,
  Priority,
} from '#terms/casework'
import type { Warning } from '#terms/prioritiser'
import type { ReportChannel, ReportKind } from '#terms/report'

export const stateWords: Readonly<Record<CaseState, string>> = {
  screening: 'the machine',
  waiting: 'an analyst',
  second: 'a second person',
  third: 'a third person',
  decided: 'nobody: decided',
  closed: 'nobody: closed',
}

export const caseKindWords: Readonly<Record<CaseKind, string>> = {
  hotline: 'hotline',
  platform: 'platform',
  device: 'device',
  referral: 'referral',
  'young-people': 'young people',
  workplace: 'workplace',
}

export const itemStateWords: Readonly<Record<CaseItemState, string>> = {
  new: 'not looked at by the machine yet',
  known: 'known: the same file, nobody need look',
  near: 'near a known entry: confirm by the cheapest view',
  none: 'on none of the lists',
  unknown: 'could not be checked',
  voted: 'graded once',
  split: 'two disagree',
  decided: 'decided',
}

const warningWords: Readonly<Record<Warning, string>> = {
  'likely-explicit': 'sexually explicit',
  'likely-suggestive': 'sexually suggestive',
  'likely-drawn': 'drawn',
  'likely-violent': 'violent',
}

/** What a model said of a picture, as a warning before a look; undefined where it said nothing to be warned of. */
export function classifiedWords(said: Classified | undefined): string | undefined {
  if (!said) return undefined
  if (said.because !== undefined) return `${said.by} could say nothing of it.`
  if (said.warnings.length === 0) return undefined
  const what = said.warnings.map((one) => warningWords[one]).join(', ')
  return `A classifier says: likely ${what}. It is often wrong, and decides nothing.`
}

/** How a prioritiser's word moved a case; undefined where it had none. */
export function movedWords(ordered: Priority['ordered'], moved: number | undefined): string | undefined {
  if (!ordered) return undefined
  const points = ordered.points > 0 ? `+${ordered.points}` : `${ordered.points}`
  return `${ordered.by}: ${points}, ${placesWords(moved ?? 0)}`
}

function placesWords(moved: number): string {
  if (moved === 0) return 'which changes no place'
  const places = Math.abs(moved) === 1 ? '1 place' : `${Math.abs(moved)} places`
  return `${places} ${moved > 0 ? 'higher' : 'lower'} than without it`
}

export const channelWords: Readonly<Record<ReportChannel, string>> = {
  public: 'the public page',
  platform: 'a platform',
  gate: 'the gate',
  scan: 'a scan',
  partner: 'a partner',
  police: 'the police',
  analyst: 'an analyst',
}

export const reportKindWords: Readonly<Record<ReportKind, string>> = {
  material: 'material',
  page: 'a page',
  grooming: 'grooming',
  'live-abuse': 'live abuse',
  concern: 'a concern',
}

export const purposeWords: Readonly<Record<Claim['purpose'], string>> = {
  assess: 'to assess it',
  'second-review': 'as a second person',
  adjudicate: 'to settle a disagreement',
}

/** Eight digits of an item's digest, or of its own name: enough to tell it from the others. */
export function itemName({ id, hashes }: Pick<CaseItem, 'id' | 'hashes'>): string {
  return (hashes.sha256 ?? hashes.sha1 ?? hashes.md5)?.slice(0, 8) ?? id.slice(2, 10)
}
