/** Write: entries into a list file of any format, whole or not at all, with a report of what it could not carry. */
import { createHash } from 'node:crypto'
import { type WholeFileSink, writeWholeFile } from '#ground/whole-file'
import { Fault } from '#terms/fault'
import { type HashKind, type Sha256, sha256 } from '#terms/hash'
import type { ListEntry } from '#terms/list'
import { HEADER_FIELDS, type HeaderDraft, type ListHeader, setHeaderField } from './header.ts'
import { printerOf, type WriteFormat } from './printers/open.ts'
import type { ListPrinter, LostField } from './printers/printer.ts'

export { WRITE_FORMATS, type WriteFormat } from './printers/open.ts'

/** Entries that are turned into text together. */
const BATCH_ENTRIES = 2_048

export interface WriteOptions {
  /** Replaces a file of that name; without it, one that exists is a fault. */
  readonly overwrite?: boolean
  /** Plain lists: writes this kind of hash alone, as bare hex under a line that states the kind. */
  readonly only?: HashKind
  /** The scheme whose codes the list's category numbers are, as `vics-us`. */
  readonly scheme?: string
}

/** What was written, and what was lost. */
export interface WriteReport {
  readonly entries: number
  readonly bytes: number
  readonly sha256: Sha256
  /** Entries that lost a field which the format, or any list, cannot carry, by field. */
  readonly lostFields: Readonly<Partial<Record<LostField, number>>>
  /** Entries that were left out, having no hash that could be written. */
  readonly lostEntries: number
  /** Entries that became several lines, one for each of their hashes. */
  readonly splitEntries: number
}

/**
 * Writes a list. The file appears under its name once every entry is in it and on the disk.
 *
 * @throws Fault `output.failed` when the file exists and may not be replaced, or the disk refuses; `usage.invalid` when the
 * header's texts are not single lines, its date is none, or it lacks what the format needs
 */
export async function writeList(
  path: string,
  format: WriteFormat,
  entries: AsyncIterable<ListEntry | readonly ListEntry[]> | Iterable<ListEntry | readonly ListEntry[]>,
  header: ListHeader = {},
  options: WriteOptions = {},
): Promise<WriteReport> {
  const { only, scheme } = options
  const writer = new Writer(await printerOf(format, { header: checkedHeader(header), only, scheme }))
  try {
    return await writeWholeFile(path, options, async (sink) => {
      await writer.begin(sink)
      for await (const given of entries) await writer.add(sink, isBatch(given) ? given : [given])
      return writer.end(sink)
    })
  } finally {
    await writer.close()
  }
}

class Writer {
  readonly #printer: ListPrinter
  readonly #digest = createHash('sha256')
  readonly #lost: Partial<Record<LostField, number>> = {}
  #held: ListEntry[] = []
  #entries = 0
  #lostEntries = 0

  constructor(printer: ListPrinter) {
    this.#printer = printer
  }

  async begin(sink: WholeFileSink): Promise<void> {
    await this.#put(sink, this.#printer.begin())
  }

  async add(sink: WholeFileSink, entries: readonly ListEntry[]): Promise<void> {
    for (const entry of entries) {
      const kept = this.#printer.keep(entry, (field) => {
        this.#lost[field] = (this.#lost[field] ?? 0) + 1
      })
      if (kept) this.#held.push(kept)
      else this.#lostEntries++
      if (this.#held.length === BATCH_ENTRIES) await this.#flush(sink)
    }
  }

  async end(sink: WholeFileSink): Promise<WriteReport> {
    await this.#flush(sink)
    for await (const rest of this.#printer.end()) await this.#put(sink, rest)
    const digest = sha256(this.#digest.digest('hex'))
    if (!digest) throw new TypeError('a SHA-256 of 32 bytes was expected')
    return {
      entries: this.#entries,
      bytes: sink.size,
      sha256: digest,
      lostFields: this.#lost,
      lostEntries: this.#lostEntries,
      splitEntries: this.#printer.splitEntries,
    }
  }

  async close(): Promise<void> {
    await this.#printer.close()
  }

  async #flush(sink: WholeFileSink): Promise<void> {
    const held = this.#held
    this.#held = []
    this.#entries += held.length
    await this.#put(sink, await this.#printer.print(held))
  }

  async #put(sink: WholeFileSink, text: string | Uint8Array): Promise<void> {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    this.#digest.update(bytes)
    await sink.write(bytes)
  }
}

function isBatch(given: ListEntry | readonly ListEntry[]): given is readonly ListEntry[] {
  return Array.isArray(given)
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
