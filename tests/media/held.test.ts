/** Held: what is in memory is read as the same file on a disk would be. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Decoders, openDecoders } from '#media/decoders'
import { temporaryFolder } from '../support/folder.ts'
import { drawn, scene } from './pictures.ts'

const PICTURES = { pictures: true }

let decoders: Decoders
beforeAll(async () => {
  decoders = await openDecoders({ jobs: 1, sandbox: 'auto' })
})
afterAll(() => decoders.close())

async function contents(): Promise<Buffer[]> {
  const jpeg = await drawn(scene(3)).jpeg().toBuffer()
  return [
    jpeg,
    jpeg.subarray(0, jpeg.length - 800),
    Buffer.concat([jpeg, Buffer.alloc(2000, 'PK\x03\x04')]),
    Buffer.alloc(0),
    Buffer.from('a plain note'),
    Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(1_500_000, ' '), Buffer.from('/Encrypt')]),
    Buffer.alloc(2_000_000, 7),
  ]
}

test('bytes in memory are told as the same bytes in a file', async () => {
  const folder = await temporaryFolder()
  for (const [at, bytes] of (await contents()).entries()) {
    const file = join(folder, `${at}`)
    writeFileSync(file, bytes)
    expect(await decoders.readBytes(bytes, PICTURES)).toEqual(await decoders.read(file, PICTURES))
  }
})

test('bytes that come after the closing are told as unreadable, not as without a picture', async () => {
  const own = await openDecoders({ jobs: 1, sandbox: 'auto' })
  await own.close()
  const bytes = await drawn(scene(4)).png().toBuffer()
  expect(await own.readBytes(bytes, PICTURES)).toEqual({ kind: 'unread', because: 'unreadable' })
})
