/** Table: what the cells of a list of rows mean. */
import type { ListEntry } from '#terms/list'
import type { Preamble } from '../header.ts'

/** What a row is: an entry, no entry, one that its publisher does not mean to be one, or a hash that may be of two kinds. */
export type RowMeaning =
  | { readonly kind: 'entry'; readonly entry: ListEntry }
  | { readonly kind: 'bad'; readonly reason: string }
  | { readonly kind: 'aside' }
  | { readonly kind: 'ambiguous' }

/** The meaning of one list's rows. */
export interface CellTable {
  /** True when the first row names the columns. */
  readonly isHeaded: boolean
  /** Columns whose names mean nothing here. */
  readonly unknownColumns: readonly string[]
  /** What parts the cells of a list with this first line. */
  delimiterOf(line: string): string
  /** Takes in the names of the columns. @returns why they cannot be used; undefined when they can */
  header(names: readonly string[]): string | undefined
  /** What a row means. */
  entry(cells: readonly string[], preamble: Preamble): RowMeaning
}

/** A row that is no entry. */
export function badRow(reason: string): RowMeaning {
  return { kind: 'bad', reason }
}

/** A row that has not as many cells as its table. */
export function wrongWidth(cells: number, width: number): RowMeaning {
  return badRow(`has ${cells} cells where the header has ${width}`)
}
