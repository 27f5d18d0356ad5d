/** Known: the lists and indexes that a scan is given, opened and ready to be asked. */
import { buildIndex, type IndexSource } from '#index/build'
import { isIndexFile, openIndex } from '#index/file'
import type { KnownIndex } from '#index/known'
import { type ListReport, type ReadOptions, readList } from '#lists/read'
import { Fault } from '#terms/fault'
import type { HashKind } from '#terms/hash'
import type { ListEntry } from '#terms/list'
import type { ListsUsed } from '#terms/scan'

/** Lists in service. */
export interface Known {
  readonly indexes: readonly KnownIndex[]
  /** The checks that the lists call for. */
  readonly calls: ReadonlySet<HashKind>
  readonly used: ListsUsed
  /** What was read of each list that was not yet an index. */
  readonly reports: readonly ListReport[]
}

export interface KnownOptions extends ReadOptions {
  /** The distance that PDQ look-ups will ask for. */
  readonly distanceMax: number
  /** Folder of the operator's own category schemes. */
  readonly vocabularies?: string | undefined
}

/**
 * Opens lists and built indexes, in the order given. All plain lists become one index in memory.
 *
 * @throws Fault those of `readList` and `openIndex`; `list.invalid` for a list without an entry
 */
export async function openKnown(files: readonly string[], options: KnownOptions): Promise<Known> {
  const isIndex = await Promise.all(files.map(isIndexFile))
  const lists = files.filter((_, at) => !isIndex[at])
  const opened: KnownIndex[] = []
  for (const file of files.filter((_, at) => isIndex[at])) opened.push(await openIndex(file))
  const read = lists.length > 0 ? await indexLists(lists, options) : undefined
  const indexes = read ? [...opened, read.index] : opened
  const reports = read?.reports ?? []
  return {
    indexes,
    calls: new Set(indexes.flatMap((index) => [...index.calls])),
    reports,
    used: {
      lists: indexes.flatMap((index) => index.lists),
      uncheckableEntries: indexes.reduce((sum, index) => sum + index.uncheckable, 0),
      badLines: indexes.reduce((sum, index) => sum + index.badLines, 0),
    },
  }
}

/** Reads lists and builds one index over them. Entries whose categories say that they mean nothing are set aside. */
export async function indexLists(
  files: readonly string[],
  options: KnownOptions,
): Promise<{ index: KnownIndex; reports: readonly ListReport[] }> {
  const reports: ListReport[] = []
  const { readVocabularies } = await import('#lists/vocabularies') // heavy: commands without a list need not wait
  const vocabularies = readVocabularies(options.vocabularies)
  const setAside = ({ categories }: ListEntry): boolean =>
    categories !== undefined && vocabularies.meaningOf(categories) === 'ignore'
  const sources = files.map((file): IndexSource => {
    const reading = readList(file, { ...options, alertOnly: true, setAside })
    return {
      entries: reading.entries,
      read: () => {
        const report = reading.report()
        reports.push(report)
        return { info: withEntries(report), badLines: report.problemsCount }
      },
    }
  })
  const index = await buildIndex(sources, { distanceMax: options.distanceMax })
  return { index, reports }
}

/** A list without entries would make every file *none*: it is refused. */
function withEntries(report: ListReport): ListReport['info'] {
  if (report.info.entries === 0) throw new Fault('list.invalid', `${report.info.file}: the list has no entry`)
  return report.info
}
