/** Figures: how many signals are kept and searched, and how far the index is behind the register. */
import { countHashes, type HashCounts, newestAfter } from '#store/hma'
import type { HmaDesk } from './desk.ts'
import { HASH_OF, SIGNAL_TYPES, type SignalType } from './signals.ts'

/** How many hashes of each type. */
type Sizes = Readonly<Record<SignalType, number>>

/** Times in seconds since 1970, -1 where there is none. */
export interface IndexFigures {
  readonly isReady: boolean
  /** True while a committed change is not searched yet. */
  readonly isBehind: boolean
  readonly stored: Sizes
  readonly indexed: Sizes
  readonly newest: number
  readonly builtTo: number
}

/** How an index fares. */
export type IndexHealth = 'ready' | 'not-loaded' | 'stale'

/** An index this far behind the register is stale. HMA allows as much. */
const STALE_SECONDS = 65

interface Counted {
  readonly number: number
  readonly sizes: Sizes
}

/** The last count for each desk: counting reads through all entries, so it is made once for a state of the register. */
const counted = new WeakMap<HmaDesk, Counted>()

/** Counts and times of the index and of the register. */
export async function indexFigures(desk: HmaDesk): Promise<IndexFigures> {
  const { state } = desk.index
  const isReady = state.kind === 'ready'
  const searched = state.kind === 'ready' ? state.number : 0
  const newest = await newestAfter(desk.database, searched)
  const had = counted.get(desk)
  const stored = had?.number === newest.number ? had.sizes : sizesOf(await countHashes(desk.database))
  counted.set(desk, { number: newest.number, sizes: stored })
  const isBehind = newest.waitingSince !== undefined
  const before = had && had.number <= searched ? had.sizes : NOTHING
  const newestSeconds = secondsOf(newest.at)
  const waiting = secondsOf(newest.waitingSince)
  return {
    isReady,
    isBehind: isBehind || !isReady,
    stored,
    indexed: !isReady ? NOTHING : isBehind ? before : stored,
    newest: newestSeconds,
    builtTo: !isReady ? -1 : isBehind ? waiting - 1 : newestSeconds,
  }
}

/** Whether the index answers, and as of lately. A register that cannot be asked makes it stale. */
export async function indexHealth(desk: HmaDesk): Promise<IndexHealth> {
  const { state } = desk.index
  if (state.kind !== 'ready') return 'not-loaded'
  const newest = await newestAfter(desk.database, state.number).catch(() => undefined)
  if (!newest) return 'stale'
  const { waitingSince } = newest
  const isStale = waitingSince && desk.now().getTime() - waitingSince.getTime() > STALE_SECONDS * 1000
  return isStale ? 'stale' : 'ready'
}

const NOTHING: Sizes = { pdq: 0, video_md5: 0, video_sha256: 0 }

function sizesOf(counts: HashCounts): Sizes {
  const sizes = SIGNAL_TYPES.map((type) => [type, counts[HASH_OF[type]]])
  return { ...NOTHING, ...Object.fromEntries(sizes) }
}

function secondsOf(date: Date | undefined): number {
  return date ? Math.floor(date.getTime() / 1000) : -1
}
