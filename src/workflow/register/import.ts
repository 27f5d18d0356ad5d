/** Import: a list file of any format brought into a list of the register, whole or not at all. */
import { type ListReport, type ReadOptions, readList } from '#lists/read'
import { readVocabularies } from '#lists/vocabularies'
import type { Signed } from '#store/append'
import type { Database } from '#store/database'
import { listNamed } from '#store/lists'
import { type Applied, applySteps, type Bounds } from '#store/steps'
import type { ListEntry } from '#terms/list'
import {
  type Categories,
  type EntryPut,
  type EntryStep,
  entryKey,
  type RegisteredList,
} from '#terms/register'

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
  /** Category codes whose entries are left out. */
  readonly skipped: readonly string[]
  /** Folder of the operator's own category schemes. */
  readonly vocabularies?: string | undefined
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
 * @throws Fault `register.unknown`; `register.held` beyond the bounds; those of `readList`, also where a set of harmless files
 * is to go into a list that alerts; with nothing applied
 */
export async function importList(database: Database, asked: ImportAsked, signed: Signed): Promise<Imported> {
  const list = await listNamed(database, asked.into)
  const reading = readList(asked.file, {
    ...asked.reading,
    ...(list.scheme !== undefined && { scheme: list.scheme }),
    keepDeleted: true,
    alertOnly: list.kind === 'alert',
    setAside: misplaced(list, asked),
  })
  const applied = await applySteps(database, asked.into, stepsOf(reading.entries, list, asked.progress), {
    kind: asked.isWhole ? 'replace' : 'import',
    whole: asked.isWhole,
    dryRun: asked.isDryRun,
    ...(asked.isBeyondBounds && { because: 'beyond its bounds, by decision' }),
    // A dry run is how one looks at what would be held.
    ...(!asked.isBeyondBounds && !asked.isDryRun && { bounds: IMPORT_BOUNDS }),
    signed,
  })
  return { applied, report: reading.report() }
}

/**
 * Which entries have no place in a list: on one that alerts, those whose categories say that they mean nothing; on one of
 * harmless files, all whose categories say otherwise, since they would silence their own matches.
 */
function misplaced(
  list: RegisteredList,
  { skipped, vocabularies: own }: ImportAsked,
): (entry: ListEntry) => boolean {
  const vocabularies = readVocabularies(own)
  return (entry) => {
    if (entry.deleted) return false
    if (entry.category !== undefined && skipped.includes(entry.category)) return true
    const categories = categoriesOf(entry, list.scheme ?? PUBLISHER_SCHEME)
    if (!categories) return false
    const isIgnored = vocabularies.meaningOf(categories) === 'ignore'
    return list.kind === 'alert' ? isIgnored : !isIgnored
  }
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

type PutDraft = { -readonly [F in keyof EntryPut]: EntryPut[F] }

/** What an entry of a list file does to a list of the register. */
export function stepOf(entry: ListEntry, scheme: string): EntryStep {
  if (entry.deleted) {
    const key = entry.key ?? entryKey(entry)
    if (key !== undefined) return { kind: 'withdraw', key, because: 'withdrawn by its publisher' }
  }
  const put: PutDraft = {} // field by field: there are millions, and a spread takes three times as long
  if (entry.key !== undefined) put.key = entry.key
  if (entry.md5 !== undefined) put.md5 = entry.md5
  if (entry.sha1 !== undefined) put.sha1 = entry.sha1
  if (entry.sha256 !== undefined) put.sha256 = entry.sha256
  if (entry.pdq !== undefined) put.pdq = entry.pdq
  if (entry.photodna !== undefined) put.photodna = entry.photodna
  const categories = categoriesOf(entry, scheme)
  if (categories !== undefined) put.categories = categories
  if (entry.label !== undefined) put.label = entry.label
  if (entry.source !== undefined) put.source = entry.source
  if (entry.trust !== undefined) put.trust = entry.trust
  const extra = extraOf(entry.extra, entry.media)
  if (extra !== undefined) put.extra = extra
  return { kind: 'put', entry: put }
}

/** An entry's categories by scheme; a code that none of the known schemes has stands beside them, under `scheme`. */
function categoriesOf({ categories, category }: ListEntry, scheme: string): Categories | undefined {
  if (category === undefined) return categories
  if (!categories) return { [scheme]: [category] }
  const isKnown = Object.values(categories).some((codes) => codes.includes(category))
  return isKnown ? categories : { ...categories, [scheme]: [category] }
}

function extraOf(extra: unknown, media: ListEntry['media']): unknown {
  if (media === undefined) return extra
  if (extra === undefined) return { media }
  const isObject = typeof extra === 'object' && extra !== null && !Array.isArray(extra)
  return isObject ? { ...extra, media } : extra
}
