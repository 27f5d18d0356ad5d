/** Export: a list of the register written as a file, as it stands or as it stood on a date, where its terms permit that. */
import type { ListHeader } from '#lists/header'
import { type WriteFormat, type WriteOptions, type WriteReport, writeList } from '#lists/write'
import { lastChange } from '#store/changes'
import type { Database } from '#store/database'
import { entriesOf } from '#store/entries'
import { listAt } from '#store/history'
import { checkUse, listNamed } from '#store/lists'
import type { ListEntry } from '#terms/list'
import type { Categories, EntryRecord, RegisteredList } from '#terms/register'
import { PUBLISHER_SCHEME } from './import.ts'

export interface ExportAsked {
  readonly list: string
  readonly file: string
  readonly format: WriteFormat
  /** The list as it stood then. */
  readonly at?: Date
  readonly options: WriteOptions
}

/**
 * Writes a list as a file.
 *
 * @throws Fault `register.unknown`; `register.refused` where the list's terms do not permit export; those of `writeList`
 */
export async function exportList(database: Database, asked: ExportAsked): Promise<WriteReport> {
  const list = await listNamed(database, asked.list)
  checkUse(list, 'export') // by its terms of today, whatever they were then
  const then = asked.at
    ? await listAt(database, asked.list, asked.at)
    : { list, change: await lastChange(database, list.id) }
  const entries = entriesOf(database, then.list, { at: then.change.id })
  const header = headerOf(list, then.change.numberedAt)
  const written = listEntries(entries, then.list, asked.format)
  const options = { ...asked.options, ...(list.scheme !== undefined && { scheme: list.scheme }) }
  return writeList(asked.file, asked.format, written, header, options)
}

function headerOf({ name, publisher }: RegisteredList, date: string): ListHeader {
  const line = publisher.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim()
  return { name, ...(line !== '' && { publisher: line }), date }
}

async function* listEntries(
  batches: AsyncIterable<readonly EntryRecord[]>,
  list: RegisteredList,
  format: WriteFormat,
): AsyncGenerator<readonly ListEntry[]> {
  for await (const batch of batches) yield batch.map((record) => listEntry(record, list, format))
}

/** Formats with one column for a category: it says all where an entry has one code, of the list's own scheme. */
const ONE_CATEGORY: ReadonlySet<string> = new Set(['csv', 'plain'])

/** An entry of the register as a list file carries it; its own trust is said only where it is not the list's. */
export function listEntry(record: EntryRecord, list: RegisteredList, format: string): ListEntry {
  const { md5, sha1, sha256, pdq, photodna, key, label, source, extra } = record
  const scheme = list.scheme ?? PUBLISHER_SCHEME
  const category = codeOf(record.categories, scheme)
  const { media, rest } = mediaOf(extra)
  const { [PUBLISHER_SCHEME]: _, ...others } = record.categories
  const isSaid = Object.keys(record.categories).join() === scheme && record.categories[scheme]?.length === 1
  const categories = isSaid && ONE_CATEGORY.has(format) ? {} : others
  return {
    ...(md5 && { md5 }),
    ...(sha1 && { sha1 }),
    ...(sha256 && { sha256 }),
    ...(pdq && { pdq }),
    ...(photodna !== undefined && { photodna }),
    ...(label !== undefined && { label }),
    ...(category !== undefined && { category }),
    ...(source !== undefined && { source }),
    key,
    ...(Object.keys(categories).length > 0 && { categories }),
    ...(record.trust !== list.trust && { trust: record.trust }),
    ...(media && { media }),
    ...(rest !== undefined && { extra: rest }),
  }
}

/** The code that a plain format carries: of the list's own scheme, else of the first. */
function codeOf(categories: Categories, scheme: string): string | undefined {
  return categories[scheme]?.[0] ?? Object.values(categories)[0]?.[0]
}

function mediaOf(extra: unknown): { media?: 'image' | 'video'; rest?: unknown } {
  if (typeof extra !== 'object' || extra === null || !('media' in extra)) return { rest: extra }
  const { media, ...others } = extra
  if (media !== 'image' && media !== 'video') return { rest: extra }
  return { media, ...(Object.keys(others).length > 0 && { rest: others }) }
}
