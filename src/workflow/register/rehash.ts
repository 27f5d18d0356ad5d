/** Rehash: the files of a folder hashed anew, and what a list's entries lack of their hashes added to them. */
import type { Signed } from '#store/append'
import type { Database } from '#store/database'
import { listNamed } from '#store/lists'
import { type Rehashed, rehash } from '#store/rehash'
import type { HashKind } from '#terms/hash'
import type { ListEntry } from '#terms/list'
import { type MakeListDesk, makeEntries } from '../make-list.ts'

/** Files whose hashes are added by one change: what was done stays done if a long run is broken off. */
const FILES_PER_CHANGE = 10_000

export interface RehashAsked {
  readonly list: string
  readonly folder: Buffer
  readonly kinds: readonly HashKind[]
  /** The program and its version, as `tutela-0.1.0`. */
  readonly program: string
  readonly isDryRun: boolean
}

/** What a run came to. */
export interface RehashReport {
  readonly files: number
  /** Files that no entry of the list names. */
  readonly filesNotListed: number
  readonly entriesFound: number
  /** Entries of the list of which no file was in the folder. */
  readonly entriesNotFound: number
  readonly hashesAdded: number
  readonly entriesChanged: number
  /** Entries whose digests contradict each other: one is of the file, another is not. */
  readonly contradicted: readonly number[]
  /** Numbers of the changes that were made. */
  readonly changes: readonly number[]
}

/** Entries in contradiction that are named. */
const CONTRADICTED_MAX = 100

/**
 * Hashes the files below a folder and adds to a list's entries the hashes that they lack, with their provenance.
 *
 * @throws Fault `register.unknown`, `input.missing`
 */
export async function rehashList(
  database: Database,
  asked: RehashAsked,
  desk: MakeListDesk,
  signed: Signed,
): Promise<RehashReport> {
  const list = await listNamed(database, asked.list)
  const day = signed.at.toISOString().slice(0, 10)
  const terms = {
    kinds: asked.kinds,
    provenance: (kind: HashKind) => `rehash ${kind} ${asked.program} ${day}`,
    dryRun: asked.isDryRun,
    signed,
  }
  const report = new Report()
  for await (const files of batches(makeEntries([asked.folder], {}, desk), FILES_PER_CHANGE))
    report.add(files.length, await rehash(database, asked.list, files, terms))
  return report.told(list.entries)
}

async function* batches(entries: AsyncIterable<ListEntry>, size: number): AsyncGenerator<ListEntry[]> {
  let batch: ListEntry[] = []
  for await (const entry of entries) {
    batch.push(entry)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

class Report {
  readonly #found = new Set<number>()
  readonly #contradicted = new Set<number>()
  readonly #changes: number[] = []
  #files = 0
  #filesNotListed = 0
  #hashesAdded = 0
  #entriesChanged = 0

  add(files: number, { applied, found, filesNotListed, added, contradicted }: Rehashed): void {
    this.#files += files
    this.#filesNotListed += filesNotListed
    this.#hashesAdded += added
    this.#entriesChanged += applied.replaced
    for (const entry of found) this.#found.add(entry)
    for (const entry of contradicted) this.#contradicted.add(entry)
    if ('number' in applied) this.#changes.push(applied.number)
  }

  told(entries: number): RehashReport {
    return {
      files: this.#files,
      filesNotListed: this.#filesNotListed,
      entriesFound: this.#found.size,
      entriesNotFound: Math.max(0, entries - this.#found.size),
      hashesAdded: this.#hashesAdded,
      entriesChanged: this.#entriesChanged,
      contradicted: [...this.#contradicted].slice(0, CONTRADICTED_MAX),
      changes: this.#changes,
    }
  }
}
