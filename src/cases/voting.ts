/** Voting: what several people's grades of one item come to, and for whom a case then waits. */
import type { CaseItem, CaseState, Decided, Vote, VotePolicy, VoteRound } from '#terms/casework'

/** What stands of an item after some votes. */
export type Standing =
  | { readonly kind: 'waiting'; readonly round: VoteRound }
  | { readonly kind: 'split'; readonly round: VoteRound }
  | ({ readonly kind: 'decided' } & Pick<Decided, 'grades' | 'annotation' | 'how'>)

/** Blind votes that each policy asks for before they are compared. */
const BLIND: Readonly<Record<VotePolicy, number>> = { one: 1, two: 2, three: 3 }

/**
 * What the votes on an item come to. Votes agree where they give the same category in every scheme that both graded in,
 * and graded in one scheme together at least.
 *
 * @param votes those that count, in the order of their rounds
 */
export function standingOf(policy: VotePolicy, votes: readonly Vote[]): Standing {
  const blind = BLIND[policy]
  const [first] = votes
  if (!first || votes.length < blind) return { kind: 'waiting', round: roundAfter(votes.length) }
  const last = votes.at(-1) ?? first
  if (votes.length > blind) return decidedBy(last, 'adjudicated')
  if (blind === 1) return decidedBy(first, 'one')
  if (votes.every((vote) => agree(first, vote))) return decidedBy(first, 'agreed')
  const pair = votes.find((one) => votes.some((other) => other !== one && agree(one, other)))
  // Of three the two who agree; of two nobody.
  return pair ? decidedBy(pair, 'adjudicated') : { kind: 'split', round: roundAfter(votes.length) }
}

function roundAfter(votes: number): VoteRound {
  return Math.min(votes + 1, 4) as VoteRound
}

function decidedBy({ grades, annotation }: Vote, how: Decided['how']): Standing {
  return { kind: 'decided', grades, annotation, how }
}

/** True where two votes give the same category in each scheme that both know, and know one together. */
export function agree(one: Pick<Vote, 'grades'>, other: Pick<Vote, 'grades'>): boolean {
  const categories = new Map(one.grades.map(({ scheme, category }) => [scheme, category]))
  const shared = other.grades.filter(({ scheme }) => categories.has(scheme))
  return shared.length > 0 && shared.every(({ scheme, category }) => categories.get(scheme) === category)
}

/** For whom a case waits, by how its items stand. */
export function caseStateOf(items: readonly Pick<CaseItem, 'state'>[], before: CaseState): CaseState {
  if (before === 'closed') return 'closed'
  const has = (...states: readonly CaseItem['state'][]): boolean =>
    items.some(({ state }) => states.includes(state))
  if (has('near', 'none', 'unknown')) return 'waiting'
  if (has('voted')) return 'second'
  if (has('split')) return 'third'
  // What has no item is a concern in words: a person reads it and closes it.
  if (items.length === 0) return 'waiting'
  return has('new') ? 'screening' : 'decided'
}

/** The purpose that a round is voted for. @param blind how many blind votes the policy asks for */
export function purposeOfRound(
  policy: VotePolicy,
  round: VoteRound,
): 'assess' | 'second-review' | 'adjudicate' {
  if (round === 1) return 'assess'
  return round <= BLIND[policy] ? 'second-review' : 'adjudicate'
}

/** True where a grade of this round is given without sight of another's. */
export function isBlindRound(policy: VotePolicy, round: VoteRound): boolean {
  return round <= BLIND[policy]
}

/** How many people an item asks for: as is set, or one more where what was decided of it is under review by sample. */
export function policyFor(policy: VotePolicy, { decision }: Pick<CaseItem, 'decision'>): VotePolicy {
  if (!decision || !isUnderReview(decision)) return policy
  return decision.how === 'one' ? 'two' : 'three'
}

/** True of a decision that was drawn, while nobody else's word on it has come to an end. */
export function isUnderReview({ sample }: Pick<Decided, 'sample'>): boolean {
  return sample?.isDrawn === true && sample.outcome === undefined
}
