/** Replay: a scan told again from its journal, exactly. */
import { replay } from '#journal/journal'
import { Tally } from '#matching/tally'
import type { Summary } from '#terms/scan'
import { summaryOf } from '#workflow/scan'
import type { Printer } from './print.ts'
import type { Report } from './report/report.ts'

/**
 * Prints every result that a journal holds, once each and in order, and the summary.
 *
 * @throws Fault `input.missing`, `journal.damaged`, `journal.mismatch`
 */
export async function replayScan(
  state: string,
  printer: Printer,
  report: Report | undefined,
): Promise<Summary> {
  const tally = new Tally()
  const told = await replay(state, async (scanned) => {
    tally.add(scanned)
    report?.add(scanned)
    if (printer.prints(scanned.line)) await printer.line(scanned.line)
  })
  const summary = summaryOf(tally, told)
  await printer.summary(summary)
  await report?.write(summary)
  return summary
}
