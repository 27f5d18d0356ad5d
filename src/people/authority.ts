/** Authority: what a written authority covers (Memorandum on section 46, paragraphs 23 to 25). */
import type { Act, Authority, AuthorityPurpose, Person, Purpose } from '#terms/people'

/** Which of the three purposes of paragraph 24 each purpose serves. */
const SERVES: Readonly<Record<Purpose, readonly AuthorityPurpose[]>> = {
  assess: ['investigate-offence'],
  'second-review': ['investigate-offence'],
  adjudicate: ['investigate-offence'],
  'confirm-near': ['investigate-offence', 'prevent-another'],
  report: ['investigate-offence', 'prevent-another'],
  investigate: ['investigate-offence'],
  preserve: ['preserve-evidence'],
  proceedings: ['investigate-offence', 'preserve-evidence'],
  'identify-child': ['investigate-offence', 'prevent-another'],
  advice: ['investigate-offence'],
  appeal: ['investigate-offence'],
  screen: ['investigate-offence', 'prevent-another'],
  training: ['investigate-offence', 'prevent-another'],
  integrity: ['preserve-evidence'],
}

/** The condition that is held by the program: whoever acts has training that holds. Others are words. */
export const TRAINING_CONDITION = 'training'

/** What is asked of an authority. */
export interface Covering {
  readonly person: Person
  readonly act: Act
  readonly purpose?: Purpose
  /** Cases that the act is in. */
  readonly cases: readonly string[]
  readonly host?: string
  readonly list?: string
  readonly isTrained: boolean
  /** ISO 8601, UTC. */
  readonly at: string
}

/** Whether an authority covers an act: not at all, but for a condition, or fully. */
export function covers(authority: Authority, asked: Covering): 'no' | 'conditions' | 'yes' {
  if (!isInForce(authority, asked.at) || !isFor(authority, asked) || !isInScope(authority, asked)) return 'no'
  const isReviewed = authority.reviewAt === undefined || asked.at <= authority.reviewAt
  const isTrained = !authority.conditions.includes(TRAINING_CONDITION) || asked.isTrained
  return isReviewed && isTrained ? 'yes' : 'conditions'
}

/** True from its first moment to its last, and not once it was revoked. */
export function isInForce({ from, until, revokedAt }: Authority, at: string): boolean {
  return from <= at && at < until && (revokedAt === undefined || at < revokedAt)
}

function isFor(
  { acts, purposes, people, departments }: Authority,
  { act, purpose, person }: Covering,
): boolean {
  const isOpen = people.length === 0 && departments.length === 0
  const isNamed = people.includes(person.id) || departments.some((one) => person.departments.includes(one))
  const isMeant = purpose !== undefined && SERVES[purpose].some((one) => purposes.includes(one))
  return acts.includes(act) && isMeant && (isOpen || isNamed)
}

/** A bound that is set is met only by an act that says where it stands: what names nothing is outside. */
function isInScope({ scope }: Authority, { cases, host, list }: Covering): boolean {
  if (scope.cases && !cases.some((one) => scope.cases?.includes(one))) return false
  if (scope.hosts && !(host !== undefined && scope.hosts.includes(host))) return false
  return !scope.lists || (list !== undefined && scope.lists.includes(list))
}
