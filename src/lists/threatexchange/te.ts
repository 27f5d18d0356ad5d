/** Te: rows of the `.te` caches that python-threatexchange keeps, in both of their variants; they are read, not written. */
import { type EntryDraft, setField, shown } from '../entry.ts'
import { badRow, type CellTable, type RowMeaning } from '../tables/table.ts'
import { signalField } from './signal.ts'

/** `indicator,first_descriptor_id,added_on,labels`, and that of HMA, with `indicator_id` after the indicator. */
const WIDTHS: ReadonlySet<number> = new Set([4, 5])
/** Such a file says what it holds in its name alone: `simple.HASH_PDQ.te`. */
const NAMED = /\.((?:HASH_)?[A-Z0-9_]+)\.te$/
const LABELS_MAX = 256

/** True of a line that can be the first of a `.te` cache. */
export function isTeLine(line: string): boolean {
  return /^[0-9a-fA-F]{32,64},\d+,/.test(line)
}

/** Rows of a `.te` cache. */
export class TeTable implements CellTable {
  readonly isHeaded = false
  readonly unknownColumns: readonly string[] = []
  readonly #type: string | undefined
  #width: number | undefined

  /** @param assume what 64 hex digits are, where the file's name does not say */
  constructor(path: string, assume: 'sha256' | 'pdq' | undefined) {
    this.#type = NAMED.exec(path)?.[1] ?? assume
  }

  delimiterOf(): string {
    return ','
  }

  header(): undefined {
    return undefined
  }

  entry(cells: readonly string[]): RowMeaning {
    this.#width ??= cells.length
    if (!WIDTHS.has(this.#width)) return badRow(`has ${cells.length} cells, and a cache has 4 or 5`)
    if (cells.length !== this.#width)
      return badRow(`has ${cells.length} cells where the first row has ${this.#width}`)
    const [indicator = '', ...rest] = cells
    const labels = rest.pop() ?? ''
    const added = rest.pop() ?? ''
    const ids =
      this.#width === 5
        ? { indicatorId: rest[0] ?? '', descriptorId: rest[1] ?? '' }
        : { descriptorId: rest[0] ?? '' }
    const draft: EntryDraft = {}
    const reason = this.#hash(draft, indicator)
    if (reason === 'ambiguous') return { kind: 'ambiguous' }
    if (reason !== undefined) return badRow(reason)
    const tags = labels.split(' ').filter((tag) => tag !== '')
    if (tags.length > LABELS_MAX) return badRow(`has more than ${LABELS_MAX} labels`)
    const said = Object.fromEntries(Object.entries({ ...ids, added }).filter(([, text]) => text !== ''))
    draft.extra = { te: { ...said, ...(tags.length > 0 && { labels: tags }) } }
    return { kind: 'entry', entry: draft }
  }

  #hash(draft: EntryDraft, indicator: string): string | undefined {
    const type = this.#type
    if (type === undefined && indicator.length === 64) return 'ambiguous'
    const signal = type === undefined ? undefined : signalField(type)
    if (type !== undefined && !signal) return `${shown(type)} is no kind of hash that is known here`
    const field = indicator.length === 32 ? 'md5' : indicator.length === 40 ? 'sha1' : undefined
    const named = signal?.field ?? field
    if (named === undefined) return `is no hash: ${shown(indicator)}`
    if (signal?.media) draft.media = signal.media
    return setField(draft, named, indicator) ?? (draft[named] === undefined ? 'names no hash' : undefined)
  }
}
