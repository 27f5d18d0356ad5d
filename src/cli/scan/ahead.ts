/** Ahead: counts the files while they are being scanned, so that progress can say how long is left. */
import { exclusion } from '#folders/exclude'
import { walk } from '#folders/walk'
import type { ScanAsked } from '#workflow/scan'
import type { Progress } from '../progress.ts'

/** Counts in the background where a person watches; a count that fails leaves the time left unsaid. */
export function countAhead(asked: ScanAsked, stop: AbortSignal, progress: Progress): { stop(): void } {
  const own = new AbortController()
  const isOver = (): boolean => own.signal.aborted || stop.aborted
  if (process.stderr.isTTY)
    void counted(asked, isOver).then((files) => files !== undefined && progress.total(files))
  return { stop: () => own.abort() }
}

async function counted(asked: ScanAsked, isOver: () => boolean): Promise<number | undefined> {
  const options = { excluded: exclusion(asked.terms.excluded), oneFileSystem: asked.terms.oneFileSystem }
  let files = 0
  try {
    for await (const met of walk(asked.paths, options)) {
      if (isOver()) return undefined
      if (met.kind === 'file') files += 1
    }
  } catch {
    return undefined // the scan itself meets the same trouble and says so
  }
  return files
}
