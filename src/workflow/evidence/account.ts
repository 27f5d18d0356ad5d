/** Account: says what became of a copy; a destruction or weeding is complete once no copy of the key is left to account for. */
import type { Signed } from '#store/append'
import { accountCopy, type Copy, type CopyAccount, copyNamed, openKeyCopies } from '#store/copies'
import type { Database, Transaction } from '#store/database'
import { completeDestruction, destructionsAwaiting } from '#store/destructions'
import { completeWeedings } from '#store/weeding'
import { Fault } from '#terms/fault'

/**
 * Accounts for a copy, and completes the destructions that waited for it.
 *
 * @throws Fault `evidence.unknown`, `evidence.refused`
 */
export async function account(
  transaction: Transaction,
  id: string,
  given: CopyAccount,
  signed: Signed,
): Promise<{ readonly copy: Copy; readonly completed: readonly string[] }> {
  await accountCopy(transaction, id, given, signed)
  await completeWeedings(transaction, signed)
  return { copy: await copyNamed(transaction, id), completed: await completeAll(transaction, signed) }
}

/** Accounts for a copy whose stated time has ended. @returns 0 where somebody accounted for it meanwhile */
export async function accountExpired(database: Database, copy: Copy, signed: Signed): Promise<0 | 1> {
  const given = { outcome: 'expired', proof: `its stated time ended on ${copy.expiresAt}` } as const
  try {
    await database.transaction((transaction) => account(transaction, copy.id, given, signed))
    return 1
  } catch (error) {
    if (error instanceof Fault && error.code === 'evidence.refused') return 0
    throw error
  }
}

/** Completes every destruction that waits for nothing any more. @returns their ids */
export async function completeAll(transaction: Transaction, signed: Signed): Promise<string[]> {
  const completed: string[] = []
  for (const { id, item } of await destructionsAwaiting(transaction)) {
    if ((await openKeyCopies(transaction, item)).length > 0) continue
    if (await completeDestruction(transaction, id, signed)) completed.push(id)
  }
  return completed
}
