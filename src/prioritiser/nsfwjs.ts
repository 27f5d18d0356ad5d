/** Nsfwjs: the model that the package brings with it, run by TensorFlow.js in WebAssembly. */
import { dirname } from 'node:path'
import { type Model, refusing } from './model.ts'

/** Of a side of the picture that it takes. */
export const NSFWJS_SIDE = 224
/** Drawing, hentai, neutral, porn, sexy. */
export const NSFWJS_CLASSES = 5

interface Tensor {
  data(): Promise<ArrayLike<number>>
  dispose(): void
}

interface TensorFlow {
  setBackend(name: string): Promise<boolean>
  enableProdMode(): void
  tensor3d(values: Uint8Array, shape: readonly number[], type: 'int32'): Tensor
}

interface Nsfwjs {
  load(name: string, options: object): Promise<{ infer(picture: Tensor): Tensor }>
}

/** Loads it from the packages; nothing is fetched. @throws ModelRefused */
export async function nsfwjsModel(load: NodeJS.Require): Promise<Model> {
  const tf = load('@tensorflow/tfjs') as TensorFlow
  const backend = '@tensorflow/tfjs-backend-wasm'
  const wasm = load(backend) as { setWasmPaths(folder: string): void }
  const { load: loadNet } = load('nsfwjs/core') as Nsfwjs
  const { MobileNetV2Model } = load('nsfwjs/models/mobilenet_v2') as { readonly MobileNetV2Model: object }
  return refusing('model', async () => {
    wasm.setWasmPaths(`${dirname(load.resolve(backend))}/`)
    tf.enableProdMode()
    if (!(await tf.setBackend('wasm'))) throw new Error('no WebAssembly')
    const net = await loadNet('MobileNetV2', { size: NSFWJS_SIDE, modelDefinitions: [MobileNetV2Model] })
    return {
      outputs: NSFWJS_CLASSES,
      scores: async (pixels) => {
        const picture = tf.tensor3d(pixels, [NSFWJS_SIDE, NSFWJS_SIDE, 3], 'int32')
        const said = net.infer(picture)
        try {
          return Array.from(await said.data())
        } finally {
          picture.dispose()
          said.dispose()
        }
      },
    }
  })
}
