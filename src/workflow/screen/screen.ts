/** Screen: the items of cases that are due are looked up, and what was found is written down, once, whoever is cut off. */
import { againAfter, type Found, itemStateOf, saysTheSame } from '#cases/triage'
import { newId } from '#ground/id'
import { VERSION } from '#ground/version'
import {
  endLease,
  type ItemToScreen,
  leaseDue,
  openItemsBehind,
  type ScreeningWritten,
  screenAgain,
  writeScreenings,
} from '#store/screenings'
import type { Decided, Grade, Screening } from '#terms/casework'
import type { ScreenDesk } from './desk.ts'
import { findItems, findKnown, type ItemFound } from './find.ts'
import { settleCases } from './settle.ts'

/** Items that one worker has in hand at a time. */
const ITEMS_AT_ONCE = 200
/** So long a worker has them; then they are taken up by another. */
const LEASE_SECONDS = 300

/**
 * Looks up one batch of items that are due, and brings their cases to where they stand by that.
 *
 * @returns how many it took in hand; 0 where none was due
 * @throws Fault `index.not-ready`, `store.unreachable`, `decoder.unavailable`: then the items are given back
 */
export async function screenDue(
  desk: ScreenDesk,
  stop: AbortSignal,
  itemsMax: number = ITEMS_AT_ONCE,
): Promise<number> {
  const at = desk.now()
  const lease = { by: newId('l'), until: new Date(at.getTime() + LEASE_SECONDS * 1000) }
  const items = await leaseDue(desk.database, lease, at, itemsMax)
  if (items.length === 0) return 0
  try {
    const change = changeOf(desk)
    const found = await findItems(desk, items, stop)
    const written = items.flatMap((item, place) => {
      const one = found[place]
      return one ? [writtenOf(desk, item, one, change)] : []
    })
    const signed = { actor: 'tutela', at: desk.now() } as const
    const done = await desk.database.transaction((tx) => writeScreenings(tx, lease.by, written, signed))
    const isDone = new Set(done)
    await settleCases(
      desk,
      items.filter(({ id }) => isDone.has(id)).map(({ caseNumber }) => caseNumber),
    )
    return items.length
  } finally {
    const ids = items.map(({ id }) => id)
    await endLease(desk.database, lease.by, ids)
  }
}

/** The register's change that is searched; read before the look-up, so that nothing later is claimed. */
function changeOf({ index }: Pick<ScreenDesk, 'index'>): number {
  return index.state.kind === 'ready' ? index.state.number : 0
}

/** Where somebody has voted, or it is decided, nothing is changed any more. */
const OPEN: ReadonlySet<ItemToScreen['state']> = new Set(['new', 'near', 'none', 'unknown'])

function writtenOf(
  desk: ScreenDesk,
  item: ItemToScreen,
  { found, hashes }: ItemFound,
  change: number,
): ScreeningWritten {
  const at = desk.now()
  const attempts = item.attempts + 1
  const state = itemStateOf(found.outcome)
  const wasKnown = item.screening?.wasKnown === true || item.screening?.outcome === 'same'
  const screening: Screening = {
    ...found,
    ...(wasKnown && found.outcome !== 'same' && { wasKnown }),
    ...{ change, attempts, at: at.toISOString() },
    ...(item.screening?.classified && { classified: item.screening.classified }),
    versions: `tutela ${VERSION}, register ${change}`,
  }
  // What is new has no state by a finding yet, also where it was known before and is found so again.
  const isSaid = item.state !== 'new' && item.screening !== undefined && saysTheSame(item.screening, found)
  const isNews = OPEN.has(item.state) && !isSaid
  const isAgain = isNews || OPEN.has(item.state)
  return {
    ...{ item, screening, state, hashes, isNews },
    ...(found.outcome === 'same' && { decision: knownBy(desk, found, at) }),
    ...(found.outcome === 'unknown' && isAgain && { again: againAfter(attempts, at) }),
  }
}

/** What is known of it is what the entries say that are relied on: nobody looked. */
function knownBy({ versionOf }: ScreenDesk, { matches }: Found, at: Date): Decided {
  const relied = matches.filter(({ basis, trust }) => basis === 'sha256' && trust === 'confirmed')
  const grades = new Map<string, Grade>()
  for (const { categories } of relied)
    for (const [scheme, codes] of Object.entries(categories))
      for (const category of codes)
        grades.set(`${scheme} ${category}`, { scheme, version: versionOf(scheme) ?? 'as listed', category })
  return { grades: [...grades.values()], annotation: {}, how: 'known', at: at.toISOString() }
}

/** How far a round over what is open has come. */
export interface Rescreening {
  /** The change of the register that it holds items against. */
  readonly change: number
  /** Id of the last item that was held against it; absent where all were. */
  readonly behind?: string
}

const OPEN_AT_ONCE = 500

/**
 * Holds what is open against the register as it stands now, a part at a time, where the register changed since: only what would
 * be found to be something else is put back in the line. No bytes are read for it, and nothing is written of what stays.
 *
 * @returns where to go on; the same as `before` where there is nothing to do
 */
export async function rescreen(
  desk: ScreenDesk,
  before: Rescreening | undefined,
  stop: AbortSignal,
): Promise<Rescreening> {
  const change = changeOf(desk)
  if (before?.change === change && before.behind === undefined) return before
  const from = before?.behind === undefined ? { change, behind: '' } : before
  const items = await openItemsBehind(desk.database, from.behind ?? '', OPEN_AT_ONCE)
  const found = await findKnown(desk, items, stop)
  const changed = items.filter((item, at) => isOtherwise(item, found[at]?.found))
  await screenAgain(
    desk.database,
    changed.map(({ id }) => id),
    desk.now(),
  )
  const last = items.at(-1)
  return items.length < OPEN_AT_ONCE || !last ? { change: from.change } : { ...from, behind: last.id }
}

/** A remote matcher's word, and what could not be derived, do not come from the register: they are not held against it. */
function isOtherwise({ screening, bytes }: ItemToScreen, found: Found | undefined): boolean {
  if (!screening || !found) return false
  if (bytes && !bytes.derived && found.outcome === 'unknown') return false
  if (screening.because === 'remote-match' || screening.because === 'remote-failed')
    return found.matches.length > 0
  return !saysTheSame(screening, found)
}
