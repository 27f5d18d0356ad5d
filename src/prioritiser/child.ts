/** Child: the program that loads one model and says numbers of pictures' pixels, in a confinement of its own. */
import { readSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Model, ModelRefused, refusing } from './model.ts'
import { nsfwjsModel } from './nsfwjs.ts'
import { onnxModel } from './onnx.ts'
import { type ChildAsked, PICTURE_HEAD_BYTES, parsePictureHead, printReply, type Reply } from './wire.ts'

const INPUT = 0
const REPLIES = 3
const CHANNELS = 3

/** So many bytes of the input; undefined where it ended before the first. */
function read(bytes: number): Buffer | undefined {
  const into = Buffer.alloc(bytes)
  for (let filled = 0; filled < bytes; ) {
    const count = readSync(INPUT, into, filled, bytes - filled, null)
    if (count === 0 && filled === 0) return undefined
    if (count === 0) throw new RangeError('the input ended early')
    filled += count
  }
  return into
}

function say(sequence: number, reply: Reply): void {
  const bytes = printReply(sequence, reply)
  for (let at = 0; at < bytes.length; ) at += writeSync(REPLIES, bytes, at)
}

async function loaded(asked: ChildAsked): Promise<Model> {
  const model = read(read(4)?.readUInt32LE() ?? 0) ?? Buffer.alloc(0)
  const load = createRequire(asked.packages)
  switch (asked.kind) {
    case 'nsfwjs':
      return refusing('packages', () => nsfwjsModel(load))
    case 'onnx':
      return refusing('packages', () => onnxModel(load, model, asked))
  }
}

async function answered(model: Model, pixels: Buffer): Promise<Reply> {
  try {
    return { kind: 'scores', scores: await model.scores(pixels) }
  } catch (error) {
    return error instanceof ModelRefused ? { kind: 'refused', because: error.because } : { kind: 'failed' }
  }
}

async function serve(asked: ChildAsked): Promise<void> {
  const model = await loaded(asked)
  say(0, { kind: 'ready', outputs: model.outputs })
  for (let head = read(PICTURE_HEAD_BYTES); head; head = read(PICTURE_HEAD_BYTES)) {
    const sequence = parsePictureHead(head)
    const pixels = read(asked.width * asked.height * CHANNELS)
    if (!pixels) throw new RangeError('a head without a picture')
    say(sequence, await answered(model, pixels))
    pixels.fill(0)
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
try {
  await serve(JSON.parse(process.argv[2] ?? '') as ChildAsked)
} catch (error) {
  if (!(error instanceof ModelRefused)) throw error
  process.stderr.write(`${error.cause instanceof Error ? error.cause.message : error.because}\n`)
  say(0, { kind: 'refused', because: error.because })
}
process.exit()
