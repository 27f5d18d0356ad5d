/** Settings: which types of signal HMA clients are answered by, for all of them. */
import { setSignal, signalSettings } from '#store/hma'
import type { Caller, HmaDesk } from './desk.ts'
import { SIGNAL_TYPES, type SignalType } from './signals.ts'

/** The share of look-ups that a type of signal takes part in; 0 switches it off. */
export type SignalRatios = ReadonlyMap<SignalType, number>

/** The types of signal and their shares, in one order. */
export async function signalRatios(desk: HmaDesk): Promise<SignalRatios> {
  const set = new Map((await signalSettings(desk.database)).map(({ name, ratio }) => [name, ratio]))
  return new Map(SIGNAL_TYPES.map((name) => [name, set.get(name) ?? 1]))
}

/** Sets the share of a type of signal. */
export async function setSignalRatio(
  desk: HmaDesk,
  { actor }: Caller,
  name: SignalType,
  ratio: number,
): Promise<void> {
  await desk.database.transaction((tx) => setSignal(tx, { name, ratio }, { actor, at: desk.now() }))
}
