/** Edits: one entry withdrawn by a person, or brought back to what it was; each a change of its own. */
import { Fault } from '#terms/fault'
import type { EntryPut, EntryRecord, EntryStep } from '#terms/register'
import type { Signed } from './append.ts'
import { lockListId } from './changes.ts'
import type { Transaction } from './database.ts'
import { entryOf, versionsOf } from './entries.ts'
import { type Applied, applyStepsIn } from './steps.ts'

/**
 * Withdraws an entry from its list. Its versions stay, with the reason.
 *
 * @throws Fault `register.unknown`; `register.refused` when it was withdrawn before
 */
export async function withdrawEntry(
  transaction: Transaction,
  number: number,
  because: string,
  signed: Signed,
): Promise<Applied> {
  const { list, key } = await entryOf(transaction, number)
  const locked = await lockListId(transaction, list)
  const entry = await entryOf(transaction, number) // as it stands now that nobody else changes it
  if (entry.until !== undefined) throw new Fault('register.refused', `entry ${number} was withdrawn already`)
  const steps: EntryStep[] = [{ kind: 'withdraw', key, because }]
  return applyStepsIn(transaction, locked, [steps], { kind: 'edit', because, signed })
}

/**
 * Undoes the last thing done to an entry: a withdrawn one stands again, a replaced one is as it was before. The undoing is a
 * change like any other.
 *
 * @throws Fault `register.unknown`; `register.refused` when there is nothing to undo
 */
export async function restoreEntry(
  transaction: Transaction,
  number: number,
  because: string,
  signed: Signed,
): Promise<Applied> {
  const { list } = await entryOf(transaction, number)
  const locked = await lockListId(transaction, list)
  const versions = await versionsOf(transaction, number)
  const last = versions.at(-1)
  const former = last?.until === undefined ? versions.at(-2) : last
  if (!former) throw new Fault('register.refused', `entry ${number} was never withdrawn nor replaced`)
  const steps: EntryStep[] = [{ kind: 'put', entry: putAgain(former) }]
  return applyStepsIn(transaction, locked, [steps], { kind: 'edit', because, signed })
}

/** An entry as a step puts it. */
export function putAgain(record: EntryRecord): EntryPut {
  const { row, entry, list, since, until, because, ...put } = record
  return put
}
