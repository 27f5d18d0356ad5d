/** Probing: small limits do not speak against a confinement, and what does is said in words, not in source. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type DecoderLimits, openDecoders } from '#media/decoders'
import { temporaryFolder } from '../support/folder.ts'
import { drawn, scene } from './pictures.ts'

const SMALL: readonly Partial<DecoderLimits>[] = [{ bytesMax: 1 }, { pixelsMax: 1 }, { secondsMax: 0.001 }]

for (const limits of SMALL) {
  test(`decoders open with ${JSON.stringify(limits)}, which then holds for every file`, async () => {
    const file = join(await temporaryFolder(), 'a')
    writeFileSync(file, await drawn(scene(1)).png().toBuffer())
    for (const sandbox of ['off', 'auto'] as const) {
      const decoders = await openDecoders({ jobs: 1, sandbox, limits })
      expect(decoders.sandbox.words).not.toContain('RangeError')
      expect(await decoders.read(file, { pictures: true })).toMatchObject({ content: { kind: 'unknown' } })
      await decoders.close()
    }
  })
}

test('a child that cannot start is complained of by its error, never by its source', async () => {
  const file = join(await temporaryFolder(), 'broken.mjs')
  writeFileSync(file, "const secret = 1\nthrow new RangeError('no ' + 'limits given')\n")
  const childProgram = { file, readable: [] }
  await expect(openDecoders({ jobs: 1, sandbox: 'off', childProgram })).rejects.toMatchObject({
    code: 'decoder.unavailable',
    message: expect.stringMatching(
      /^no decoding child .*: a start without confinement did not work \(RangeError: no limits given\)$/,
    ),
  })
})
