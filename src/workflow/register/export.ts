/** Export: a list of the register written as a file, as it stands or as it stood on a date, where its terms permit that. */
import type { ListHeader } from '#lists/header'
import { type WriteFormat, type WriteOptions, type WriteReport, writeList } from '#lists/write'
import { changeAt } from '#store/changes'
import type { Database } from '#store/database'
import { entriesOf } from '#store/entries'
import { checkUse, listNamed } from '#store/lists'
import { Fault } from '#terms/fault'
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
export async function exportList(database: Database, asked: ExportAsked, now: Date): Promise<WriteReport> {
  const list = await listNamed(database, asked.list)
  checkUse(list, 'export')
  const change = await changeOn(database, list, asked.at ?? now)
  const entries = listEntries(entriesOf(database, list, { at: change.id }), list)
  return writeList(asked.file, asked.format, entries, headerOf(list, change.at), asked.options)
}

/**
 * The change after which a list was as it was at a date.
 *
 * @throws Fault `register.unknown` when the list was not there yet
 */
export async function changeOn(
  database: Database,
  list: RegisteredList,
  at: Date,
): Promise<{ readonly id: number; readonly at: string }> {
  const change = await changeAt(database, list.id, at)
  if (!change) throw new Fault('register.unknown', `list "${list.name}" was not there at ${at.toISOString()}`)
  return change
}

function headerOf({ name, publisher }: RegisteredList, date: string): ListHeader {
  const line = publisher.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim()
  return { name, ...(line !== '' && { publisher: line }), date }
}

async function* listEntries(
  batches: AsyncIterable<readonly EntryRecord[]>,
  list: RegisteredList,
): AsyncGenerator<readonly ListEntry[]> {
  for await (const batch of batches) yield batch.map((record) => listEntry(record, list))
}

/** An entry of the register as a list file carries it; its own trust is said only where it is not the list's. */
export function listEntry(record: EntryRecord, list: RegisteredList): ListEntry {
  const { md5, sha1, sha256, pdq, photodna, key, label, source, extra } = record
  const category = codeOf(record.categories, list.scheme ?? PUBLISHER_SCHEME)
  const { media, rest } = mediaOf(extra)
  const { [PUBLISHER_SCHEME]: _, ...categories } = record.categories
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
