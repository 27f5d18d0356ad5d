/** Probe: a small picture made on the spot, decoded once to see that a child works as it is confined. */

import { crc32, deflateSync } from 'node:zlib'
import type { ChildAnswer } from './wire.ts'

export const PROBE_WIDTH = 64
export const PROBE_HEIGHT = 48

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), chunk.length - 4)
  return chunk
}

/** A PNG of 64 by 48 pixels with a slanting ramp of grey. */
export function probePicture(): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(PROBE_WIDTH, 0)
  header.writeUInt32BE(PROBE_HEIGHT, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const rows = Buffer.alloc((PROBE_WIDTH + 1) * PROBE_HEIGHT)
  for (let y = 0; y < PROBE_HEIGHT; y += 1) {
    for (let x = 0; x < PROBE_WIDTH; x += 1) rows[y * (PROBE_WIDTH + 1) + 1 + x] = (x * 3 + y * 2) & 255
  }
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** True when an answer is the one that a working child gives for the probe picture. */
export function isProbeAnswer(answer: ChildAnswer): boolean {
  if (answer.kind !== 'picture' || answer.incomplete !== undefined) return false
  return answer.width === PROBE_WIDTH && answer.height === PROBE_HEIGHT && answer.frames.length > 0
}
