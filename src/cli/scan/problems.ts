/** Problems: what of the lists could not be used, said once before the scan. */
import type { ListReport } from '#lists/read'
import { counted } from '../numbers.ts'
import { say } from '../output.ts'
import { plain } from '../plain.ts'

/** Lines of a list named one by one. */
const NAMED_MAX = 5

/** Says bad lines, unknown columns and entries that cannot be checked, on standard error. */
export function sayProblems(reports: readonly ListReport[], uncheckableEntries: number): void {
  for (const { info, problems, problemsCount, unknownColumns } of reports) {
    for (const { line, reason } of problems.slice(0, NAMED_MAX)) {
      say(`tutela: ${plain(info.file)}, line ${line}: ${plain(reason)}; the line is left out`)
    }
    if (problemsCount > NAMED_MAX) {
      say(`tutela: ${plain(info.file)}: ${counted(problemsCount - NAMED_MAX, 'more bad line')} left out`)
    }
    if (unknownColumns.length > 0) {
      say(`tutela: ${plain(info.file)}: unknown columns are not used: ${plain(unknownColumns.join(', '))}`)
    }
  }
  if (uncheckableEntries > 0) {
    const entries = counted(uncheckableEntries, 'entry', 'entries')
    say(`tutela: ${entries} with only a PhotoDNA value cannot be checked here`)
  }
}
