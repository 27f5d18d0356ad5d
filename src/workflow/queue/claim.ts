/** Claim: one person at a time takes up a case, keeps it while they work on it, and gives it back. */
import { purposeOf } from '#cases/triage'
import type { Signed } from '#store/append'
import { lockCase } from '#store/cases'
import {
  type ClaimableState,
  endClaim,
  extendClaim,
  giveClaim,
  lockLapsed,
  lockNextFor,
  partakingIn,
} from '#store/claims'
import type { Transaction } from '#store/database'
import { noteLookedAt } from '#store/report-stages'
import type { Case, Claim } from '#terms/casework'
import { Fault } from '#terms/fault'
import type { PersonId, Role } from '#terms/people'
import { pass, refuse } from '../door.ts'
import type { QueueDesk } from './desk.ts'

type ClaimDesk = Pick<QueueDesk, 'database' | 'claimMinutes' | 'now'>

/** Whose part it is to take up a case that waits, by its state. */
const PARTS: Readonly<Record<ClaimableState, readonly Role[]>> = {
  waiting: ['analyst', 'officer', 'examiner'],
  second: ['reviewer'],
  third: ['reviewer', 'supervisor'],
}
const STATES = Object.keys(PARTS) as ClaimableState[]
const MINUTE = 60_000
const LAPSED_AT_ONCE = 100

/**
 * Takes up the first case that somebody's roles allow, in which they have no conflict, and in which something waits that
 * they have not voted on; nothing of what they opted out of, unless a child is at risk now. What they have in hand is not
 * given to them a second time.
 *
 * @returns undefined where none waits for them
 * @throws Fault `people.refused`, on record
 */
export async function claimNext(desk: ClaimDesk, by: PersonId): Promise<Case | undefined> {
  const at = desk.now()
  return pass(desk.database, { by, act: 'claim-case', at }, async (tx, { roles }) => {
    const states = STATES.filter((state) => isPart(state, roles))
    const found = await lockNextFor(tx, by, states, at)
    return found && given(tx, desk, found, { by, asked: 'next' }, at)
  })
}

/**
 * Takes up one case, also one of what they opted out of: to name it is their own will, and that they named it is on record.
 * Somebody who has it already keeps it, for as long as from anew.
 *
 * @throws Fault `people.refused`, on record: no role in it, a conflict, an earlier vote; `store.conflict` where it is another's;
 *   `evidence.refused` where it waits for nobody or is on hold; `evidence.unknown`
 */
export async function claimCase(
  desk: ClaimDesk,
  by: PersonId,
  caseNumber: string,
  purpose?: Claim['purpose'],
): Promise<Case> {
  const at = desk.now()
  const subject = { kind: 'case', id: caseNumber } as const
  return pass(desk.database, { by, act: 'claim-case', subject, at }, async (tx, { roles }) => {
    const found = await lockCase(tx, caseNumber)
    const { state, claim } = found
    if (purposeOf(state) === undefined || (purpose !== undefined && purpose !== purposeOf(state)))
      throw new Fault('evidence.refused', `case ${caseNumber} is ${state}: it does not wait for that`)
    if (found.heldBecause !== undefined) throw new Fault('evidence.refused', `case ${caseNumber} is on hold`)
    if (isClaimed(claim, at) && claim?.by !== by)
      throw new Fault('store.conflict', `case ${caseNumber} is another person's until ${claim?.until}`)
    const part = STATES.find((one) => one === state)
    if (part === undefined || !isPart(part, roles)) return refuse('no-role')
    const { hasConflict, hasPart } = await partakingIn(tx, caseNumber, by)
    if (hasConflict) return refuse('conflict-of-interest')
    if (!hasPart) return refuse('own-act')
    if (isClaimed(claim, at)) return extendClaim(tx, found, untilOf(desk, at), signedBy(by, at))
    return given(tx, desk, found, { by, asked: 'number' }, at)
  })
}

/** Gives a case back. @throws Fault `people.refused`; `store.conflict` where it is not theirs; `evidence.unknown` */
export function releaseCase(desk: ClaimDesk, by: PersonId, caseNumber: string): Promise<Case> {
  return withOwn(desk, by, caseNumber, (tx, found, signed) => endClaim(tx, found, 'released', signed))
}

/** Keeps a case for longer. @throws Fault as `releaseCase` */
export function keepCase(desk: ClaimDesk, by: PersonId, caseNumber: string): Promise<Case> {
  return withOwn(desk, by, caseNumber, (tx, found, signed) =>
    extendClaim(tx, found, untilOf(desk, signed.at), signed),
  )
}

/**
 * Within an act on a case that is locked: its claim goes on while it is used. Written down only once half of its time is over.
 *
 * @returns the case as it is now
 */
export async function useClaim(
  tx: Transaction,
  desk: Pick<QueueDesk, 'claimMinutes'>,
  found: Case,
  signed: Signed,
): Promise<Case> {
  const { claim } = found
  const isTheirs = claim !== undefined && signed.actor === `person:${claim.by}`
  if (!isTheirs || !isClaimed(claim, signed.at)) return found
  const left = Date.parse(claim.until) - signed.at.getTime()
  if (left > (desk.claimMinutes * MINUTE) / 2) return found
  return extendClaim(tx, found, untilOf(desk, signed.at), signed)
}

/** Ends claims whose time is over, so that nobody keeps a case's doors open who has left it. @returns how many */
export async function lapseClaims({ database, now }: Pick<QueueDesk, 'database' | 'now'>): Promise<number> {
  const at = now()
  return database.transaction(async (tx) => {
    const lapsed = await lockLapsed(tx, at, LAPSED_AT_ONCE)
    for (const found of lapsed) await endClaim(tx, found, 'claim-lapsed', { actor: 'tutela', at })
    return lapsed.length
  })
}

/** True while a claim holds. */
export function isClaimed(claim: Claim | undefined, at: Date): boolean {
  return claim !== undefined && Date.parse(claim.until) > at.getTime()
}

function isPart(state: ClaimableState, roles: readonly Role[]): boolean {
  return PARTS[state].some((role) => roles.includes(role))
}

async function given(
  tx: Transaction,
  desk: ClaimDesk,
  found: Case,
  { by, asked }: { readonly by: PersonId; readonly asked: 'next' | 'number' },
  at: Date,
): Promise<Case> {
  const purpose = purposeOf(found.state)
  if (purpose === undefined) throw new TypeError(`case ${found.number} waits for nobody`)
  const claim = { by, purpose, until: untilOf(desk, at).toISOString() }
  await noteLookedAt(tx, found.number, signedBy(by, at))
  return giveClaim(tx, found, claim, asked, signedBy(by, at))
}

function withOwn(
  desk: ClaimDesk,
  by: PersonId,
  caseNumber: string,
  act: (tx: Transaction, found: Case, signed: Signed) => Promise<Case>,
): Promise<Case> {
  const at = desk.now()
  const subject = { kind: 'case', id: caseNumber } as const
  return pass(desk.database, { by, act: 'claim-case', subject, at }, async (tx) => {
    const found = await lockCase(tx, caseNumber)
    if (found.claim?.by !== by || !isClaimed(found.claim, at))
      throw new Fault('store.conflict', `case ${caseNumber} is not in your hands any more`)
    return act(tx, found, signedBy(by, at))
  })
}

function untilOf({ claimMinutes }: Pick<QueueDesk, 'claimMinutes'>, at: Date): Date {
  return new Date(at.getTime() + claimMinutes * MINUTE)
}

function signedBy(by: PersonId, at: Date): Signed {
  return { actor: `person:${by}`, at }
}
