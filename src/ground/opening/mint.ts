/** Mint: the capability to open one item of the vault once; only what writes openings down may make one. */
import type { Opening } from './opening.ts'

const unspent = new WeakSet<Opening>()

/** Makes an opening. Only `store/openings.ts` imports this, and calls it once the opening is committed: the layers hold that. */
export function mintOpening(given: Opening): Opening {
  const opening = Object.freeze({ ...given })
  unspent.add(opening)
  return opening
}

/** Takes an opening for good. @returns false for one that was taken before or was never made here */
export function takeOpening(opening: Opening): boolean {
  return unspent.delete(opening)
}
