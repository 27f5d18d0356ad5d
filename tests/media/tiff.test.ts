/** TIFF: pages that differ, sub-directories, and camera raw files that only look like a TIFF. */
import { openPdq } from '@tutela/kernels/node'
import type { Pdq } from '@tutela/kernels/pdq'
import { beforeAll, expect, test } from 'vitest'
import { decode } from '../../src/media/decode.ts'
import { DEFAULT_LIMITS } from '../../src/media/limits.ts'
import { tiffMarks } from '../../src/media/tiff.ts'
import type { PictureAnswer } from '../../src/media/wire.ts'
import { type Raw, scene } from './pictures.ts'

interface Page {
  readonly raw: Raw
  /** Further tags: number and a long value. */
  readonly tags?: Readonly<Record<number, number>>
  /** A picture in a sub-directory of this page. */
  readonly sub?: Raw
}

/** Writes an uncompressed TIFF, directory by directory, each behind its pixels. */
function tiffOf(pages: readonly Page[]): Buffer {
  const parts: Buffer[] = [Buffer.from('49492a0000000000', 'hex')]
  const size = (): number => parts.reduce((sum, part) => sum + part.length, 0)
  const directory = (raw: Raw, tags: Readonly<Record<number, number>>): { at: number; next: Buffer } => {
    const strip = size()
    parts.push(Buffer.concat([raw.data, Buffer.alloc(raw.data.length % 2)]))
    const shapes = {
      256: raw.width,
      257: raw.height,
      258: 8,
      259: 1,
      262: raw.channels === 1 ? 1 : 2,
      273: strip,
    }
    const strips = { 277: raw.channels, 278: raw.height, 279: raw.data.length, 284: 1 }
    const all: Record<string, number> = { ...shapes, ...strips, ...tags }
    const entries = Object.entries(all).sort(([a], [b]) => Number(a) - Number(b))
    const bytes = Buffer.alloc(2 + entries.length * 12)
    bytes.writeUInt16LE(entries.length)
    entries.forEach(([tag, value], place) => {
      bytes.writeUInt16LE(Number(tag), 2 + place * 12)
      bytes.writeUInt16LE(4, 4 + place * 12)
      bytes.writeUInt32LE(1, 6 + place * 12)
      bytes.writeUInt32LE(value, 10 + place * 12)
    })
    const at = size()
    const next = Buffer.alloc(4)
    parts.push(bytes, next)
    return { at, next }
  }
  let pointer = (parts[0] ?? Buffer.alloc(8)).subarray(4)
  for (const { raw, tags = {}, sub } of pages) {
    const below = sub === undefined ? {} : { 330: directory(sub, { 254: 1 }).at }
    const { at, next } = directory(raw, { ...tags, ...below })
    pointer.writeUInt32LE(at)
    pointer = next
  }
  return Buffer.concat(parts)
}

let pdq: Pdq
beforeAll(async () => {
  pdq = await openPdq()
})

const decoded = (bytes: Buffer): Promise<PictureAnswer> => decode(pdq, DEFAULT_LIMITS, 'tiff', bytes)

function wholes(answer: PictureAnswer): readonly string[] {
  const frames = answer.kind === 'picture' ? answer.frames : []
  return frames
    .filter(({ region }) => region === 'whole')
    .map(({ orientations }) => Buffer.from(orientations).toString('hex'))
}

const direct = (raw: Raw): string => Buffer.from(pdq.hash(raw).orientations).toString('hex')

test('pages of unequal size and colour are each hashed', async () => {
  const raws = [scene(1, 120, 90), scene(2, 60, 80), scene(3, 120, 90, 1), scene(4, 120, 90)]
  const answer = await decoded(tiffOf(raws.map((raw) => ({ raw }))))
  expect(answer).toMatchObject({ kind: 'picture', width: 120, height: 90 })
  expect(answer).not.toHaveProperty('incomplete')
  expect(wholes(answer)).toEqual(raws.map(direct))
})

test('tags that the decoder does not understand are harmless', async () => {
  for (const count of [1, 3]) {
    const pages = Array.from({ length: count }, (_, seed) => ({
      raw: scene(seed + 1, 120, 90),
      tags: { 305: 7, 33432: 4, 65000: 5 },
    }))
    const answer = await decoded(tiffOf(pages))
    expect(answer).not.toHaveProperty('incomplete')
    expect(wholes(answer)).toHaveLength(count)
  }
})

test('a broken page costs itself, and those around it are hashed', async () => {
  const raws = [scene(1, 120, 90), scene(2, 120, 90), scene(3, 120, 90)]
  const pages = raws.map((raw, place) => ({ raw, ...(place === 1 && { tags: { 273: 0x7fff_0000 } }) }))
  const answer = await decoded(tiffOf(pages))
  expect(answer.kind === 'picture' && answer.incomplete).toMatch(/truncated|decoder-failed/)
  expect(wholes(answer)).toContain(direct(scene(1, 120, 90)))
  expect(wholes(answer)).toContain(direct(scene(3, 120, 90)))
})

test('a picture in a sub-directory of the first page is hashed, of another page named as unread', async () => {
  const [first, second, sub] = [scene(1, 120, 90), scene(2, 120, 90), scene(3, 64, 48)]
  const below = await decoded(tiffOf([{ raw: first, sub }]))
  expect(below).not.toHaveProperty('incomplete')
  expect(wholes(below)).toEqual([direct(first), direct(sub)])
  const deeper = await decoded(tiffOf([{ raw: first }, { raw: second, sub }]))
  expect(deeper).toMatchObject({ kind: 'picture', incomplete: 'unsupported' })
})

test("a camera's raw file gives its preview and is never complete", async () => {
  const dng = tiffOf([{ raw: scene(1, 120, 90), tags: { 50706: 0x0000_0401 } }])
  const answer = await decoded(dng)
  expect(answer).toMatchObject({ kind: 'picture', incomplete: 'unsupported' })
  expect(wholes(answer)).toEqual([direct(scene(1, 120, 90))])
  expect(tiffMarks(tiffOf([{ raw: scene(1, 20, 20), tags: { 262: 32_803 } }]))?.raw).toBe(true)
})

test('directories that lead in a circle or out of the file end', async () => {
  const bytes = tiffOf([{ raw: scene(1, 40, 30) }])
  bytes.writeUInt32LE(bytes.readUInt32LE(4), bytes.length - 4)
  expect(tiffMarks(bytes)).toBeDefined()
  const answer = await decoded(bytes)
  expect(wholes(answer)[0] ?? direct(scene(1, 40, 30))).toBe(direct(scene(1, 40, 30)))
  bytes.writeUInt32LE(0xffff_fff0, bytes.length - 4)
  expect(tiffMarks(bytes)).toBeUndefined()
  const astray = await decoded(bytes)
  expect(astray.kind === 'picture' ? astray.incomplete : astray.because).toBeDefined()
})
