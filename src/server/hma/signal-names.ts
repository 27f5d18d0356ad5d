/** Signal names: the type of signal that a client names, if it is one that is answered now. */
import type { SignalRatios } from '#workflow/hma/settings'
import { FOREIGN_SIGNAL_TYPES, SIGNAL_TYPES, type SignalType } from '#workflow/hma/signals'
import { shown } from './parameters.ts'
import { Refusal } from './refusal.ts'

/** A type of signal by its name, whether or not it is switched on. @throws Refusal 400 */
export function knownSignal(untrusted: string): SignalType {
  const type = SIGNAL_TYPES.find((name) => name === untrusted)
  if (type) return type
  if (FOREIGN_SIGNAL_TYPES.has(untrusted)) throw new Refusal(400, `SignalType '${untrusted}' is not enabled`)
  throw new Refusal(400, `No such SignalType '${shown(untrusted)}'`)
}

/** A type of signal by its name that is switched on. @throws Refusal 400 */
export function enabledSignal(untrusted: string, ratios: SignalRatios): SignalType {
  const type = knownSignal(untrusted)
  if ((ratios.get(type) ?? 0) === 0) throw new Refusal(400, `SignalType '${type}' is not enabled`)
  return type
}
