/** Orientation: the eight ways a picture may lie, in the order in which their hashes are given. */

export const orientations = [
  'orig',
  'rot90',
  'rot180',
  'rot270',
  'flipx',
  'flipy',
  'flipplus1',
  'flipminus1',
] as const

/** rot90 turns against the clock; flipx puts the top at the bottom; flipplus1 transposes. */
export type Orientation = (typeof orientations)[number]
