/** Local file: the text files of python-threatexchange, one signal a line under its kind. */
import { createHash } from 'node:crypto'
import type { ListEntry } from '#terms/list'
import { type EntryDraft, HASH_FIELDS, hasHash, setField, shown } from '../entry.ts'
import { extraOf, hasOtherExtra, isObject } from '../extra.ts'
import type { Preamble } from '../header.ts'
import type { LineBatch } from '../lines.ts'
import type { LineParser } from '../parser.ts'
import { keepFields, type Lose, type LostField } from '../printers/printer.ts'
import type { Problems } from '../problems.ts'
import { otherSignalMedia, signalField } from './signal.ts'

/** `pdq f8f8…`: the first space parts the kind from the signal. */
const LINE = /^([A-Za-z][A-Za-z0-9_-]{0,40}) (\S.*)$/

/** A signal that fills no field of an entry: `extra['local-file']` of a list entry. */
export interface OtherSignal {
  readonly type: string
  readonly signal: string
}

/** Reads a local file: every line is a signal. */
export class LocalFileParser implements LineParser {
  readonly unknownColumns: readonly string[] = []
  readonly preamble: Preamble = { header: {} }
  readonly #problems: Problems

  constructor(problems: Problems) {
    this.#problems = problems
  }

  take({ firstLine, lines }: LineBatch): ListEntry[] {
    const entries: ListEntry[] = []
    for (const [at, line] of lines.entries()) {
      const text = line?.trim() ?? ''
      if (text === '') continue
      const entry = parseSignal(text)
      if (typeof entry === 'string') this.#problems.add(firstLine + at, entry)
      else entries.push(entry)
    }
    return entries
  }

  end(): ListEntry[] {
    return []
  }
}

/** True of a line that can be one of a local file. */
export function isSignalLine(line: string): boolean {
  const type = LINE.exec(line.trim())?.[1]
  return type !== undefined && (signalField(type) ?? otherSignalMedia(type)) !== undefined
}

function parseSignal(text: string): ListEntry | string {
  const [, type = '', signal = ''] = LINE.exec(text) ?? []
  if (type === '') return `is no kind of signal and a signal: ${shown(text)}`
  const known = signalField(type)
  if (!known) return otherEntry(type, signal)
  const draft: EntryDraft = {}
  const reason = setField(draft, known.field, signal)
  if (reason !== undefined) return reason
  return known.media ? { ...draft, media: known.media } : draft
}

/** An entry with a hash that nothing here computes. Its key is short whatever its signal is. */
function otherEntry(type: string, signal: string): ListEntry | string {
  const media = otherSignalMedia(type)
  if (!media) return `${shown(type)} is no kind of hash that is known here`
  const other: OtherSignal = { type, signal }
  const key = `${type}:${createHash('sha256').update(signal).digest('hex')}`
  return { key, media, extra: { 'local-file': other } }
}

const CARRIED: ReadonlySet<LostField> = new Set([...HASH_FIELDS, 'media', 'extra'])

/** What a local file can carry of an entry. */
export function keepSignals(entry: ListEntry, lose: Lose): ListEntry | undefined {
  const other = otherSignal(entry.extra)
  const { key, ...rest } = entry
  const kept = keepFields(other ? rest : entry, CARRIED, lose)
  if (!kept) return undefined
  const isToldByKind = kept.media === 'video' ? (kept.md5 ?? kept.sha256) : kept.pdq
  if (kept.media && !isToldByKind && !other) lose('media')
  if (hasOtherExtra(kept.extra, ['local-file'])) lose('extra')
  return hasHash(kept) || other ? kept : undefined
}

/** The lines of an entry: one for each hash, and the signal that it was read with. */
export function signalLines(entry: ListEntry): string[] {
  const isVideo = entry.media === 'video'
  const lines = HASH_FIELDS.flatMap((field) => {
    const hash = entry[field]
    if (hash === undefined) return []
    return [`${isVideo && (field === 'md5' || field === 'sha256') ? `video_${field}` : field} ${hash}`]
  })
  const other = otherSignal(entry.extra)
  return other ? [...lines, `${other.type} ${other.signal}`] : lines
}

/** The signal that an entry was read with, where it fills no field. */
function otherSignal(extra: unknown): OtherSignal | undefined {
  const other = extraOf(extra, 'local-file')
  if (!isObject(other)) return undefined
  const { type, signal } = other
  const isOne = typeof type === 'string' && typeof signal === 'string' && LINE.test(`${type} ${signal}`)
  return isOne ? { type, signal } : undefined
}
