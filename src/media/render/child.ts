/** Child: the program that renders one hostile picture for one viewing, and ends. */
import { readSync, writeSync } from 'node:fs'
import sharp from 'sharp'
import { parseChildLimits } from '../limits.ts'
import { LOADERS } from '../loaders.ts'
import { render } from './pixels.ts'
import { parseRequest, printReply, REQUEST_HEAD_BYTES } from './wire.ts'

const INPUT = 0
const REPLIES = 3
const CHUNK_BYTES = 1 << 20

/** The whole input, which is the request's head and the file. */
function readInput(bytesMax: number): Buffer {
  const chunks: Buffer[] = []
  for (let filled = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const count = readSync(INPUT, chunk, 0, CHUNK_BYTES, null)
    if (count === 0) return Buffer.concat(chunks)
    filled += count
    if (filled > bytesMax + REQUEST_HEAD_BYTES) throw new RangeError('more bytes than the limit')
    chunks.push(chunk.subarray(0, count))
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
sharp.cache(false)
sharp.concurrency(1)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: LOADERS })
const limits = parseChildLimits(process.argv[2] ?? '')
if (limits === undefined) throw new RangeError('no limits given')
const input = readInput(limits.bytesMax)
const request = parseRequest(input)
if (request === undefined) throw new RangeError('not a request')
const reply = printReply(await render(request, input.subarray(REQUEST_HEAD_BYTES), limits.pixelsMax))
for (let at = 0; at < reply.length; ) at += writeSync(REPLIES, reply, at)
