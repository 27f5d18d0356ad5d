/** Formats: which list format a file name or an option stands for, and what was lost in writing, in words. */
import { Option } from 'commander'
import { LIST_FORMATS } from '#lists/read'
import { WRITE_FORMATS, type WriteFormat, type WriteOptions, type WriteReport } from '#lists/write'
import { Fault } from '#terms/fault'
import { HASH_BYTES, type HashKind } from '#terms/hash'
import { counted } from '../numbers.ts'
import { say } from '../output.ts'

const BY_ENDING: readonly (readonly [RegExp, WriteFormat])[] = [
  [/\.xml$/i, 'ncmec'],
  [/\.json$/i, 'vics'],
  [/\.csv$/i, 'csv'],
  [/\.(jsonl|ndjson)$/i, 'jsonl'],
  [/\.(txt|hashes)$/i, 'plain'],
]

/** The format to write: as asked, else by the ending of the name. */
export function formatToWrite(file: string, asked: WriteFormat | undefined): WriteFormat {
  const format = asked ?? BY_ENDING.find(([ending]) => ending.test(file))?.[1]
  if (!format) {
    throw new Fault(
      'usage.invalid',
      `${file}: its name does not end in .csv, .jsonl, .json, .xml or .txt; say --format`,
    )
  }
  return format
}

/** `--format` of a list that is read, which is otherwise told from the content. */
export function formatOption(words: string): Option {
  return new Option('--format <format>', words).choices(LIST_FORMATS)
}

/** `--format` of a list that is written, which is otherwise told from the ending of its name. */
export function writtenFormatOption(words: string): Option {
  return new Option('--format <format>', words).choices(WRITE_FORMATS)
}

/** `--assume`, for bare hashes of 64 digits. */
export function assumeOption(): Option {
  return new Option('--assume <kind>', 'what 64 bare hex digits are, where a list does not say').choices([
    'sha256',
    'pdq',
  ])
}

/** `--scheme`, for category numbers whose list does not say whose they are. */
export function schemeOption(): Option {
  return new Option('--scheme <scheme>', 'whose category numbers a list has, as vics-us')
}

/** What makes and converts lists. */
export interface WriteFlags {
  readonly format?: WriteFormat
  readonly only?: HashKind
  readonly overwrite?: boolean
  readonly scheme?: string
}

/** `--only`, for plain lists. */
export function onlyOption(): Option {
  const kinds = Object.keys(HASH_BYTES)
  return new Option('--only <kind>', 'in a plain list, this kind of hash alone').choices(kinds)
}

/** The flags as the writer takes them. */
export function writeOptions({ only, overwrite, scheme }: WriteFlags): WriteOptions {
  return { overwrite: overwrite ?? false, ...(only && { only }), ...(scheme !== undefined && { scheme }) }
}

/** Says what the format could not carry. True when nothing was lost. */
export function sayLost(report: WriteReport): boolean {
  const lost = Object.entries(report.lostFields)
  for (const [field, count] of lost) say(`tutela: ${counted(count, 'entry', 'entries')} lost the ${field}`)
  if (report.lostEntries > 0) {
    say(
      `tutela: ${counted(report.lostEntries, 'entry', 'entries')} left out: no hash that the format carries`,
    )
  }
  return lost.length === 0 && report.lostEntries === 0
}
