/** Stand-in: a prioritiser whose child is one of ours that misbehaves as it is told, and an operator's model made by hand. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { nodeFolders } from '#ground/sandbox/node'
import type { OnnxAsked } from '#terms/prioritiser'
import type { PrioritiserProgram } from '../../src/prioritiser/program.ts'
import { temporaryFolder } from '../support/folder.ts'

const FILE = resolve('tests/prioritiser/children/stand-in.mjs')
export const STAND_IN: PrioritiserProgram = {
  file: FILE,
  packages: resolve('package.json'),
  readable: [FILE, ...nodeFolders()],
}

/** A length-delimited field of a protocol buffer, or one of a number. */
function field(number: number, value: number | string | Buffer): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)])
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  for (; left > 127; left >>>= 7) bytes.push((left & 127) | 128)
  return Buffer.from([...bytes, left])
}

function tensor(name: string, shape: readonly number[]): Buffer {
  const dimensions = Buffer.concat(shape.map((size) => field(1, field(1, size))))
  const type = field(1, Buffer.concat([field(1, 1), field(2, dimensions)]))
  return Buffer.concat([field(1, name), field(2, type)])
}

/** A model of one node, which gives the mean of each channel: scores of red, green and blue. */
export function meansModel(side: number): Buffer {
  const node = Buffer.concat([field(1, 'picture'), field(2, 'means'), field(4, 'GlobalAveragePool')])
  const graph = Buffer.concat([
    ...[field(1, node), field(2, 'means of channels')],
    ...[field(11, tensor('picture', [1, 3, side, side])), field(12, tensor('means', [1, 3, 1, 1]))],
  ])
  return Buffer.concat([field(1, 8), field(8, field(2, 13)), field(7, graph)])
}

/** How an operator's model is asked that lies in a folder of the running test. */
export async function onnxAsked(bytes: Buffer, more: Partial<OnnxAsked> = {}): Promise<OnnxAsked> {
  const file = join(await temporaryFolder(), 'means.onnx')
  await writeFile(file, bytes)
  return {
    ...{ file, width: 8, height: 8, layout: 'nchw', mean: [0, 0, 0], std: [1, 1, 1], scores: 'given' },
    outputs: [{ at: 0, weight: 10, warning: 'likely-violent' }],
    ...more,
  }
}

/** A picture of one colour. */
export function plain(side: number, [red, green, blue]: readonly [number, number, number]): Buffer {
  const pixels = Buffer.alloc(side * side * 3)
  for (let at = 0; at < pixels.length; at += 3) pixels.set([red, green, blue], at)
  return pixels
}
