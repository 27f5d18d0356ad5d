/** Weed: what was told in reports that are closed for long goes for good; what was counted and decided stays. */
import { reportsToWeed, weededOf, weedReport } from '#store/report-stages'
import type { IntakeDesk } from './desk.ts'

const ROWS_MAX = 500
const DAY_MILLISECONDS = 86_400_000

/**
 * Takes words, address and contact out of reports that were closed so many days ago, and shreds their keys; those of cases that
 * are held stay. Keys that an earlier run did not come to are shredded as well.
 *
 * @returns how many reports were weeded
 */
export async function weedReports(
  { database, keys, now }: Pick<IntakeDesk, 'database' | 'keys' | 'now'>,
  days: number,
): Promise<number> {
  const at = now()
  let weeded = 0
  for (const id of await reportsToWeed(
    database,
    new Date(at.getTime() - days * DAY_MILLISECONDS),
    ROWS_MAX,
  )) {
    const isOurs = await database.transaction((tx) => weedReport(tx, id, { actor: 'tutela', at }))
    if (isOurs) weeded++
  }
  for (const id of await weededOf(database, await keys.reports())) await keys.shred(id)
  return weeded
}
