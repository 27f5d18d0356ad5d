/** Vote: one person grades an item, or its whole stack; what follows is decided and written in the same transaction. */
import { purposeOf } from '#cases/triage'
import { caseStateOf, isBlindRound, policyFor, purposeOfRound, standingOf } from '#cases/voting'
import { newId } from '#ground/id'
import type { Signed } from '#store/append'
import { caseItemNamed, changeCaseItem, itemsInCase } from '#store/case-items'
import { caseNamed, changeCase, lockCase } from '#store/cases'
import { endClaimAllocation } from '#store/claims'
import type { Session, Transaction } from '#store/database'
import { type GoldenAnswer, goldenAnswers } from '#store/golden'
import { openingsOf } from '#store/opening-records'
import { castVote, votesOn } from '#store/votes'
import type {
  Annotation,
  Basis,
  Case,
  CaseItem,
  CaseItemId,
  Grade,
  Vote,
  VotePolicy,
  VoteRound,
} from '#terms/casework'
import { VIEW_LEVELS, type ViewLevel } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import { wordsOf } from '../evidence/words.ts'
import { decideItem } from './decide.ts'
import type { AssessDesk } from './desk.ts'
import { endSample } from './sample.ts'
import { checkGrades } from './schemes.ts'

/** A grade as one person gives it. */
export interface VoteAsked {
  readonly by: PersonId
  readonly caseNumber: string
  readonly item: CaseItemId
  /** For every item of its stack but these. */
  readonly stack?: { readonly except: readonly CaseItemId[] }
  readonly grades: readonly Grade[]
  readonly annotation: Annotation
  readonly basis: Basis
  readonly rationale?: string
}

/** What a vote came to. */
export interface Voted {
  readonly votes: readonly Vote[]
  readonly case: Case
  readonly decided: readonly CaseItemId[]
  /** Of what was graded the generated pictures whose answer is known, with that answer. */
  readonly golden: readonly (GoldenAnswer & { readonly item: CaseItemId })[]
}

/** Items of one case that a decision can be made over. */
export const ITEMS_MAX = 10_000
/** What nobody grades: it is known, decided, or not looked at by the machine yet. */
const CLOSED = new Set<CaseItem['state']>(['known', 'decided', 'new'])
const SEEN_BASES: ReadonlySet<Basis> = new Set(['thumbnail', 'region', 'full'])

/**
 * Casts a vote. The first is an analyst's act, every later one a confirmation; nobody votes twice on one item.
 *
 * @throws Fault `people.refused`, on record; `evidence.refused` for an item that is decided, or for a view that nobody has had;
 *   `request.invalid` for a grade that no scheme has; `store.conflict` where somebody voted meanwhile; `evidence.unknown`
 */
export async function vote(desk: AssessDesk, asked: VoteAsked): Promise<Voted> {
  const { database } = desk
  checkGrades(desk, asked.grades)
  await caseNamed(database, asked.caseNumber) // before words are sealed: of a case that is not there no key is made
  const rationale =
    asked.rationale !== undefined &&
    (await desk.sealWords(asked.caseNumber, wordsOf(asked.rationale, 'why it is graded so')))
  const { round, policy } = await turnOf(desk, database, asked.item)
  const purpose = purposeOfRound(policy, round)
  const at = desk.now()
  const by = {
    ...{
      by: asked.by,
      at,
      caseNumber: asked.caseNumber,
      subject: { kind: 'case', id: asked.caseNumber } as const,
    },
    ...(purpose === 'assess' ? { act: purpose } : { act: 'confirm' as const, purpose }),
    facts: async (tx: Transaction) => ({ earlier: (await votesOn(tx, [asked.item])).map((one) => one.by) }),
  }
  return pass(database, by, async (tx) => {
    const signed: Signed = { actor: `person:${asked.by}`, at }
    const before = await lockCase(tx, asked.caseNumber)
    if (before.closedAt !== undefined) throw refused(`case ${before.number} is closed`)
    const items = await itemsInCase(tx, before.number, ITEMS_MAX)
    const graded = gradedItems(items, asked)
    await refuseUnseen(tx, asked, graded)
    const votes: Vote[] = []
    const decided: CaseItemId[] = []
    for (const item of graded) {
      const had = await votesOn(tx, [item.id])
      if (standingRound(policyFor(desk.policy, item), had) !== round) {
        // Of a stack those that are elsewhere keep their place; the one that was named must be where it was.
        if (item.id === asked.item) throw new Fault('store.conflict', `${item.id} was voted on meanwhile`)
        continue
      }
      if (had.some((one) => one.by === asked.by)) continue
      const cast = await castVote(
        tx,
        {
          ...{ id: newId('w'), item: item.id, by: asked.by, round, grades: asked.grades },
          ...{ annotation: asked.annotation, basis: asked.basis, forStack: item.id !== asked.item },
          isBlind: isBlindRound(policyFor(desk.policy, item), round),
          ...(rationale && { rationale }),
        },
        at,
      )
      votes.push(cast)
      if (await settled(tx, desk, before, item, [...had, cast], signed)) decided.push(item.id)
    }
    const golden = await goldenAnswers(
      tx,
      votes.map((one) => one.item),
    )
    return { votes, decided, golden, case: await caseAfter(tx, before, signed) }
  })
}

/** Which vote on an item is the next, and how many people it asks for. */
interface Turn {
  readonly round: VoteRound
  readonly policy: VotePolicy
}

async function turnOf(desk: AssessDesk, session: Session, id: CaseItemId): Promise<Turn> {
  const policy = policyFor(desk.policy, await caseItemNamed(session, id))
  return { policy, round: standingRound(policy, await votesOn(session, [id])) }
}

function standingRound(policy: VotePolicy, votes: readonly Vote[]): VoteRound {
  const standing = standingOf(policy, votes)
  if (standing.kind === 'decided') throw refused('it is decided: an appeal opens it again')
  return standing.round
}

function gradedItems(items: readonly CaseItem[], { item, stack, caseNumber }: VoteAsked): CaseItem[] {
  const named = items.find(({ id }) => id === item)
  if (!named) throw new Fault('evidence.unknown', `there is no item ${item} in case ${caseNumber}`)
  if (CLOSED.has(named.state)) throw refused(`${item} is ${named.state}: nobody grades it`)
  if (!stack) return [named]
  const left = new Set(stack.except)
  const others = items.filter(
    (one) => one.stack === named.stack && one.id !== item && !left.has(one.id) && !CLOSED.has(one.state),
  )
  return [named, ...others]
}

/** What somebody says to have seen must stand on a viewing of theirs; a stack is graded on the one that was seen. */
async function refuseUnseen(
  tx: Transaction,
  { by, item, basis }: VoteAsked,
  graded: readonly CaseItem[],
): Promise<void> {
  if (!SEEN_BASES.has(basis)) return
  const sealed = graded.find(({ id }) => id === item)?.item
  if (sealed === undefined) throw refused(`${item} has no bytes here that anybody could have seen`)
  const needed = VIEW_LEVELS.indexOf(basis as ViewLevel)
  const has = (await openingsOf(tx, sealed)).some(
    ({ kind, person, level, releasedAt, ending }) =>
      kind === 'viewing' &&
      person === by &&
      releasedAt !== undefined &&
      ending !== 'failed' && // nothing was shown
      level !== undefined &&
      VIEW_LEVELS.indexOf(level) >= needed,
  )
  if (!has) throw refused(`no viewing of yours at the level ${basis} is on record`)
}

/** Writes how an item stands now. @returns true where it is decided */
async function settled(
  tx: Transaction,
  desk: AssessDesk,
  subject: Case,
  item: CaseItem,
  votes: readonly Vote[],
  signed: Signed,
): Promise<boolean> {
  const standing = standingOf(policyFor(desk.policy, item), votes)
  const cast = votes.at(-1)
  const body = {
    round: cast?.round ?? 1,
    vote: cast?.id ?? '',
    grades: (cast?.grades ?? []).map((grade) => ({ ...grade })),
    basis: cast?.basis ?? '',
    forStack: cast?.forStack ?? false,
  }
  const state = standing.kind === 'split' ? 'split' : 'voted'
  const voted = await changeCaseItem(tx, item, { state }, { kind: 'case-item.voted', body }, signed)
  if (standing.kind !== 'decided') return false
  const { decision } = voted
  if (decision) await endSample(tx, desk, subject, { ...voted, decision }, standing, signed)
  else await decideItem(tx, desk, subject, voted, standing, signed)
  return true
}

/** The case after its items changed: for whom it waits, and no longer claimed by whoever has no part left in it. */
export async function caseAfter(tx: Transaction, before: Case, signed: Signed): Promise<Case> {
  const items = await itemsInCase(tx, before.number, ITEMS_MAX)
  const state = caseStateOf(items, before.state)
  if (state === before.state) return before
  const isOver = before.claim !== undefined && before.claim.purpose !== purposeOf(state)
  if (isOver) await endClaimAllocation(tx, before, signed)
  const change = { state, ...(isOver && { claim: null }) }
  return changeCase(tx, before, change, { kind: 'case.state-changed', body: {} }, signed)
}

function refused(words: string): Fault {
  return new Fault('evidence.refused', words)
}
