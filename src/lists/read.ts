/** Read: a list file of any format, streamed as batches of entries, with a report of what was read. */
import type { ListEntry, ListInfo } from '#terms/list'
import { type FileFacts, readBytes } from './bytes.ts'
import type { HashField } from './entry.ts'
import { parserOf, type Stated } from './formats.ts'
import type { ListHeader } from './header.ts'
import type { RdsDatabase } from './nsrl/database.ts'
import { isKnownGood, type ListAbout, type ListFormat, type ListParser } from './parser.ts'
import { type ListProblem, Problems, placeWords } from './problems.ts'
import { RepeatCounter } from './repeats.ts'
import { refuseOtherThanText, sniff } from './sniff.ts'

export type { ListHeader } from './header.ts'
export type { ListFormat } from './parser.ts'
export { LIST_FORMATS } from './parser.ts'
export type { ListProblem } from './problems.ts'
export { placeWords } from './problems.ts'

export interface ReadOptions extends Stated {
  /** Refuses the list whole at its first bad line. */
  readonly strict?: boolean
  /** The format, where it is not to be told from the content. */
  readonly format?: ListFormat
  /** Counts entries that repeat an earlier one; takes up to 32 bytes of memory an entry. */
  readonly countRepeats?: boolean
  /** Gives tombstones too, entries with `deleted`; without it they are counted only. */
  readonly keepDeleted?: boolean
  /** Refuses a set of files that are known to be good: a match with one would be no alarm. */
  readonly alertOnly?: boolean
  /** Entries that are not wanted: they are counted as set aside. */
  readonly setAside?: (entry: ListEntry) => boolean
}

/** Entries by the hashes that they carry. */
export type HashCounts = Readonly<Record<HashField, number>> & {
  /** Entries whose only hashes are PhotoDNA values or hashes of videos, which are not computed here. */
  readonly uncheckable: number
}

/** What was read of a list. */
export interface ListReport {
  readonly info: ListInfo
  readonly format: ListFormat
  /** Version and kind of the document, in words, where its format has several. */
  readonly dialect?: string
  /** The scheme of its category codes, as the list says or as it was stated. */
  readonly scheme?: string
  readonly header: ListHeader
  /** Where the list's date comes from. */
  readonly dateFrom: 'header' | 'file'
  /** The first hundred bad lines and entries. */
  readonly problems: readonly ListProblem[]
  readonly problemsCount: number
  /** Names of CSV columns, and of members of a document, that were left out. */
  readonly unknownColumns: readonly string[]
  readonly counts: HashCounts
  /** Tombstones that were not asked for. */
  readonly tombstones: number
  /** Entries that were not wanted. */
  readonly setAside: number
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
 * is asked for. Bad lines and entries are left out and reported.
 *
 * @throws Fault, from the batches: `input.missing` or `list.unreadable` when the file cannot be read; `list.invalid` when it is
 * no list, when nothing in it can be taken, when a document is cut short or malformed, or with `strict` when any line is bad
 */
export function readList(path: string, options: ReadOptions = {}): ListReading {
  const reading = new Reading(path, options)
  return { entries: reading.batches(), report: () => reading.report() }
}

class Reading {
  readonly #path: string
  readonly #options: ReadOptions
  readonly #problems: Problems
  readonly #counts = { md5: 0, sha1: 0, sha256: 0, pdq: 0, photodna: 0, uncheckable: 0 }
  readonly #repeats: RepeatCounter | undefined
  #entries = 0
  #tombstones = 0
  #setAside = 0
  #report: ListReport | undefined

  constructor(path: string, options: ReadOptions) {
    this.#path = path
    this.#options = options
    this.#problems = new Problems(path, options.strict ?? false)
    this.#repeats = options.countRepeats ? new RepeatCounter() : undefined
  }

  async *batches(): AsyncGenerator<readonly ListEntry[]> {
    const bytes = readBytes(this.#path)
    try {
      const first = await bytes.next()
      if (first.done) throw new TypeError('a file has at least one chunk')
      const format = this.#format(first.value)
      if (format === 'rds') {
        const about = yield* this.#database()
        this.#report = this.#close(format, about, await rest(bytes))
      } else {
        const parser = await parserOf(format, this.#path, this.#problems, this.#options)
        yield* this.#taken(parser.take(first.value))
        const facts = yield* this.#rest(parser, bytes)
        yield* this.#taken(parser.end())
        this.#report = this.#close(format, parser, facts)
      }
    } finally {
      await bytes.return(undefined as never)
    }
  }

  #format(beginning: Buffer): ListFormat {
    const { format = sniff(beginning, this.#problems), alertOnly } = this.#options
    if (format !== 'rds') refuseOtherThanText(beginning, this.#problems)
    if (alertOnly && isKnownGood(format))
      this.#problems.refuse('is a set of files that are known to be good: its matches would be no alarm')
    return format
  }

  report(): ListReport {
    if (!this.#report) throw new TypeError('a list was asked for its report before it was read to its end')
    return this.#report
  }

  async *#rest(
    parser: ListParser,
    bytes: AsyncGenerator<Buffer, FileFacts>,
  ): AsyncGenerator<readonly ListEntry[], FileFacts> {
    for (;;) {
      const next = await bytes.next()
      if (next.done) return next.value
      yield* this.#taken(parser.take(next.value))
    }
  }

  /** A database is read by its own pages; its bytes are only digested. */
  async *#database(): AsyncGenerator<readonly ListEntry[], RdsDatabase> {
    const { RdsDatabase } = await import('./nsrl/database.ts')
    const database = new RdsDatabase(this.#path, this.#problems)
    yield* this.#taken(database.entries())
    return database
  }

  *#taken(batches: Iterable<readonly ListEntry[]>): Generator<readonly ListEntry[]> {
    for (const batch of batches) {
      const entries = this.#wanted(batch)
      if (entries.length === 0) continue
      this.#entries += entries.length
      for (const entry of entries) this.#count(entry)
      yield entries
    }
  }

  /** Most lists have neither tombstones nor entries to set aside: their batches are given as they are. */
  #wanted(batch: readonly ListEntry[]): readonly ListEntry[] {
    const { keepDeleted, setAside } = this.#options
    const isUnwanted = (entry: ListEntry): boolean =>
      (entry.deleted === true && !keepDeleted) || (setAside?.(entry) ?? false)
    if (!batch.some(isUnwanted)) return batch
    const wanted = batch.filter((entry) => !isUnwanted(entry))
    const tombstones = keepDeleted ? 0 : batch.filter(({ deleted }) => deleted).length
    this.#tombstones += tombstones
    this.#setAside += batch.length - wanted.length - tombstones
    return wanted
  }

  #count(entry: ListEntry): void {
    const counts = this.#counts
    if (entry.md5 !== undefined) counts.md5++
    if (entry.sha1 !== undefined) counts.sha1++
    if (entry.sha256 !== undefined) counts.sha256++
    if (entry.pdq !== undefined) counts.pdq++
    if (entry.photodna !== undefined) counts.photodna++
    if (entry.deleted === undefined && !hasCheckableHash(entry)) counts.uncheckable++
    this.#repeats?.add(entry)
  }

  #close(format: ListFormat, about: ListAbout, facts: FileFacts): ListReport {
    const problems = this.#problems
    this.#setAside += about.setAside ?? 0
    const [first] = problems.kept
    if (this.#entries + this.#tombstones + this.#setAside === 0 && first) {
      const bad = first.entry === undefined ? 'bad lines' : 'bad entries'
      const others = problems.count > 1 ? `, nor any other (${problems.count} ${bad})` : ''
      problems.refuse(`${placeWords(first)}: ${first.reason}${others}`)
    }
    const { header, dialect, scheme = this.#options.scheme } = about
    const date = header.date ?? facts.modified.toISOString()
    return {
      info: { file: this.#path, entries: this.#entries, sha256: facts.sha256, date },
      format,
      ...(dialect !== undefined && { dialect }),
      ...(scheme !== undefined && { scheme }),
      header,
      dateFrom: header.date === undefined ? 'file' : 'header',
      problems: problems.kept,
      problemsCount: problems.count,
      unknownColumns: about.unknownColumns,
      counts: this.#counts,
      tombstones: this.#tombstones,
      setAside: this.#setAside,
      ...(this.#repeats && { repeats: this.#repeats.repeats }),
    }
  }
}

/** Reads the bytes that nobody asked for. @returns the facts of the file */
async function rest(bytes: AsyncGenerator<Buffer, FileFacts>): Promise<FileFacts> {
  for (;;) {
    const next = await bytes.next()
    if (next.done) return next.value
  }
}

function hasCheckableHash({ md5, sha1, sha256, pdq }: ListEntry): boolean {
  return (md5 ?? sha1 ?? sha256 ?? pdq) !== undefined
}
