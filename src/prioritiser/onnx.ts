/** Onnx: an operator's own model, run by ONNX Runtime in WebAssembly, in one thread. */
import { type Model, ModelRefused, refusing } from './model.ts'
import type { ChildAsked } from './wire.ts'

const CHANNELS = 3
const BYTE_MAX = 255

interface OrtTensor {
  readonly data: ArrayLike<number | bigint>
}

interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>
}

interface Ort {
  readonly env: { logLevel: string; readonly wasm: { numThreads: number } }
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> }
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => OrtTensor
}

/** Loads a model, and has it look at a black picture: what it takes and gives is known then. @throws ModelRefused */
export async function onnxModel(load: NodeJS.Require, bytes: Uint8Array, asked: ChildAsked): Promise<Model> {
  const ort = load('onnxruntime-web') as Ort
  ort.env.logLevel = 'fatal'
  ort.env.wasm.numThreads = 1
  const session = await refusing('model', () =>
    ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] }),
  )
  const [input, ...others] = session.inputNames
  const [output] = session.outputNames
  if (input === undefined || others.length > 0) throw new ModelRefused('input')
  if (output === undefined) throw new ModelRefused('outputs')
  const { width, height, layout } = asked
  const shape = layout === 'nchw' ? [1, CHANNELS, height, width] : [1, height, width, CHANNELS]
  const raw = async (pixels: Uint8Array): Promise<number[]> => {
    const given = new ort.Tensor('float32', inputOf(pixels, asked), shape)
    return Array.from((await session.run({ [input]: given }))[output]?.data ?? [], Number)
  }
  const black = await refusing('input', () => raw(new Uint8Array(width * height * CHANNELS)))
  if (black.length === 0) throw new ModelRefused('outputs')
  return { outputs: black.length, scores: async (pixels) => scored(await raw(pixels), asked.scores) }
}

function inputOf(pixels: Uint8Array, { width, height, layout, mean, std }: ChildAsked): Float32Array {
  const input = new Float32Array(pixels.length)
  const plane = width * height
  for (let channel = 0; channel < CHANNELS; channel++) {
    const [away = 0, by = 1] = [mean[channel], std[channel]]
    for (let at = 0; at < plane; at++) {
      const value = ((pixels[at * CHANNELS + channel] ?? 0) / BYTE_MAX - away) / by
      input[layout === 'nchw' ? channel * plane + at : at * CHANNELS + channel] = value
    }
  }
  return input
}

/** @throws ModelRefused `range` where the model's own are not from 0 to 1 */
function scored(values: readonly number[], how: ChildAsked['scores']): readonly number[] {
  switch (how) {
    case 'given':
      if (!values.every((value) => value >= 0 && value <= 1)) throw new ModelRefused('range')
      return values
    case 'sigmoid':
      return values.map((value) => 1 / (1 + Math.exp(-value)))
    case 'softmax': {
      const most = Math.max(...values)
      const powers = values.map((value) => Math.exp(value - most))
      const sum = powers.reduce((one, other) => one + other, 0)
      return powers.map((power) => power / sum)
    }
  }
}
