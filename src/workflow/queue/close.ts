/** Close: a case ends with a reason, is opened again with one, and can be put on hold. */
import type { Signed } from '#store/append'
import { changeCase, lockCase } from '#store/cases'
import { endClaimAllocation } from '#store/claims'
import type { Transaction } from '#store/database'
import { closeReports, reopenReports } from '#store/report-stages'
import type { Case } from '#terms/casework'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import { wordsOf } from '../evidence/words.ts'
import { settleCase } from '../screen/settle.ts'
import type { QueueDesk } from './desk.ts'

type CloseDesk = Pick<QueueDesk, 'database' | 'severityOf' | 'now'>

/**
 * Closes a case; nobody has it in hand any more. @throws Fault `people.refused`; `evidence.refused` where it is closed
 * already
 */
export function closeCase(desk: CloseDesk, by: PersonId, caseNumber: string, because: string): Promise<Case> {
  const words = wordsOf(because, 'why the case is closed')
  return onCase(desk, by, caseNumber, async (tx, found, signed) => {
    if (found.state === 'closed') throw new Fault('evidence.refused', `case ${caseNumber} is closed already`)
    await endClaimAllocation(tx, found, signed)
    await closeReports(tx, caseNumber, signed)
    const closed = { at: signed.at, because: words }
    const change = { state: 'closed', claim: null, heldBecause: null, closed } as const
    return changeCase(tx, found, change, { kind: 'case.closed', body: {} }, signed)
  })
}

/** Opens a closed case again; it waits as its items stand. @throws Fault `people.refused`; `evidence.refused` where it is open */
export function reopenCase(desk: CloseDesk, by: PersonId, caseNumber: string): Promise<Case> {
  return onCase(desk, by, caseNumber, async (tx, found, signed) => {
    if (found.state !== 'closed') throw new Fault('evidence.refused', `case ${caseNumber} is not closed`)
    await reopenReports(tx, caseNumber, signed)
    const change = { state: 'screening', closed: null } as const
    const opened = await changeCase(tx, found, change, { kind: 'case.reopened', body: {} }, signed)
    return settleCase(tx, desk, opened, signed)
  })
}

/** Puts a case on hold: nobody is given it until it is taken up again. @throws Fault `people.refused`; `evidence.refused` */
export function holdCase(desk: CloseDesk, by: PersonId, caseNumber: string, because: string): Promise<Case> {
  const heldBecause = wordsOf(because, 'why the case is on hold')
  return onCase(desk, by, caseNumber, async (tx, found, signed) => {
    if (found.state === 'closed') throw new Fault('evidence.refused', `case ${caseNumber} is closed`)
    if (found.priority.atRisk)
      throw new Fault('evidence.refused', `a child is at risk now: case ${caseNumber} does not wait`)
    await endClaimAllocation(tx, found, signed)
    return changeCase(tx, found, { heldBecause, claim: null }, { kind: 'case.held', body: {} }, signed)
  })
}

/** Takes a case up again that was on hold. @throws Fault `people.refused`; `evidence.refused` where it is not on hold */
export function resumeCase(desk: CloseDesk, by: PersonId, caseNumber: string): Promise<Case> {
  return onCase(desk, by, caseNumber, async (tx, found, signed) => {
    if (found.heldBecause === undefined)
      throw new Fault('evidence.refused', `case ${caseNumber} is not on hold`)
    return changeCase(tx, found, { heldBecause: null }, { kind: 'case.resumed', body: {} }, signed)
  })
}

function onCase(
  { database, now }: CloseDesk,
  by: PersonId,
  caseNumber: string,
  act: (tx: Transaction, found: Case, signed: Signed) => Promise<Case>,
): Promise<Case> {
  const at = now()
  const asked = { by, act: 'close-case', subject: { kind: 'case', id: caseNumber }, at } as const
  return pass(database, asked, async (tx) =>
    act(tx, await lockCase(tx, caseNumber), { actor: `person:${by}`, at }),
  )
}
