/** Exposure config: the keys that say what looking costs a person, and how much of it there may be. */
import { VIEW_LEVELS } from '#terms/evidence'
import { keysOf, type Parser, whole } from './config-values.ts'

const UNITS_MAX = 1_000_000
const MINUTES_MAX = 1440
const BOX_SECONDS_MAX = 3600

/** Every key may be absent; docs/guides/exposure.md says what each means. */
export function exposureKeys(): Parser {
  const weights = keysOf(
    Object.fromEntries(
      VIEW_LEVELS.filter((level) => level !== 'card').map((level) => [level, whole(0, UNITS_MAX)]),
    ),
  )
  return keysOf({
    unitsPerLook: weights,
    unitsPerMinute: weights,
    unitsPerFrame: weights,
    budgetUnits: whole(0, UNITS_MAX),
    nearPercent: whole(1, 100),
    breakAfterUnits: whole(1, UNITS_MAX),
    breakMinutes: whole(1, MINUTES_MAX),
    boxSeconds: whole(1, BOX_SECONDS_MAX),
  })
}
