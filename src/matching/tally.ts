/** Tally: the counts of a scan, folded from its lines one by one. */
import type { ListsUsed, Scanned, SkipReason, Summary } from '#terms/scan'
import { type Check, type Match, type Reason, STRENGTH } from '#terms/verdict'
import { noneMeans } from './none.ts'

/** What a summary says beside its counts. */
export type SummaryFrame = Pick<
  Summary,
  | 'paths'
  | 'configuration'
  | 'terms'
  | 'stated'
  | 'sandbox'
  | 'startedAt'
  | 'version'
  | 'seconds'
  | 'interrupted'
  | 'endedAt'
  | keyof ListsUsed
>

/** Matched entries without a category are counted under this word. */
export const NO_CATEGORY = 'none stated'
/** Categories counted one by one; any more are counted together, so that a hostile list cannot fill the memory. */
const CATEGORIES_MAX = 1000
const OTHER_CATEGORIES = 'other categories'

/** The counts of a scan so far. */
export class Tally {
  #verdicts = { match: 0, none: 0, unknown: 0 }
  #bytes = 0
  #foldersUnread = 0
  readonly #skipped = new Map<SkipReason, number>()
  readonly #because = new Map<Reason, number>()
  readonly #categories = new Map<string, number>()
  readonly #bases = new Map<Check, number>()

  get files(): number {
    return this.#verdicts.match + this.#verdicts.none + this.#verdicts.unknown
  }

  get matches(): number {
    return this.#verdicts.match
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Counts one line. */
  add({ line, bytes }: Scanned): void {
    switch (line.kind) {
      case 'skipped':
        count(this.#skipped, line.because)
        return
      case 'folder':
        this.#foldersUnread += 1
        return
      case 'file':
        this.#bytes += bytes
        this.#verdicts[line.verdict] += 1
        if (line.verdict === 'unknown' && line.because) count(this.#because, line.because)
        if (line.verdict === 'match') this.#addMatches(line.matches)
    }
  }

  /** The summary of what was counted. */
  summary(frame: SummaryFrame): Summary {
    return {
      kind: 'summary',
      files: this.files,
      ...this.#verdicts,
      bytes: this.#bytes,
      foldersUnread: this.#foldersUnread,
      skipped: Object.fromEntries(this.#skipped),
      because: Object.fromEntries(this.#because),
      categories: Object.fromEntries(this.#categories),
      bases: Object.fromEntries(this.#bases),
      ...frame,
      noneMeans: noneMeans(frame.lists, frame.terms.distanceMax),
    }
  }

  #addMatches(matches: readonly Match[]): void {
    for (const category of new Set(matches.map((match) => match.category ?? NO_CATEGORY))) {
      const isRoom = this.#categories.size < CATEGORIES_MAX || this.#categories.has(category)
      count(this.#categories, isRoom ? category : OTHER_CATEGORIES)
    }
    const strongest = STRENGTH.find((basis) => matches.some((match) => match.basis === basis))
    if (strongest) count(this.#bases, strongest)
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
