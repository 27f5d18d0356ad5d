/** Given: which model a prioritiser is given, with its bytes: its child opens no file of an operator's. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Fault } from '#terms/fault'
import { type OnnxAsked, OUTPUTS_MAX } from '#terms/prioritiser'
import { NSFWJS_CLASSES, NSFWJS_SIDE } from './nsfwjs.ts'
import { installedVersion } from './program.ts'
import type { ChildAsked } from './wire.ts'

/** Which model. */
export type ModelGiven = { readonly kind: 'nsfwjs' } | { readonly kind: 'onnx'; readonly onnx: OnnxAsked }

/** A model with its bytes, and how its child is asked. */
export interface ModelRead {
  readonly name: string
  readonly bytes: Buffer
  readonly asked: Omit<ChildAsked, 'packages'>
  /** How many scores it must give at least; or exactly, of the one that we know. */
  readonly outputs: { readonly least: number; readonly most: number }
}

/** @throws Fault `config.invalid` where its packages are not installed, or its file cannot be read */
export async function modelOf(
  model: ModelGiven,
  bytesMax: number,
  versionOf: (packageName: string) => string = installed,
): Promise<ModelRead> {
  const plain = { layout: 'nhwc', mean: [0, 0, 0], std: [1, 1, 1], scores: 'given' } as const
  switch (model.kind) {
    case 'nsfwjs': {
      const version = versionOf('nsfwjs')
      const asked = { kind: 'nsfwjs', width: NSFWJS_SIDE, height: NSFWJS_SIDE, ...plain } as const
      const name = `nsfwjs ${version} mobilenet_v2`
      return { name, bytes: Buffer.alloc(0), asked, outputs: { least: NSFWJS_CLASSES, most: NSFWJS_CLASSES } }
    }
    case 'onnx': {
      versionOf('onnxruntime-web')
      const { file, outputs, ...asked } = model.onnx
      const bytes = await modelBytes(file, bytesMax)
      const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8)
      const least = Math.max(0, ...outputs.map(({ at }) => at)) + 1
      return {
        ...{ name: `${basename(file).slice(0, 60)} ${digest}`, bytes },
        ...{ asked: { kind: 'onnx', ...asked }, outputs: { least, most: OUTPUTS_MAX } },
      }
    }
  }
}

function installed(name: string): string {
  const version = installedVersion(name)
  if (version === undefined)
    throw new Fault('config.invalid', `desk.prioritiser: ${name} is not installed: run npm run prioritiser`)
  return version
}

async function modelBytes(file: string, bytesMax: number): Promise<Buffer> {
  try {
    const { size } = await stat(file)
    if (size <= bytesMax) return await readFile(file)
  } catch (cause) {
    throw new Fault('config.invalid', `desk.prioritiser.onnx: file: ${file} cannot be read`, { cause })
  }
  throw new Fault('config.invalid', `desk.prioritiser.onnx: file: ${file} has more than ${bytesMax} bytes`)
}
