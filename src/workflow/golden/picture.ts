/** Picture: a generated scene that says on its plate as what it is labelled, as a file; by seed and number always the same. */
import { createHash } from 'node:crypto'

const [WIDTH, HEIGHT] = [320, 240]
/** Scenes of one seed; those of the next do not meet them. */
export const SCENES_MAX = 500

/** The picture of a scene of a set. */
export async function goldenPicture(
  seed: number,
  scene: number,
  category: string,
): Promise<{ readonly bytes: Uint8Array; readonly sha256: string }> {
  // Heavy, and seldom needed.
  const [{ asFile }, { lettered }, scenes] = await Promise.all([
    import('#scenes/edit'),
    import('#scenes/letters'),
    import('#scenes/scene'),
  ])
  const lines = [`GENERATED SCENE ${seed}-${scene}`, `AS IF: ${signsOf(category)}`]
  const drawn = lettered(scenes.scene(seed * (SCENES_MAX + 1) + scene, WIDTH, HEIGHT), lines)
  const { bytes } = await asFile(drawn)
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** In the signs that are drawn. */
function signsOf(category: string): string {
  const words = category === 'none' ? 'NO CATEGORY' : `CATEGORY ${category}`
  return words.toUpperCase().replace(/[^A-Z0-9:. -]/g, '-')
}
