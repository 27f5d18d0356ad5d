/**
 * Draw: a share of decisions is drawn for one more blind review. Who grades cannot foresee which; who has the deployment's
 * key can prove afterwards that each was drawn, or was not, by nothing but the draw.
 */
import type { CaseItemId, Decided, Sample } from '#terms/casework'
import type { AssessDesk } from './desk.ts'

const MILLION = 1_000_000
const DRAW_BYTES = 6

/** The draw over a decision that one or two people made. @returns undefined where nothing is drawn, or enough have graded it */
export function drawn(
  { samplePerMillion: perMillion, drawOf }: Pick<AssessDesk, 'samplePerMillion' | 'drawOf'>,
  item: CaseItemId,
  how: Decided['how'],
  at: Date,
): Sample | undefined {
  if (perMillion === 0 || (how !== 'one' && how !== 'agreed')) return undefined
  return { perMillion, isDrawn: isDrawnBy(drawOf(item, at.toISOString()), perMillion) }
}

/** Whether a draw falls within the share. @param draw a digest that nobody without the key foresees */
export function isDrawnBy(draw: Uint8Array, perMillion: number): boolean {
  const number = Buffer.from(draw).readUIntBE(0, DRAW_BYTES)
  return number < (2 ** (8 * DRAW_BYTES) * perMillion) / MILLION
}
