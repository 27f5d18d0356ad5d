/** Named: rows whose header names its columns in any of the ways that lists do. */
import { QUALITY_MIN } from '#matching/verdict'
import { type Columns, delimiterOf, mapColumns } from '../columns.ts'
import { type EntryDraft, hasHash, setField } from '../entry.ts'
import type { Preamble } from '../header.ts'
import { setBareHash } from '../plain.ts'
import { badRow, type CellTable, type RowMeaning, wrongWidth } from './table.ts'

/** The header of what the tools of ThreatExchange write: its hashes are PDQ. */
const PDQ_COLUMNS = ['hash', 'quality', 'filename']

/** Rows of a CSV list. */
export class NamedTable implements CellTable {
  readonly isHeaded = true
  #assume: 'sha256' | 'pdq' | undefined
  #qualityAt: number | undefined
  #columns: Columns | undefined

  constructor(assume: 'sha256' | 'pdq' | undefined) {
    this.#assume = assume
  }

  get unknownColumns(): readonly string[] {
    const unknown = this.#columns?.unknown ?? []
    return this.#qualityAt === undefined ? unknown : unknown.filter((name) => name !== 'quality')
  }

  delimiterOf(line: string): string {
    return delimiterOf(line)
  }

  header(names: readonly string[]): string | undefined {
    const columns = mapColumns(names)
    if (typeof columns === 'string') return columns
    this.#columns = columns
    if (PDQ_COLUMNS.every((name, at) => name === names[at]) && names.length === PDQ_COLUMNS.length) {
      this.#assume = 'pdq'
      this.#qualityAt = PDQ_COLUMNS.indexOf('quality')
    }
    return undefined
  }

  entry(cells: readonly string[], preamble: Preamble): RowMeaning {
    const columns = this.#columns
    if (!columns) throw new TypeError('a row came before its header')
    if (cells.length !== columns.width) return wrongWidth(cells.length, columns.width)
    const quality = this.#qualityAt === undefined ? QUALITY_MIN : Number(cells[this.#qualityAt])
    if (!(quality >= QUALITY_MIN))
      return badRow(`its quality is below ${QUALITY_MIN}: it would match plain pictures`)
    const draft: EntryDraft = {}
    for (const { at, field } of columns.fields) {
      const reason = setField(draft, field, cells[at] ?? '')
      if (reason) return badRow(reason)
    }
    const reason = this.#bareHash(draft, columns, cells, preamble)
    if (reason === 'ambiguous') return { kind: 'ambiguous' }
    if (reason) return badRow(reason)
    return hasHash(draft) ? { kind: 'entry', entry: draft } : badRow('names no hash')
  }

  #bareHash(
    draft: EntryDraft,
    { hashAt, kindAt }: Columns,
    cells: readonly string[],
    preamble: Preamble,
  ): string | undefined {
    const hash = hashAt === undefined ? '' : (cells[hashAt]?.trim() ?? '')
    if (hash === '') return undefined
    const kind = kindAt === undefined ? undefined : (cells[kindAt] ?? '')
    return setBareHash(draft, hash, { kind, stated: preamble.kind, assume: this.#assume })
  }
}
