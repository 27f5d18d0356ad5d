/** Probe: a small picture made on the spot, decoded once to see that a child works as it is confined. */

import { crc32, deflateSync } from 'node:zlib'
import type { DecoderLimits } from './limits.ts'
import type { ChildAnswer } from './wire.ts'

export const PROBE_WIDTH = 64
export const PROBE_HEIGHT = 48

/** More bytes than the probe picture has, and more time than a busy machine needs to start a child and decode it. */
const PROBE_BYTES_MAX = 65_536
const PROBE_SECONDS_MAX = 5

/** The limits, none of them too small for the probe. Memory stays as it is: what is too little for it is too little. */
export function enoughForProbe(limits: DecoderLimits): DecoderLimits {
  return {
    ...limits,
    pixelsMax: Math.max(limits.pixelsMax, PROBE_WIDTH * PROBE_HEIGHT),
    bytesMax: Math.max(limits.bytesMax, PROBE_BYTES_MAX),
    framesMax: Math.max(limits.framesMax, 1),
    secondsMax: Math.max(limits.secondsMax, PROBE_SECONDS_MAX),
    filesPerChild: Math.max(limits.filesPerChild, 1),
  }
}

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
