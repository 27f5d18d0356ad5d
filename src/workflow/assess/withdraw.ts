/** Withdraw: a person takes their own word back, as long as it is the only one. */
import { policyFor, standingOf } from '#cases/voting'
import { caseItemNamed, changeCaseItem, lockCaseItem } from '#store/case-items'
import { lockCase } from '#store/cases'
import { isGolden } from '#store/golden'
import { voteNamed, votesOn, withdrawVote } from '#store/votes'
import type { Case, CaseItem, Vote } from '#terms/casework'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import type { AssessDesk } from './desk.ts'
import { caseAfter } from './vote.ts'

/**
 * Takes a vote back. It stays on record that it was given.
 *
 * @throws Fault `evidence.unknown` also for another's; `evidence.refused` once the item is decided or where another has voted:
 *   whoever votes is shown the others' grades, and would grade anew with them in sight; `people.refused`, on record
 */
export async function takeBack(desk: AssessDesk, by: PersonId, id: string): Promise<Case> {
  const { database } = desk
  const cast = await voteNamed(database, id)
  if (cast.by !== by) throw new Fault('evidence.unknown', `there is no vote ${id} of yours`)
  const { caseNumber } = await caseItemNamed(database, cast.item)
  const at = desk.now()
  const asked = { by, act: 'withdraw-vote', subject: { kind: 'case', id: caseNumber }, at } as const
  return pass(database, asked, async (tx) => {
    const signed = { actor: `person:${by}`, at } as const
    const before = await lockCase(tx, caseNumber)
    const item = await lockCaseItem(tx, cast.item)
    const votes = await votesOn(tx, [item.id])
    if (!isOpen(desk, item, votes, cast))
      throw new Fault(
        'evidence.refused',
        'another has graded it, too, and what each graded is shown to both: both stay',
      )
    if (await isGolden(tx, item.id))
      throw new Fault('evidence.refused', 'its answer was told: what was graded before stays')
    if (!(await withdrawVote(tx, id, at))) throw new Fault('evidence.refused', 'it was taken back already')
    const event = { kind: 'case-item.vote-withdrawn', body: { vote: id, round: cast.round } }
    await changeCaseItem(tx, item, { state: stateWithout(desk, item, votes.slice(0, -1)) }, event, signed)
    return caseAfter(tx, before, signed)
  })
}

/** True of a vote that can still be taken back: the only one, on an item that was never decided by it. */
export function isOpen(
  { policy }: Pick<AssessDesk, 'policy'>,
  item: Pick<CaseItem, 'state' | 'decision'>,
  votes: readonly Vote[],
  cast: Vote,
): boolean {
  const isOnly = votes.length === 1 && votes[0]?.id === cast.id
  // Of what was decided, and is under review by sample, the votes that it was decided by stay.
  if (!isOnly || item.state === 'decided' || item.decision !== undefined) return false
  return standingOf(policyFor(policy, item), votes).kind !== 'decided'
}

/** How an item stands without its last vote: as the machine left it, or as the vote before left it. */
export function stateWithout(
  { policy }: Pick<AssessDesk, 'policy'>,
  { screening, decision }: CaseItem,
  votes: readonly Vote[],
): CaseItem['state'] {
  const asked = policyFor(policy, decision ? { decision } : {})
  if (votes.length > 0) return standingOf(asked, votes).kind === 'split' ? 'split' : 'voted'
  const outcome = screening?.outcome ?? 'unknown'
  return outcome === 'same' ? 'near' : outcome
}
