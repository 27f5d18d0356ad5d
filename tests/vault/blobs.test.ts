/** Blobs: one suite over every kind of place. */
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import 'undici' // loaded, it stands behind Node's own fetch: a bucket must bear that
import { describe, expect, test } from 'vitest'
import { Fault } from '#terms/fault'
import type { BlobStore } from '#vault/blobs'
import { folderBlobs } from '#vault/folder-blobs'
import { s3Blobs } from '#vault/s3-blobs'
import { temporaryFolder } from '../support/folder.ts'
import { fakeBucket, S3_KEY } from '../support/s3.ts'

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function gathered(bytes: AsyncIterable<Uint8Array> | undefined): Promise<Buffer | undefined> {
  if (!bytes) return undefined
  const all: Uint8Array[] = []
  for await (const piece of bytes) all.push(piece)
  return Buffer.concat(all)
}

async function listed(names: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const name of names) all.push(name)
  return all.sort()
}

interface Place {
  readonly blobs: BlobStore
  /** Everything that lies there, also what is under no name. */
  left(): Promise<number>
}

const PLACES: readonly (readonly [string, () => Promise<Place>])[] = [
  [
    'a folder',
    async () => {
      const folder = join(await temporaryFolder(), 'blobs')
      const left = async (): Promise<number> =>
        (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).length
      return { blobs: await folderBlobs(folder), left }
    },
  ],
  [
    'a bucket',
    async () => {
      const bucket = await fakeBucket()
      const blobs = s3Blobs({ endpoint: bucket.endpoint, prefix: 'vault/', ...S3_KEY })
      return { blobs, left: async () => bucket.objects.size + bucket.uploads.size }
    },
  ],
]

describe.each(PLACES)('in %s', (_, open) => {
  test('what was written is read back, whatever its size and however it came', async () => {
    const { blobs } = await open()
    for (const [size, step] of [
      [0, 1],
      [1, 1],
      [100_000, 999],
      [17 * 1024 * 1024, 1 << 20],
    ] as const) {
      const bytes = randomBytes(size)
      await blobs.write(`v-${size}`, pieces(bytes, step))
      expect((await gathered(await blobs.read(`v-${size}`)))?.equals(bytes), `${size} bytes`).toBe(true)
    }
    expect(await listed(blobs.names())).toEqual(['v-0', 'v-1', 'v-100000', 'v-17825792'])
  })

  test('a name that is taken keeps what it has', async () => {
    const { blobs } = await open()
    await blobs.write('v-1', pieces(Buffer.from('first'), 5))
    await expect(blobs.write('v-1', pieces(Buffer.from('second'), 5))).rejects.toThrow(Fault)
    expect((await gathered(await blobs.read('v-1')))?.toString()).toBe('first')
  })

  test('what is removed is gone, and to remove it again is no fault', async () => {
    const { blobs, left } = await open()
    await blobs.write('v-1', pieces(Buffer.from('bytes'), 5))
    await blobs.remove('v-1')
    await blobs.remove('v-1')
    expect(await blobs.read('v-1')).toBeUndefined()
    expect(await listed(blobs.names())).toEqual([])
    expect(await left()).toBe(0)
  })

  test.each([1000, 17 * 1024 * 1024])(
    'of a write that breaks off behind %i bytes nothing is left',
    async (size) => {
      const { blobs, left } = await open()
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield* pieces(randomBytes(size), 1 << 20)
        throw new Error('the source broke')
      }
      await expect(blobs.write('v-1', broken())).rejects.toThrow('the source broke')
      expect(await blobs.read('v-1')).toBeUndefined()
      expect(await left()).toBe(0)
    },
  )
})

test('a bucket that is full, does not answer or refuses the key says which, as a fault of the vault', async () => {
  const bucket = await fakeBucket()
  const blobs = s3Blobs({ endpoint: bucket.endpoint, ...S3_KEY })
  bucket.failing = { method: 'PUT', status: 507, code: 'XMinioStorageFull' }
  await expect(blobs.write('v-1', pieces(Buffer.from('x'), 1))).rejects.toMatchObject({
    code: 'vault.no-space',
  })
  bucket.failing = { method: 'GET', status: 403, code: 'AccessDenied' }
  await expect(blobs.read('v-1')).rejects.toMatchObject({ code: 'vault.unreachable' })
  const stranger = s3Blobs({ endpoint: bucket.endpoint, accessKeyId: 'other', secretAccessKey: 'other' })
  await expect(stranger.remove('v-1')).rejects.toMatchObject({ code: 'vault.unreachable' })
  const nowhere = s3Blobs({ endpoint: 'http://127.0.0.1:1/bucket', ...S3_KEY })
  await expect(nowhere.read('v-1')).rejects.toMatchObject({ code: 'vault.unreachable' })
})

test('an upload in parts that a killed process began goes with the blob', async () => {
  const bucket = await fakeBucket()
  const blobs = s3Blobs({ endpoint: bucket.endpoint, ...S3_KEY })
  bucket.uploads.set('upload-9', { key: 'v-1.age', parts: new Map([[1, Buffer.from('sealed')]]) })
  await blobs.remove('v-1')
  expect(bucket.uploads.size).toBe(0)
})
