/** Vectors: hashes, qualities and orientations that another program computed from the same files. */
import { describe, expect, test } from 'vitest'
import { forms } from './kernels.ts'
import { decoded, vectorFolder, vectorsOf, written } from './pictures.ts'

const sets = [
  { name: 'generated scenes', folder: vectorFolder('vectors/pdq-synthetic'), least: 24 },
  { name: 'photographs', folder: vectorFolder('../shared/vectors/pdq-photos'), least: 14 },
]

for (const { name, folder, least } of sets) {
  const vectors = await vectorsOf(folder)
  describe.skipIf(vectors.length === 0)(`the ${name}`, () => {
    test('are all there', () => {
      expect(vectors.length).toBeGreaterThanOrEqual(least)
    })
    test.each(vectors)(
      '$file has the reference hash, quality and orientations in both forms',
      async (vector) => {
        const pixels = await decoded(`${folder}${vector.file}`)
        for (const [form, pdq] of forms) {
          const { quality, dihedral } = vector
          expect({ form, ...written(pdq.hash(pixels)) }).toEqual({ form, quality, dihedral })
        }
      },
    )
  })
}
