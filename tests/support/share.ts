/** Share: how much of what takes long `npm test` tries; `npm run test:long` tries the whole. */

/** One in this many points of a matrix. */
const SHARE = 4

/** True in `npm run test:long`. */
const IS_WHOLE = process.env['TUTELA_TESTS'] === 'whole'

/** The whole number of runs in `npm run test:long`, fewer in `npm test`. */
export function inWhole(whole: number, few: number): number {
  return IS_WHOLE ? whole : few
}

/** All points of a matrix in `npm run test:long`; in `npm test` one in four, from a place that differs from day to day. */
export function shareOf<T>(points: readonly T[]): T[] {
  const from = Math.floor(Date.now() / 86_400_000) % SHARE
  return points.filter((_, at) => IS_WHOLE || at % SHARE === from)
}
