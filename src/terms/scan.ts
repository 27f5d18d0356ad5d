/** Scan: the lines that a scan gives, one for each thing met, and the summary that closes them. */
import type { ListInfo } from './list.ts'
import type { SandboxUsed } from './media.ts'
import type { Check, Match, Reason, Verdict } from './verdict.ts'

/** A path as a person reads it, and as bytes where those cannot be had back from the text. */
export interface ShownPath {
  readonly file: string
  /** The path's bytes in base64, present only when they are not UTF-8. */
  readonly fileBase64?: string
}

/** What was found of one file. */
export interface FileLine extends ShownPath {
  readonly kind: 'file'
  readonly verdict: Verdict
  readonly because?: Reason
  readonly checked: readonly Check[]
  readonly matches: readonly Match[]
  /** Present when the file matched more entries than are listed. */
  readonly more?: true
}

/** A folder whose files could not be listed: nothing is known of what it holds. */
export interface FolderLine extends ShownPath {
  readonly kind: 'folder'
  readonly verdict: 'unknown'
  readonly because: Reason
}

/** Something that is no file of its own, or was asked to be passed over. */
export interface SkippedLine extends ShownPath {
  readonly kind: 'skipped'
  readonly because: SkipReason
}

/** Why an entry of a folder was passed over. */
export type SkipReason = 'symbolic-link' | 'socket' | 'fifo' | 'device' | 'other-file-system' | 'excluded'

export type ScanLine = FileLine | FolderLine | SkippedLine

/** One line, with what the summary needs beside it. */
export interface Scanned {
  readonly line: ScanLine
  /** Which of the given paths it lies below, counted from 0. */
  readonly root: number
  /** Bytes read for its digests. */
  readonly bytes: number
}

/** Who scans, and what for, as they stated it. */
export interface Stated {
  readonly role: string
  readonly purpose: string
}

/** How a scan was asked to look. */
export interface ScanTerms {
  readonly distanceMax: number
  readonly excluded: readonly string[]
  readonly oneFileSystem: boolean
  readonly limits: FileLimits
}

/** Limits on one file; beyond them it is *unknown: too-large*, *frames-limit* or *decoder-failed*. */
export interface FileLimits {
  readonly pixelsMax: number
  readonly bytesMax: number
  readonly secondsMax: number
  readonly memoryBytesMax: number
  readonly framesMax: number
}

/** The lists a scan looked in, and what of them could not be used. */
export interface ListsUsed {
  readonly lists: readonly ListInfo[]
  /** Entries that carry only a PhotoDNA value, which is not computed here. */
  readonly uncheckableEntries: number
  /** Lines of the lists that were refused. */
  readonly badLines: number
}

/** The last line of a scan. */
export interface Summary extends ListsUsed {
  readonly kind: 'summary'
  readonly files: number
  readonly match: number
  readonly none: number
  readonly unknown: number
  readonly bytes: number
  /** Seconds spent scanning, over every session of a resumed scan. */
  readonly seconds: number
  /** The paths that were given, from the root and without links. */
  readonly paths: readonly string[]
  /** Present when the scan was broken off before its end. */
  readonly interrupted?: true
  /** ISO 8601, UTC: when the walk came to its end; absent when it was broken off. */
  readonly endedAt?: string
  readonly foldersUnread: number
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>
  /** Files that are unknown, by reason. */
  readonly because: Readonly<Partial<Record<Reason, number>>>
  /** Files that matched, by the category of their matching entries as the list words it. */
  readonly categories: Readonly<Record<string, number>>
  /** Files that matched, by the strongest basis. */
  readonly bases: Readonly<Partial<Record<Check, number>>>
  readonly terms: ScanTerms
  readonly stated: Stated
  readonly sandbox: SandboxUsed
  /** The configuration file that was read, if one was. */
  readonly configuration?: string
  /** ISO 8601, UTC: when the first session began. */
  readonly startedAt: string
  readonly version: string
  /** What *none* means here, and what it does not. */
  readonly noneMeans: string
}
