/** HEIC: a small generated picture from the vectors, since nothing here can make one. */
import { readFileSync } from 'node:fs'
import { openPdq } from '@tutela/kernels/node'
import { expect, test } from 'vitest'
import { decode } from '../../src/media/decode.ts'
import { DEFAULT_LIMITS } from '../../src/media/limits.ts'
import { sniff } from '../../src/media/sniff.ts'
import { scene } from './pictures.ts'

/** The first scene at 80 by 60, coded with HEVC at quality 55. */
const PICTURE = readFileSync('vectors/heic-synthetic/scene-80x60.heic')

function bitsApart(a: Uint8Array, b: Uint8Array): number {
  let bits = 0
  for (let at = 0; at < 32; at += 1) {
    for (let rest = (a[at] ?? 0) ^ (b[at] ?? 0); rest !== 0; rest &= rest - 1) bits += 1
  }
  return bits
}

test('a HEIC has nearly the hash of the pixels that it was made from', async () => {
  const pdq = await openPdq()
  expect(await sniff(PICTURE)).toEqual({ kind: 'picture', format: 'heic' })
  const answer = await decode(pdq, DEFAULT_LIMITS, 'heic', PICTURE)
  expect(answer).toMatchObject({ kind: 'picture', width: 80, height: 60 })
  expect(answer).not.toHaveProperty('incomplete')
  const frames = answer.kind === 'picture' ? answer.frames : []
  expect(frames.filter(({ region }) => region === 'whole')).toHaveLength(1)
  const direct = pdq.hash(scene(1, 80, 60))
  expect(bitsApart(frames[0]?.orientations ?? new Uint8Array(32), direct.orientations)).toBeLessThanOrEqual(
    16,
  )
})

test('a HEIC cut short is truncated, one with a film behind it incomplete, one too large untouched', async () => {
  const pdq = await openPdq()
  const because = async (bytes: Buffer, limits = DEFAULT_LIMITS): Promise<string | undefined> => {
    const answer = await decode(pdq, limits, 'heic', bytes)
    return answer.kind === 'picture' ? answer.incomplete : answer.because
  }
  expect(await because(PICTURE.subarray(0, PICTURE.length - 60))).toBe('truncated')
  const film = Buffer.concat([Buffer.from('000008006d707664', 'hex'), Buffer.alloc(2040, 9)])
  expect(await because(Buffer.concat([PICTURE, film]))).toBe('container')
  expect(await because(PICTURE, { ...DEFAULT_LIMITS, pixelsMax: 1000 })).toBe('too-large')
})
