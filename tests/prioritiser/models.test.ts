/** Models: the real packages in the confined child, on generated scenes; skipped where `npm run prioritiser` was not run. */
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { NSFWJS_OUTPUTS, weighed } from '#cases/weighed'
import { openDecoders } from '#media/decoders'
import type { ModelGiven } from '#prioritiser/given'
import { type OpenPrioritiser, openPrioritiser } from '#prioritiser/prioritiser'
import { scene } from '#scenes/scene'
import { installedVersion } from '../../src/prioritiser/program.ts'
import { drawn } from '../media/pictures.ts'
import { meansModel, onnxAsked, plain } from './stand-in.ts'

const isInstalled =
  installedVersion('nsfwjs') !== undefined && installedVersion('onnxruntime-web') !== undefined

let nsfwjs: Promise<OpenPrioritiser> | undefined
function classifier(): Promise<OpenPrioritiser> {
  nsfwjs ??= openPrioritiser({ model: { kind: 'nsfwjs' }, sandbox: 'auto' })
  return nsfwjs
}
afterAll(async () => (await nsfwjs)?.close())

async function opened(model: ModelGiven): Promise<OpenPrioritiser> {
  const room = await openPrioritiser({ model, sandbox: 'auto' })
  onTestFinished(() => room.close())
  return room
}

const WAIT = 300_000

describe.skipIf(!isInstalled)('nsfwjs', () => {
  test(
    'says the same numbers of the same scene, drawn by the decoders, and no more than it was asked',
    async () => {
      const model = await classifier()
      expect(model.name).toBe('nsfwjs 4.3.0 mobilenet_v2')
      const decoders = await openDecoders({ jobs: 1, sandbox: 'auto' })
      onTestFinished(() => decoders.close())
      const said: (readonly number[])[] = []
      for (const seed of [1, 2, 1]) {
        const { data, width, height } = scene(seed, 400, 300)
        const bytes = await drawn({ data: Buffer.from(data), width, height, channels: 3 })
          .jpeg()
          .toBuffer()
        const pixels = await decoders.draw(bytes, model.size)
        if (pixels.kind !== 'pixels') throw new Error(pixels.because)
        const scores = await model.scores(pixels.pixels)
        if (scores.kind !== 'scores') throw new Error(scores.because)
        said.push(scores.scores)
      }
      const [one = [], two = [], again = []] = said
      expect(one).toHaveLength(5)
      expect(one.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 3)
      expect(again).toEqual(one)
      expect(two).not.toEqual(one)
      const { points, warnings } = weighed(one, NSFWJS_OUTPUTS)
      expect(points).toBeGreaterThanOrEqual(0)
      expect(warnings).not.toContain('likely-explicit')
    },
    WAIT,
  )

  test('draws grey, small and transparent pictures out to its size; what is no picture is unknown', async () => {
    const decoders = await openDecoders({ jobs: 1, sandbox: 'auto' })
    onTestFinished(() => decoders.close())
    const size = { width: 32, height: 32 }
    const { data, width, height } = scene(3, 20, 50)
    const picture = drawn({ data: Buffer.from(data), width, height, channels: 3 })
    for (const bytes of [
      await picture.clone().greyscale().toColourspace('b-w').png().toBuffer(),
      await picture.clone().ensureAlpha(0.5).png().toBuffer(),
      await picture.clone().webp().toBuffer(),
    ]) {
      const one = await decoders.draw(bytes, size)
      expect(one.kind === 'pixels' && one.pixels.length).toBe(32 * 32 * 3)
    }
    expect(await decoders.draw(Buffer.from('no picture'), size)).toMatchObject({ kind: 'unknown' })
  })
})

describe.skipIf(!isInstalled)('an operator’s own model', () => {
  test(
    'is run as the configuration says, and its scores are its own',
    async () => {
      const onnx = await onnxAsked(meansModel(8))
      const model = await opened({ kind: 'onnx', onnx })
      expect(model.name).toMatch(/^means\.onnx [0-9a-f]{8}$/)
      const said = await model.scores(plain(8, [255, 102, 0]))
      if (said.kind !== 'scores') throw new Error(said.because)
      const [red = 0, green = 0, blue = 0] = said.scores
      expect([red, blue]).toEqual([1, 0])
      expect(green).toBeCloseTo(0.4, 6)
      expect(weighed(said.scores, onnx.outputs)).toEqual({ points: 10, warnings: ['likely-violent'] })
    },
    WAIT,
  )

  test.each([
    ['no model', Buffer.from('no model at all'), {}, 'the file is no model'],
    ['another size', meansModel(16), {}, 'does not take one picture of this width'],
    ['a score that it has not', meansModel(8), { outputs: [{ at: 3, weight: 1 }] }, 'gives 3 scores'],
    ['values beyond 1', meansModel(8), { std: [0.5, 0.5, 0.5] as const }, 'scores are not from 0 to 1'],
  ])(
    'that is %s is a fault that names the place',
    async (_, bytes, more, words) => {
      const model = await opened({ kind: 'onnx', onnx: await onnxAsked(bytes, more) })
      await expect(model.scores(plain(8, [255, 255, 255]))).rejects.toThrow(words)
      expect(model.isResting).toBe(true)
    },
    WAIT,
  )
})
