/** Problems: what of the lists could not be used, said once before the scan. */
import { resolved } from '#folders/walk'
import { type ListReport, placeWords } from '#lists/read'
import type { Known } from '#workflow/known'
import { counted } from '../numbers.ts'
import { say } from '../output.ts'
import { plain } from '../plain.ts'

/** Lines of a list named one by one. */
const NAMED_MAX = 5

/** Says what is given twice: a path below another, or a list whose bytes are another's. Both are counted twice. */
export async function sayRepeats(roots: readonly Buffer[], known: Known): Promise<void> {
  const places = await Promise.all(roots.map(resolved))
  for (const [at, place] of places.entries()) {
    const above = places.findIndex((other, where) => where !== at && isAtOrBelow(place, other))
    if (above < 0 || (above > at && places[above]?.equals(place))) continue
    const [here, there] = [roots[at], roots[above]].map((path) => plain(String(path)))
    say(`tutela: ${here} lies within ${there}: its files are scanned and counted twice`)
  }
  const { lists } = known.used
  for (const [at, list] of lists.entries()) {
    const earlier = lists.slice(0, at).find(({ sha256 }) => sha256 === list.sha256)
    if (earlier) say(`tutela: ${plain(list.file)} is the same list as ${plain(earlier.file)}`)
  }
}

function isAtOrBelow(path: Buffer, folder: Buffer): boolean {
  return (
    path.equals(folder) || path.indexOf(`${folder.toString('latin1').replace(/\/$/, '')}/`, 0, 'latin1') === 0
  )
}

/** Says bad lines, unknown columns and entries that cannot be checked, on standard error. */
export function sayProblems(reports: readonly ListReport[], uncheckableEntries: number): void {
  for (const { info, problems, problemsCount, unknownColumns, setAside } of reports) {
    for (const problem of problems.slice(0, NAMED_MAX)) {
      const left = problem.entry === undefined ? 'the line is left out' : 'it is left out'
      say(`tutela: ${plain(info.file)}, ${placeWords(problem)}: ${plain(problem.reason)}; ${left}`)
    }
    if (problemsCount > NAMED_MAX) {
      say(`tutela: ${plain(info.file)}: ${counted(problemsCount - NAMED_MAX, 'more bad line')} left out`)
    }
    if (setAside > 0) {
      const entries = counted(setAside, 'entry', 'entries')
      say(`tutela: ${plain(info.file)}: ${entries} set aside: their categories say that they mean nothing`)
    }
    if (unknownColumns.length > 0) {
      say(`tutela: ${plain(info.file)}: unknown columns are not used: ${plain(unknownColumns.join(', '))}`)
    }
  }
  if (uncheckableEntries > 0) {
    const entries = counted(uncheckableEntries, 'entry', 'entries')
    say(`tutela: ${entries} with only a PhotoDNA value or a hash of a video cannot be checked here`)
  }
}
