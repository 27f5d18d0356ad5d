/** Import: a list file of any format brought into a list of the register, whole or not at all. */
import { isKnownGood, type ListFormat } from '#lists/parser'
import { type ListReport, type ReadOptions, readList } from '#lists/read'
import type { Signed } from '#store/append'
import type { Database } from '#store/database'
import { listNamed } from '#store/lists'
import { type Applied, applySteps, type Bounds } from '#store/steps'
import { Fault } from '#terms/fault'
import type { ListEntry } from '#terms/list'
import type { Categories, EntryPut, EntryStep, RegisteredList } from '#terms/register'

/** A list without a scheme of its own keeps its publisher's codes under this one. */
export const PUBLISHER_SCHEME = 'publisher'

/** How far one import may change a list unless told otherwise: half of it withdrawn, or tripled. */
export const IMPORT_BOUNDS: Bounds = { withdrawnShareMax: 0.5, addedShareMax: 2 }

export interface ImportAsked {
  readonly file: string
  /** Name of the list. */
  readonly into: string
  /** The file is the whole list: what it does not name is withdrawn. */
  readonly isWhole: boolean
  readonly isDryRun: boolean
  /** Applies a change however large. */
  readonly isBeyondBounds: boolean
  readonly reading: Pick<ReadOptions, 'strict' | 'format' | 'assume'>
  /** Category codes whose entries are left out, as those of harmless files in a list of the other kind. */
  readonly skipped: readonly string[]
  /** Told how many entries were read so far. */
  readonly progress?: (entries: number) => void
}

export interface Imported {
  readonly applied: Applied
  readonly report: ListReport
}

/**
 * Imports a list file. Its entries replace those with the same key.
 *
 * @throws Fault `register.unknown`; `register.held` beyond the bounds; `register.refused` where a list of harmless files is
 * to go into one that alerts, or the other way; those of `readList`; with nothing applied
 */
export async function importList(database: Database, asked: ImportAsked, signed: Signed): Promise<Imported> {
  const list = await listNamed(database, asked.into)
  const reading = readList(asked.file, {
    ...asked.reading,
    ...(list.scheme !== undefined && { scheme: list.scheme }),
    keepDeleted: true,
    setAside: (entry) => entry.category !== undefined && asked.skipped.includes(entry.category),
  })
  const applied = await applySteps(database, asked.into, stepsOf(reading.entries, list, asked.progress), {
    kind: asked.isWhole ? 'replace' : 'import',
    whole: asked.isWhole,
    dryRun: asked.isDryRun,
    ...(asked.isBeyondBounds ? { because: 'beyond its bounds, by decision' } : { bounds: IMPORT_BOUNDS }),
    also: async () => refuseOtherKind(list, reading.report().format),
    signed,
  })
  const report = reading.report()
  refuseOtherKind(list, report.format)
  return { applied, report }
}

/** A false alarm for each harmless file, or silence on each known one: neither is what a list is for. */
function refuseOtherKind(list: RegisteredList, format: ListFormat): void {
  if (!isKnownGood(format) || list.kind === 'known-good') return
  throw new Fault('register.refused', `${format} lists harmless files; list "${list.name}" is of kind alert`)
}

async function* stepsOf(
  batches: AsyncIterable<readonly ListEntry[]>,
  list: RegisteredList,
  progress: ImportAsked['progress'],
): AsyncGenerator<readonly EntryStep[]> {
  let entries = 0
  for await (const batch of batches) {
    yield batch.map((entry) => stepOf(entry, list.scheme ?? PUBLISHER_SCHEME))
    entries += batch.length
    progress?.(entries)
  }
}

/** What an entry of a list file does to a list of the register. */
export function stepOf(entry: ListEntry, scheme: string): EntryStep {
  const { category, categories, media, deleted, extra, ...same } = entry
  if (deleted && entry.key !== undefined)
    return { kind: 'withdraw', key: entry.key, because: 'withdrawn by its publisher' }
  const put: EntryPut = {
    ...same,
    ...(categories === undefined && category !== undefined && { categories: { [scheme]: [category] } }),
    ...(categories !== undefined && { categories: withCode(categories, category, scheme) }),
    ...(media !== undefined || extra !== undefined ? { extra: extraOf(extra, media) } : {}),
  }
  return { kind: 'put', entry: put }
}

/** A code that none of the known schemes has stays beside them. */
function withCode(categories: Categories, category: string | undefined, scheme: string): Categories {
  const isKnown =
    category === undefined || Object.values(categories).some((codes) => codes.includes(category))
  return isKnown ? categories : { ...categories, [scheme]: [category] }
}

function extraOf(extra: unknown, media: ListEntry['media']): unknown {
  if (media === undefined) return extra
  if (extra === undefined) return { media }
  const isObject = typeof extra === 'object' && extra !== null && !Array.isArray(extra)
  return isObject ? { ...extra, media } : extra
}
