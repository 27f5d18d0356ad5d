/** Lines: the printer of formats that are lines from top to bottom. */
import type { ListEntry } from '#terms/list'
import type { ListPrinter, Lose } from './printer.ts'

/** What a format of lines is made of. */
export interface LinesFormat {
  /** Lines above the entries. */
  readonly top: readonly string[]
  keep(entry: ListEntry, lose: Lose): ListEntry | undefined
  /** The lines of some entries, each ended; `split` is told of an entry that has become several. */
  print(entries: readonly ListEntry[], split: () => void): string
}

/** Prints the lines of each entry by itself. */
export function eachLine(lines: (entry: ListEntry) => readonly string[]): LinesFormat['print'] {
  return (entries, split) =>
    ended(
      entries.flatMap((entry) => {
        const own = lines(entry)
        if (own.length > 1) split()
        return own
      }),
    )
}

/** Prints the lines of each entry as it comes. */
export class LinesPrinter implements ListPrinter {
  readonly #format: LinesFormat
  #splitEntries = 0

  constructor(format: LinesFormat) {
    this.#format = format
  }

  get splitEntries(): number {
    return this.#splitEntries
  }

  begin(): string {
    return ended(this.#format.top)
  }

  keep(entry: ListEntry, lose: Lose): ListEntry | undefined {
    return this.#format.keep(entry, lose)
  }

  print(entries: readonly ListEntry[]): string {
    return this.#format.print(entries, () => {
      this.#splitEntries++
    })
  }

  end(): string[] {
    return []
  }

  async close(): Promise<void> {
    // nothing is held
  }
}

function ended(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
