/** Record: one line of a scan's journal, checked by a sum that also covers the line before it. */
import { crc32 } from 'node:zlib'
import type { SandboxUsed } from '#terms/media'
import type { ListsUsed, Scanned, ScanTerms, Stated } from '#terms/scan'

/** The journal's version: another one is not read. */
export const JOURNAL_VERSION = 1

/** What a journal is bound to: a scan goes on only under the same lists, paths, terms and program. */
export interface Binding {
  /** SHA-256 of each list, in the order given. */
  readonly lists: readonly string[]
  /** The given paths as they were given, in base64 of their bytes. */
  readonly roots: readonly string[]
  /** The same paths without links and from the root, so that another working folder is another scan. */
  readonly places: readonly string[]
  readonly terms: ScanTerms
  readonly version: string
}

/** The first line of a journal. */
export interface Heading {
  readonly kind: 'heading'
  readonly binding: Binding
  readonly listsUsed: ListsUsed
}

/** One opening of a journal by a scan. */
export interface Session {
  readonly kind: 'session'
  readonly stated: Stated
  readonly sandbox: SandboxUsed
  /** The configuration file that was read, if one was. */
  readonly configuration?: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
}

export type JournalRecord =
  | (Heading & { readonly version: number })
  | Session
  /** One result; `milliseconds` is the time spent scanning so far, over all sessions. */
  | { readonly kind: 'result'; readonly scanned: Scanned; readonly milliseconds: number }
  /** Everything before this line is on the disk: a bad line before it is damage, and no torn end. */
  | { readonly kind: 'synced' }
  /** The walk came to its end. `census` is absent when something changed while it was under way. */
  | {
      readonly kind: 'end'
      readonly milliseconds: number
      readonly at: string
      readonly census?: string
    }
  /** The summary was given out. */
  | { readonly kind: 'told' }

/** Writes a record as a line: eight hex digits of CRC-32 over the sum before and the text, a space, the text. */
export function writeRecord(record: JournalRecord, sumBefore: number): { line: string; sum: number } {
  const text = JSON.stringify(record)
  const sum = crc32(text, sumBefore)
  return { line: `${sum.toString(16).padStart(8, '0')} ${text}\n`, sum }
}

/** Reads a line; undefined when it is not whole or its sum is wrong. */
export function readRecord(
  line: string,
  sumBefore: number,
): { record: JournalRecord; sum: number } | undefined {
  const text = line.slice(9)
  const sum = crc32(text, sumBefore)
  if (line.slice(0, 9) !== `${sum.toString(16).padStart(8, '0')} `) return undefined
  try {
    return { record: JSON.parse(text) as JournalRecord, sum }
  } catch {
    return undefined
  }
}

/** True of a mark that all before it was on the disk, whatever became of the lines before. */
export function isSyncedMark(line: string): boolean {
  return line.slice(9) === '{"kind":"synced"}'
}

/** True of the beginning of a heading that was cut short while it was written. */
export function isTornHeading(text: string): boolean {
  return /^[0-9a-f]{8} \{"kind":"heading",/.test(text)
}
