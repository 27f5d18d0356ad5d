/** Replay: a scan told again from its journal, exactly. */
import { shown } from '#folders/path'
import { replay } from '#journal/journal'
import { Tally } from '#matching/tally'
import type { Summary } from '#terms/scan'
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
  const { heading, milliseconds, ended } = await replay(state, async (scanned) => {
    tally.add(scanned)
    report?.add(scanned)
    if (printer.prints(scanned.line)) await printer.line(scanned.line)
  })
  const summary = tally.summary({
    ...heading.listsUsed,
    paths: heading.binding.roots.map((root) => shown(Buffer.from(root, 'base64')).file),
    terms: heading.binding.terms,
    stated: heading.stated,
    sandbox: heading.sandbox,
    startedAt: heading.startedAt,
    version: heading.programVersion,
    seconds: Math.round(milliseconds) / 1000,
    ...(!ended && { interrupted: true as const }),
  })
  await printer.summary(summary)
  await report?.write(summary)
  return summary
}
