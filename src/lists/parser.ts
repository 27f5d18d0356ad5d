/** Parser: what each format's reader is to the reading of a list. */
import type { ListEntry } from '#terms/list'
import type { Preamble } from './header.ts'
import type { LineBatch } from './lines.ts'

/** The formats a list can have. */
export const LIST_FORMATS = ['csv', 'plain', 'jsonl'] as const
export type ListFormat = (typeof LIST_FORMATS)[number]

/** Takes the lines of a list in order and gives its entries in order; what it refuses goes to the problems. */
export interface ListParser {
  /** What the list says of itself, as far as it was read. */
  readonly preamble: Preamble
  /** Columns of a CSV whose names mean nothing here. */
  readonly unknownColumns: readonly string[]
  take(batch: LineBatch): ListEntry[]
  /** Gives what was still held back. */
  end(): ListEntry[]
}

/** Empty lines: a problem among entries, nothing at the end of the file. */
export class EmptyLines {
  readonly #refuse: (line: number, reason: string) => void
  #first = 0
  #count = 0

  constructor(refuse: (line: number, reason: string) => void) {
    this.#refuse = refuse
  }

  /** Takes note of an empty line. */
  see(line: number): void {
    if (this.#count === 0) this.#first = line
    this.#count++
  }

  /** Something follows: the empty lines seen so far stood in the middle. */
  tell(): void {
    const count = this.#count
    this.#count = 0
    for (let at = 0; at < count; at++) this.#refuse(this.#first + at, 'is empty')
  }
}
