/** Weighed: what a model's scores come to: points that order, and words of warning. Neither is a finding. */
import type { Classified } from '#terms/casework'
import { type OutputCounted, POINTS_MAX, type Warning } from '#terms/prioritiser'

/**
 * What the classes of nsfwjs count for, in its order: drawing, hentai, neutral, porn, sexy. It raises and never lowers: a picture
 * that looks harmless to it may be the gravest of a case.
 */
export const NSFWJS_OUTPUTS: readonly OutputCounted[] = [
  { at: 0, weight: 0, warning: 'likely-drawn' },
  { at: 1, weight: 6, warning: 'likely-drawn' },
  { at: 1, weight: 0, warning: 'likely-explicit' },
  { at: 3, weight: 10, warning: 'likely-explicit' },
  { at: 4, weight: 5, warning: 'likely-suggestive' },
]

const FROM = 0.5

/** Points and warnings by a model's scores, each 0 to 1. */
export function weighed(
  scores: readonly number[],
  outputs: readonly OutputCounted[],
): { readonly points: number; readonly warnings: readonly Warning[] } {
  let sum = 0
  const warnings = new Set<Warning>()
  for (const { at, weight, warning, from = FROM } of outputs) {
    const score = scores[at]
    if (score === undefined) throw new RangeError(`${scores.length} scores, and none at ${at}`)
    sum += weight * score
    if (warning !== undefined && score >= from) warnings.add(warning)
  }
  // The sum of no weights is -0 where a score is 0 and its weight is below it.
  const points = Math.round(Math.max(-POINTS_MAX, Math.min(POINTS_MAX, sum))) + 0
  return { points, warnings: [...warnings].sort() }
}

/** The points of a case are those of its highest picture; 0 where nothing was said of any. */
export function pointsOfCase(said: readonly Classified[]): number {
  const points = said.flatMap((one) => one.points ?? [])
  return points.length === 0 ? 0 : Math.max(...points)
}
