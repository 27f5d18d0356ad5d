/** Weigh: the hits of one item in the register, weighed by trust, judgement and known-good sets into a verdict and a decision. */
import type { Decision, Policy } from '#terms/client'
import { DECISIONS } from '#terms/client'
import type { CheckMade, GateReason, GateVerdict, RegisterMatch, RemoteSaid, SuppressedBy } from '#terms/gate'
import type { IndexedRegisterList, PdqAsked, RegisterHit } from '#terms/lookup'
import type { Trust } from '#terms/register'
import { NOTHING_TO_ASK } from '#terms/remote'
import { STRENGTH } from '#terms/verdict'

/** What is weighed. Everything that decides is in it: nothing is looked up, no clock is read. */
export interface Weighing {
  readonly hits: readonly RegisterHit[]
  /** True when the look-up listed not all that it hit. */
  readonly more: boolean
  /** The lists that whoever asks is answered from; a hit of any other list does not count in any way. */
  readonly lists: ReadonlyMap<number, IndexedRegisterList>
  /** The hashes that were asked for, which PDQ hits name by their place. */
  readonly asked: readonly PdqAsked[]
  readonly checked: readonly CheckMade[]
  /** Why a check that the lists call for could not be made. */
  readonly because?: GateReason | undefined
  readonly remote?: readonly RemoteSaid[] | undefined
  readonly policy: Policy
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Weighs an item: *match* if any match counts; else *unknown* if a check could not be made; else *none*.
 *
 * A false-positive entry, and a known-good list, wins over all other matches of a file, but only when the file itself hits it
 * by SHA-256; hit in any other way it says nothing. An entry that was judged a false positive here, or is switched off, loses
 * its own matches only. Matches that do not count stay in the answer and name what they were set aside for.
 */
export function weigh(given: Weighing): GateVerdict {
  if (given.hits.length === 0 && given.remote === undefined && !given.more) return withoutHits(given)
  const seen = given.hits.filter((hit) => given.lists.has(hit.list))
  const whole = suppressor(seen, given)
  const matches = seen.filter((hit) => isAlert(hit, given)).map((hit) => matchOf(hit, given, whole))
  if (matches.length > 1) matches.sort(byStrength)
  const counted = matches.filter((match) => match.suppressedBy === undefined)
  const isRemoteMatch = given.remote?.some((said) => said.kind === 'match') ?? false
  const because = whyNot(given, counted)
  const verdict = counted.length > 0 || isRemoteMatch ? 'match' : because === undefined ? 'none' : 'unknown'
  return {
    verdict,
    ...(because !== undefined && { because }),
    decision: strictest(outcomes(counted, isRemoteMatch, because), given.policy),
    checked: given.checked,
    matches,
    more: given.more,
    ...(given.remote && { remote: given.remote }),
  }
}

/** Most items hit nothing: they are answered in short. */
function withoutHits({ because, checked, policy }: Weighing): GateVerdict {
  const rest = { checked, matches: [], more: false }
  if (because === undefined) return { verdict: 'none', decision: 'allow', ...rest }
  return { verdict: 'unknown', because, decision: policy[because === 'plain' ? 'plain' : 'unknown'], ...rest }
}

/** The stricter of two decisions, and of many: block, then hold, then allow. */
export function strictest(outcomes: readonly (keyof Policy)[], policy: Policy): Decision {
  const decided = new Set(outcomes.map((outcome) => policy[outcome]))
  return DECISIONS.find((decision) => decided.has(decision)) ?? 'allow'
}

/** Which outcomes of a client's policy apply. */
function outcomes(
  counted: readonly RegisterMatch[],
  isRemoteMatch: boolean,
  because: GateReason | undefined,
): (keyof Policy)[] {
  const confirmed = counted.filter((match) => match.trust === 'confirmed')
  const found: (keyof Policy)[] = []
  if (confirmed.some((match) => match.basis === 'sha256')) found.push('same')
  if (isRemoteMatch || confirmed.some((match) => match.basis !== 'sha256')) found.push('near')
  if (counted.length > 0 && confirmed.length === 0) found.push('doubted')
  if (because !== undefined) found.push(because === 'plain' ? 'plain' : 'unknown')
  return found
}

/** What is thought of an entry here: the judgement of whoever keeps the register, else what its publisher says. */
function trustOf(hit: RegisterHit): Trust {
  return hit.judged ?? hit.trust
}

function isDisabled(hit: RegisterHit, now: number): boolean {
  return hit.disabledUntil !== undefined && hit.disabledUntil > now
}

function isKnownGood(hit: RegisterHit, { lists }: Weighing): boolean {
  return lists.get(hit.list)?.kind === 'known-good'
}

/** True of an entry whose publisher says that it is a false positive, and of whom nobody here thinks otherwise. */
function isFalsePositive(hit: RegisterHit): boolean {
  return hit.trust === 'false-positive' && trustOf(hit) === 'false-positive'
}

/** True of a hit that is a match, whether or not it is set aside. */
function isAlert(hit: RegisterHit, given: Weighing): boolean {
  return !isKnownGood(hit, given) && !isFalsePositive(hit)
}

/** The entry for which every match of the file is set aside: hit by the file's own SHA-256, and relied on. */
function suppressor(hits: readonly RegisterHit[], given: Weighing): SuppressedBy | undefined {
  let first: RegisterHit | undefined
  for (const hit of hits) {
    const relies = isKnownGood(hit, given)
      ? trustOf(hit) === 'confirmed' || trustOf(hit) === 'reported'
      : isFalsePositive(hit)
    if (!relies || hit.basis !== 'sha256' || isDisabled(hit, given.now)) continue
    if (first === undefined || hit.entry < first.entry) first = hit
  }
  if (first === undefined) return undefined
  const kind = isKnownGood(first, given) ? 'known-good' : 'false-positive'
  return { kind, list: given.lists.get(first.list)?.name ?? '', entry: first.entry }
}

function matchOf(hit: RegisterHit, given: Weighing, whole: SuppressedBy | undefined): RegisterMatch {
  const { entry, categories, basis, distance } = hit
  const suppressedBy = suppressedOf(hit, given) ?? whole
  const asked = hit.query === undefined ? undefined : given.asked[hit.query]
  return {
    list: given.lists.get(hit.list)?.name ?? '',
    entry,
    trust: trustOf(hit),
    categories,
    basis,
    ...(distance !== undefined && { distance }),
    ...(asked && { orientation: asked.orientation, region: asked.region, frame: asked.frame }),
    ...(suppressedBy && { suppressedBy }),
  }
}

/** Why a match of this entry does not count, whatever the file. */
function suppressedOf(hit: RegisterHit, { now }: Weighing): SuppressedBy | undefined {
  if (hit.judged === 'false-positive') return { kind: 'judged', entry: hit.entry }
  return isDisabled(hit, now) ? { kind: 'disabled' } : undefined
}

/** Why the gate cannot say. That a picture is plain is the reason only where there is no other: clients may let such pass. */
function whyNot(given: Weighing, counted: readonly RegisterMatch[]): GateReason | undefined {
  const own = given.because === 'plain' ? undefined : given.because
  return own ?? whyRemote(given) ?? whyCutOff(given, counted) ?? given.because
}

function whyRemote({ remote, because }: Weighing): GateReason | undefined {
  const failed = remote?.some(
    (said) => said.kind === 'unknown' && !(because === 'plain' && said.because === NOTHING_TO_ASK),
  )
  return failed ? 'remote-failed' : undefined
}

/** Where everything listed was set aside, what was not listed might have counted. */
function whyCutOff({ more }: Weighing, counted: readonly RegisterMatch[]): GateReason | undefined {
  return more && counted.length === 0 ? 'matches-limit' : undefined
}

/** The strongest basis first, then the nearest, then the oldest entry. */
function byStrength(a: RegisterMatch, b: RegisterMatch): number {
  const strength = STRENGTH.indexOf(a.basis) - STRENGTH.indexOf(b.basis)
  return strength || (a.distance ?? 0) - (b.distance ?? 0) || a.entry - b.entry
}
