/** List: a page of NCMEC hash sharing that is read as a list. */
import type { ListEntry } from '#terms/list'
import type { ListHeader } from '../header.ts'
import type { ListParser } from '../parser.ts'
import type { Problems } from '../problems.ts'
import { NcmecParser } from './page.ts'

/** Reads a page as a list; it must be the last or the only one, since a list with a part missing is none. */
export class NcmecListParser implements ListParser {
  readonly unknownColumns: readonly string[] = []
  readonly #problems: Problems
  readonly #page: NcmecParser
  #date: string | undefined

  constructor(problems: Problems) {
    this.#problems = problems
    this.#page = new NcmecParser(problems)
  }

  get header(): ListHeader {
    return this.#date === undefined ? {} : { date: this.#date }
  }

  take(bytes: Buffer): (readonly ListEntry[])[] {
    return [this.#page.take(bytes).map(({ entry }) => entry)]
  }

  end(): (readonly ListEntry[])[] {
    const { next, maxTimestamp } = this.#page.end()
    if (next !== undefined)
      this.#problems.addAt({}, 'is one page of several: it links to a next page, which is not in it')
    this.#date = maxTimestamp
    return []
  }
}
