/** Folded: holds every stream of some kinds against the state that stands, for a test. */
import { expect } from 'vitest'
import { eventsOf } from '#store/append'
import type { Database, Transaction } from '#store/database'
import { canonical } from '#terms/event'
import { FOLDS, type Fold } from '#workflow/ledger/folds'
import { refold } from '#workflow/ledger/verify/refold'
import { asTold } from '#workflow/ledger/verify/words'

/** Expects that each stream with one of these beginnings folds to what stands. @returns how many were held so */
export async function expectFolded(database: Database, ...prefixes: readonly string[]): Promise<number> {
  const { rows } = await database.query<{ stream: string }>(
    'SELECT DISTINCT stream FROM event ORDER BY stream',
  )
  const streams = rows
    .map(({ stream }) => stream)
    .filter((stream) => prefixes.some((one) => stream.startsWith(one)))
  for (const stream of streams) {
    const fold = FOLDS.find(({ prefix }) => stream.startsWith(prefix))
    const events = await eventsOf(database, stream)
    expect(fold?.kinds, stream).toEqual(expect.arrayContaining(events.map(({ kind }) => kind)))
    const actual = await fold?.actual(database, stream)
    const expected = fold?.expected(events)
    expect(expected && canonical(expected), stream).toBe(
      actual === undefined ? undefined : canonical(asTold(expected, actual).state),
    )
  }
  return streams.length
}

class Undone extends Error {}

/** What verification says with a change that is undone again. @param folds all, unless given */
export async function foundWith(
  database: Database,
  change: (tx: Transaction) => Promise<unknown>,
  folds?: readonly Fold[],
): Promise<string[]> {
  let found: string[] = []
  const tried = database.transaction(async (tx) => {
    await change(tx)
    found = (await refold(tx, folds)).faults.map(({ place, says }) => `${place}: ${says}`)
    throw new Undone()
  })
  await tried.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error
  })
  return found
}
