/** Index of: a list of the register as an index file, for scans where there is no service, where its terms permit scans. */
import { buildIndex } from '#index/build'
import { saveIndex } from '#index/save'
import { lastChange } from '#store/changes'
import type { Database } from '#store/database'
import { entriesOf } from '#store/entries'
import { silencedIn } from '#store/judgements'
import { checkUse, listNamed } from '#store/lists'
import { Fault } from '#terms/fault'
import type { ListEntry, ListInfo } from '#terms/list'
import type { EntryRecord, RegisteredList } from '#terms/register'
import { listEntry } from './export.ts'

export interface IndexAsked {
  readonly list: string
  readonly file: string
  readonly distanceMax: number
  readonly overwrite: boolean
}

export interface IndexMade {
  readonly entries: number
  /** Entries left out: false positives by their publisher or by judgement, and those switched off. */
  readonly silenced: number
  readonly bytes: number
}

/**
 * Writes an index file over a list as it stands. What would be no match of the service is not in it.
 *
 * @throws Fault `register.unknown`; `register.refused` where the terms do not permit scans, or the list is of harmless files;
 * `output.failed`
 */
export async function indexOf(database: Database, asked: IndexAsked, now: Date): Promise<IndexMade> {
  const list = await listNamed(database, asked.list)
  checkUse(list, 'scan')
  if (list.kind === 'known-good')
    throw new Fault('register.refused', `list "${list.name}" is of harmless files: a scan finds known ones`)
  const change = await lastChange(database, list.id)
  const silenced = await silencedIn(database, list.id, now)
  let [entries, left] = [0, 0]
  async function* kept(): AsyncGenerator<readonly ListEntry[]> {
    for await (const batch of entriesOf(database, list, { at: change.id })) {
      const heard = batch.filter((record) => isHeard(record, silenced))
      entries += heard.length
      left += batch.length - heard.length
      yield heard.map((record) => listEntry(record, list, 'csv'))
    }
  }
  const read = () => ({ info: infoOf(list, change, entries), badLines: 0 })
  const index = await buildIndex([{ entries: kept(), read }], { distanceMax: asked.distanceMax })
  const { bytes } = await saveIndex(index, asked.file, { overwrite: asked.overwrite })
  return { entries, silenced: left, bytes }
}

function isHeard({ entry, trust }: EntryRecord, silenced: ReadonlySet<number>): boolean {
  return trust !== 'false-positive' && !silenced.has(entry)
}

/** A scan names the list by its name, its last change's date and digest. */
function infoOf(
  { name }: RegisteredList,
  { numberedAt, digest }: { numberedAt: string; digest: ListInfo['sha256'] },
  entries: number,
): ListInfo {
  return { file: name, entries, sha256: digest, date: numberedAt }
}
