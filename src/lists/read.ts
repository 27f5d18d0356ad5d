/** Read: a list file of any format, streamed as batches of entries, with a report of what was read. */
import type { ListEntry, ListInfo } from '#terms/list'
import { CsvParser } from './csv.ts'
import type { HashField } from './entry.ts'
import type { ListHeader } from './header.ts'
import { JsonLinesParser } from './jsonl.ts'
import { type FileFacts, type LineBatch, readLines } from './lines.ts'
import type { ListFormat, ListParser } from './parser.ts'
import { PlainParser } from './plain.ts'
import { type ListProblem, Problems } from './problems.ts'
import { RepeatCounter } from './repeats.ts'
import { sniff } from './sniff.ts'

export type { ListHeader } from './header.ts'
export type { ListFormat } from './parser.ts'
export { LIST_FORMATS } from './parser.ts'
export type { ListProblem } from './problems.ts'

export interface ReadOptions {
  /** Refuses the list whole at its first bad line. */
  readonly strict?: boolean
  /** The format, where it is not to be told from the content. */
  readonly format?: ListFormat
  /** What 64 bare hex digits are, where the list does not say. */
  readonly assume?: 'sha256' | 'pdq'
  /** Counts entries that repeat an earlier one; takes up to 32 bytes of memory an entry. */
  readonly countRepeats?: boolean
}

/** Entries by the hashes that they carry. */
export type HashCounts = Readonly<Record<HashField, number>> & {
  /** Entries whose only hash is a PhotoDNA value, which is not computed here. */
  readonly photodnaOnly: number
}

/** What was read of a list. */
export interface ListReport {
  readonly info: ListInfo
  readonly format: ListFormat
  readonly header: ListHeader
  /** Where the list's date comes from. */
  readonly dateFrom: 'header' | 'file'
  /** The first hundred bad lines. */
  readonly problems: readonly ListProblem[]
  readonly problemsCount: number
  /** Names of CSV columns that mean nothing here. */
  readonly unknownColumns: readonly string[]
  readonly counts: HashCounts
  /** Entries that carry the same hashes as an earlier one; present when they were to be counted. */
  readonly repeats?: number
}

/** A list being read. */
export interface ListReading {
  /** Batches of entries, in the order of the list; to be gone through once. */
  readonly entries: AsyncIterable<readonly ListEntry[]>
  /** What was read, once every batch was gone through; before that it is a bug to ask. */
  report(): ListReport
}

/**
 * Reads a list from front to back, once, in memory that does not grow with it. Nothing is opened before the first batch
 * is asked for. Bad lines are left out and reported.
 *
 * @throws Fault, from the batches: `input.missing` or `list.unreadable` when the file cannot be read; `list.invalid` when it is
 * no list, when nothing in it can be taken, or with `strict` when any line is bad
 */
export function readList(path: string, options: ReadOptions = {}): ListReading {
  const reading = new Reading(path, options)
  return { entries: reading.batches(), report: () => reading.report() }
}

class Reading {
  readonly #path: string
  readonly #options: ReadOptions
  readonly #problems: Problems
  readonly #counts = { md5: 0, sha1: 0, sha256: 0, pdq: 0, photodna: 0, photodnaOnly: 0 }
  readonly #repeats: RepeatCounter | undefined
  #entries = 0
  #report: ListReport | undefined

  constructor(path: string, options: ReadOptions) {
    this.#path = path
    this.#options = options
    this.#problems = new Problems(path, options.strict ?? false)
    this.#repeats = options.countRepeats ? new RepeatCounter() : undefined
  }

  async *batches(): AsyncGenerator<readonly ListEntry[]> {
    const lines = readLines(this.#path, this.#problems)
    try {
      const front = await firstLines(lines)
      const format = this.#options.format ?? sniff(front.batches, this.#problems)
      const parser = this.#parser(format)
      for (const batch of front.batches) yield* this.#taken(parser.take(batch))
      const facts = front.facts ?? (yield* this.#rest(lines, parser))
      yield* this.#taken(parser.end())
      this.#report = this.#close(format, parser, facts)
    } finally {
      await lines.return(undefined as never)
    }
  }

  report(): ListReport {
    if (!this.#report) throw new TypeError('a list was asked for its report before it was read to its end')
    return this.#report
  }

  async *#rest(
    lines: AsyncGenerator<LineBatch, FileFacts>,
    parser: ListParser,
  ): AsyncGenerator<readonly ListEntry[], FileFacts> {
    for (;;) {
      const next = await lines.next()
      if (next.done) return next.value
      yield* this.#taken(parser.take(next.value))
    }
  }

  #parser(format: ListFormat): ListParser {
    switch (format) {
      case 'csv':
        return new CsvParser(this.#problems, this.#options.assume)
      case 'plain':
        return new PlainParser(this.#problems, this.#options.assume)
      case 'jsonl':
        return new JsonLinesParser(this.#problems)
    }
  }

  *#taken(entries: readonly ListEntry[]): Generator<readonly ListEntry[]> {
    if (entries.length === 0) return
    this.#entries += entries.length
    for (const entry of entries) this.#count(entry)
    yield entries
  }

  #count(entry: ListEntry): void {
    const counts = this.#counts
    if (entry.md5 !== undefined) counts.md5++
    if (entry.sha1 !== undefined) counts.sha1++
    if (entry.sha256 !== undefined) counts.sha256++
    if (entry.pdq !== undefined) counts.pdq++
    if (entry.photodna !== undefined) counts.photodna++
    if (!hasCheckableHash(entry)) counts.photodnaOnly++
    this.#repeats?.add(entry)
  }

  #close(format: ListFormat, parser: ListParser, facts: FileFacts): ListReport {
    const problems = this.#problems
    const [first] = problems.kept
    if (this.#entries === 0 && first) {
      const others = problems.count > 1 ? `, nor any other (${problems.count} bad lines)` : ''
      problems.refuse(`line ${first.line}: ${first.reason}${others}`)
    }
    const { header } = parser.preamble
    const date = header.date ?? facts.modified.toISOString()
    return {
      info: { file: this.#path, entries: this.#entries, sha256: facts.sha256, date },
      format,
      header,
      dateFrom: header.date === undefined ? 'file' : 'header',
      problems: problems.kept,
      problemsCount: problems.count,
      unknownColumns: parser.unknownColumns,
      counts: this.#counts,
      ...(this.#repeats && { repeats: this.#repeats.repeats }),
    }
  }
}

function hasCheckableHash({ md5, sha1, sha256, pdq }: ListEntry): boolean {
  return (md5 ?? sha1 ?? sha256 ?? pdq) !== undefined
}

/** The first batches of lines, enough to tell the format by; the facts when the file ends within them. */
async function firstLines(
  lines: AsyncGenerator<LineBatch, FileFacts>,
): Promise<{ readonly batches: readonly LineBatch[]; readonly facts?: FileFacts }> {
  const first = await lines.next()
  return first.done ? { batches: [], facts: first.value } : { batches: [first.value] }
}
