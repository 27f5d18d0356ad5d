/** Write: entries into a list file of any format, whole or not at all, with a report of what it could not carry. */
import { createHash } from 'node:crypto'
import { type WholeFileSink, writeWholeFile } from '#ground/whole-file'
import { Fault } from '#terms/fault'
import { type HashKind, type Sha256, sha256 } from '#terms/hash'
import type { ListEntry } from '#terms/list'
import { csvHeader, csvRows } from './csv.ts'
import {
  type EntryDraft,
  type Field,
  HASH_FIELDS,
  hasHash,
  isPhotoDna,
  isText,
  TEXT_FIELDS,
} from './entry.ts'
import { HEADER_FIELDS, type HeaderDraft, headerComments, type ListHeader, setHeaderField } from './header.ts'
import { jsonHeader, jsonLine } from './jsonl.ts'
import { plainLines } from './plain.ts'

/** The formats that a list can be written in. */
export const WRITE_FORMATS = ['csv', 'plain', 'jsonl'] as const
export type WriteFormat = (typeof WRITE_FORMATS)[number]

/** Entries that are turned into text together. */
const BATCH_ENTRIES = 2_048

export interface WriteOptions {
  /** Replaces a file of that name; without it, one that exists is a fault. */
  readonly overwrite?: boolean
  /** Plain lists: writes this kind of hash alone, as bare hex under a line that states the kind. */
  readonly only?: HashKind
}

/** What was written, and what was lost. */
export interface WriteReport {
  readonly entries: number
  readonly bytes: number
  readonly sha256: Sha256
  /** Entries that lost a field which the format, or any list, cannot carry, by field. */
  readonly lostFields: Readonly<Partial<Record<Field, number>>>
  /** Entries that were left out, having no hash that could be written. */
  readonly lostEntries: number
  /** Entries that became several lines, one for each of their hashes. */
  readonly splitEntries: number
}

/**
 * Writes a list. The file appears under its name once every entry is in it and on the disk.
 *
 * @throws Fault `output.failed` when the file exists and may not be replaced, or the disk refuses; `usage.invalid` when the
 * header's texts are not single lines or its date is none
 */
export async function writeList(
  path: string,
  format: WriteFormat,
  entries: AsyncIterable<ListEntry | readonly ListEntry[]> | Iterable<ListEntry | readonly ListEntry[]>,
  header: ListHeader = {},
  options: WriteOptions = {},
): Promise<WriteReport> {
  const writer = new Writer(format, checkedHeader(header), options)
  return writeWholeFile(path, options, async (sink) => {
    await writer.begin(sink)
    for await (const given of entries) await writer.add(sink, isBatch(given) ? given : [given])
    return writer.end(sink)
  })
}

class Writer {
  readonly #format: WriteFormat
  readonly #header: ListHeader
  readonly #only: HashKind | undefined
  readonly #digest = createHash('sha256')
  readonly #lost: Partial<Record<Field, number>> = {}
  #held: ListEntry[] = []
  #entries = 0
  #lostEntries = 0
  #splitEntries = 0

  constructor(format: WriteFormat, header: ListHeader, options: WriteOptions) {
    this.#format = format
    this.#header = header
    this.#only = format === 'plain' ? options.only : undefined
  }

  async begin(sink: WholeFileSink): Promise<void> {
    const comments = headerComments(this.#header, this.#only)
    switch (this.#format) {
      case 'csv':
        return this.#put(sink, lines([...(isEmpty(this.#header) ? [] : comments), csvHeader()]))
      case 'plain':
        return this.#put(sink, lines(comments))
      case 'jsonl':
        return this.#put(sink, lines([jsonHeader(this.#header)]))
    }
  }

  async add(sink: WholeFileSink, entries: readonly ListEntry[]): Promise<void> {
    for (const entry of entries) {
      const kept = this.#keepable(entry)
      if (kept) this.#held.push(kept)
      else this.#lostEntries++
      if (this.#held.length === BATCH_ENTRIES) await this.#flush(sink)
    }
  }

  async end(sink: WholeFileSink): Promise<WriteReport> {
    await this.#flush(sink)
    const digest = sha256(this.#digest.digest('hex'))
    if (!digest) throw new TypeError('a SHA-256 of 32 bytes was expected')
    return {
      entries: this.#entries,
      bytes: sink.size,
      sha256: digest,
      lostFields: this.#lost,
      lostEntries: this.#lostEntries,
      splitEntries: this.#splitEntries,
    }
  }

  /** The entry without what cannot be carried; undefined when no hash is left of it. */
  #keepable(entry: ListEntry): ListEntry | undefined {
    const kept: EntryDraft = { ...entry }
    for (const field of TEXT_FIELDS) {
      const text = entry[field]
      if (text === undefined || text === '') delete kept[field]
      else if (this.#format === 'plain' || !isText(text)) this.#lose(kept, field)
    }
    if (entry.photodna !== undefined && !isPhotoDna(entry.photodna)) this.#lose(kept, 'photodna')
    if (this.#only) this.#loseOthers(kept, this.#only)
    return hasHash(kept) ? kept : undefined
  }

  #loseOthers(kept: EntryDraft, only: HashKind): void {
    for (const field of HASH_FIELDS) {
      if (field !== only && kept[field] !== undefined) this.#lose(kept, field)
    }
  }

  #lose(kept: EntryDraft, field: Field): void {
    delete kept[field]
    this.#lost[field] = (this.#lost[field] ?? 0) + 1
  }

  async #flush(sink: WholeFileSink): Promise<void> {
    const held = this.#held
    this.#held = []
    this.#entries += held.length
    await this.#put(sink, this.#print(held))
  }

  #print(entries: readonly ListEntry[]): string {
    switch (this.#format) {
      case 'csv':
        return entries.length === 0 ? '' : csvRows(entries)
      case 'jsonl':
        return lines(entries.map(jsonLine))
      case 'plain':
        return lines(entries.flatMap((entry) => this.#plain(entry)))
    }
  }

  #plain(entry: ListEntry): string[] {
    const hashes = plainLines(entry, this.#only)
    if (hashes.length > 1) this.#splitEntries++
    return hashes
  }

  async #put(sink: WholeFileSink, text: string): Promise<void> {
    const bytes = Buffer.from(text)
    this.#digest.update(bytes)
    await sink.write(bytes)
  }
}

function isBatch(given: ListEntry | readonly ListEntry[]): given is readonly ListEntry[] {
  return Array.isArray(given)
}

/** Comments above its header line are more than most readers of CSV expect, so a CSV has them only when they say something. */
function isEmpty(header: ListHeader): boolean {
  return HEADER_FIELDS.every((field) => header[field] === undefined)
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}

function checkedHeader(header: ListHeader): ListHeader {
  const checked: HeaderDraft = {}
  for (const field of HEADER_FIELDS) {
    const text = header[field]
    const reason = text === undefined ? undefined : setHeaderField(checked, field, text)
    if (reason) throw new Fault('usage.invalid', reason)
  }
  return checked
}
