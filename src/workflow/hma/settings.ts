/** Settings: which types of signal HMA clients are answered by, for all of them. */
import { setSignal, signalSettings } from '#store/hma'
import { Fault } from '#terms/fault'
import type { Caller, HmaDesk } from './desk.ts'
import { SIGNAL_TYPES, type SignalType } from './signals.ts'

/** The share of look-ups that a type of signal takes part in; 0 switches it off. */
export type SignalRatios = ReadonlyMap<SignalType, number>

/** What was read last is good for so long, since every look-up asks; a change made elsewhere is heeded after that. */
const KEPT_MILLISECONDS = 1000

const kept = new WeakMap<HmaDesk, { readonly ratios: SignalRatios; readonly at: number }>()

/**
 * The types of signal and their shares, in one order. While the database does not answer they are what they were: look-ups need
 * nothing else of it.
 */
export async function signalRatios(desk: HmaDesk): Promise<SignalRatios> {
  const had = kept.get(desk)
  const now = desk.now().getTime()
  if (had && Math.abs(now - had.at) < KEPT_MILLISECONDS) return had.ratios
  try {
    const set = new Map((await signalSettings(desk.database)).map(({ name, ratio }) => [name, ratio]))
    const ratios = new Map(SIGNAL_TYPES.map((name) => [name, set.get(name) ?? 1]))
    kept.set(desk, { ratios, at: now })
    return ratios
  } catch (error) {
    if (had && error instanceof Fault && error.code === 'store.unreachable') return had.ratios
    throw error
  }
}

/** Sets the share of a type of signal. */
export async function setSignalRatio(
  desk: HmaDesk,
  { actor }: Caller,
  name: SignalType,
  ratio: number,
): Promise<void> {
  await desk.database.transaction((tx) => setSignal(tx, { name, ratio }, { actor, at: desk.now() }))
  kept.delete(desk)
}
