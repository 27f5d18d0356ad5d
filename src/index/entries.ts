/** Entries: what the lists say of each entry, as columns of references into shared texts. */
import type { ListEntry } from '#terms/list'
import { ByteRows } from './rows.ts'
import { type Remembered, Texts } from './texts.ts'

/** What is kept of an entry beside its hashes. */
export const TEXT_COLUMNS = ['label', 'category', 'source'] as const
export type TextColumn = (typeof TEXT_COLUMNS)[number]

type ColumnRows = Readonly<Partial<Record<TextColumn, ByteRows>>>

/** Entries being added one by one. */
export class EntryCollector {
  readonly #texts = new Texts()
  readonly #columns: Partial<Record<TextColumn, ByteRows>> = {}
  readonly #remembered: Readonly<Record<TextColumn, Remembered>> = {
    label: new Map(),
    category: new Map(),
    source: new Map(),
  }
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Adds an entry. @returns its number among all, counted from 0 */
  push(entry: ListEntry): number {
    for (const name of TEXT_COLUMNS) this.#pushText(name, entry[name])
    return this.#length++
  }

  /** The entries; nothing may be added afterwards. What was remembered goes with the collector. */
  entries(): Entries {
    return new Entries(this.#length, this.#texts, this.#columns)
  }

  /** A column begins with the first entry that has a text for it; those before it have none. */
  #pushText(name: TextColumn, text: string | undefined): void {
    const column = this.#columns[name]
    const reference = text ? this.#texts.add(text, this.#remembered[name]) : 0
    if (column) column.pushNumber(reference)
    else if (reference !== 0) this.#columns[name] = begun(this.#length, reference)
  }
}

function begun(empty: number, reference: number): ByteRows {
  const column = new ByteRows(4)
  for (let row = 0; row < empty; row++) column.pushNumber(0)
  column.pushNumber(reference)
  return column
}

/** The texts of all entries. */
export class Entries {
  readonly length: number
  readonly texts: Texts
  /** A number a row that refers to a text; a column that no entry uses is absent. */
  readonly columns: ColumnRows

  constructor(length: number, texts: Texts, columns: ColumnRows) {
    this.length = length
    this.texts = texts
    this.columns = columns
  }

  text(name: TextColumn, entry: number): string | undefined {
    const column = this.columns[name]
    return column && this.texts.text(column.number(entry))
  }
}
