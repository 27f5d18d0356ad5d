/** Parser: what each format's reader is to the reading of a list. */
import type { ListEntry } from '#terms/list'
import type { ListHeader, Preamble } from './header.ts'
import type { LineBatch } from './lines.ts'

/** The formats that a list can be read in. `docs/formats/lists.md` */
export const LIST_FORMATS = [
  'csv',
  'plain',
  'jsonl',
  'ncmec',
  'vics',
  'icse',
  'local-file',
  'te',
  'rds',
  'rds-text',
] as const
export type ListFormat = (typeof LIST_FORMATS)[number]

/** Formats that list harmless files: what such a list names is known to be good. */
const KNOWN_GOOD: ReadonlySet<ListFormat> = new Set(['rds', 'rds-text'])

/** True of a format whose lists name files that are known to be harmless. */
export function isKnownGood(format: ListFormat): boolean {
  return KNOWN_GOOD.has(format)
}

/** What is known of a list once it was read. */
export interface ListAbout {
  /** What the list says of itself, as far as it was read. */
  readonly header: ListHeader
  /** The scheme of its category codes, where the list says it. */
  readonly scheme?: string | undefined
  /** Its version and kind, in words, where its format has several. */
  readonly dialect?: string | undefined
  /** Columns and members that were left out. */
  readonly unknownColumns: readonly string[]
  /** Rows that their publisher does not mean to be entries. */
  readonly setAside?: number | undefined
}

/** Takes the bytes of a list in order and gives its entries in order; what it refuses goes to the problems. */
export interface ListParser extends ListAbout {
  take(bytes: Buffer): Iterable<readonly ListEntry[]>
  /** Gives what was still held back. */
  end(): Iterable<readonly ListEntry[]>
}

/** Takes the lines of a list in order and gives its entries in order; what it refuses goes to the problems. */
export interface LineParser {
  /** What the list says of itself, as far as it was read. */
  readonly preamble: Preamble
  /** Columns of a CSV whose names mean nothing here. */
  readonly unknownColumns: readonly string[]
  /** Rows that their publisher does not mean to be entries. */
  readonly setAside?: number
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
