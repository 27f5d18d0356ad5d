/** Age: blobs are age files like any other, and open with the library as they open here. */
import { randomBytes } from 'node:crypto'
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { begun, fileKeyOf, newHeader } from '#vault/header'
import { ChunkDamaged, openedPayload, sealedPayload } from '#vault/payload'

const CHUNK = 64 * 1024
/** Around every edge: nothing, a byte, a chunk and a byte to either side of one and of several. */
const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function joined(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of bytes) all.push(piece)
  return Buffer.concat(all)
}

async function sealed(plain: Uint8Array, step: number): Promise<{ file: Buffer; identity: string }> {
  const { header, fileKey, nonce, identity } = await newHeader()
  const payload = await joined(sealedPayload(fileKey, nonce, cut(plain, step)))
  return { file: Buffer.concat([header, nonce, payload]), identity }
}

async function opened(file: Uint8Array, identity: string, step: number): Promise<Buffer> {
  const read = await begun(cut(file, step))
  if (!read) throw new Error('no age file')
  return joined(openedPayload(await fileKeyOf(read.header, identity), read.nonce, read.payload))
}

test('what is sealed here opens with the age library, at every size', async () => {
  for (const size of SIZES) {
    const plain = randomBytes(size)
    const { file, identity } = await sealed(plain, 1000 + size)
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    expect(plain.equals(await decrypter.decrypt(file)), `${size} bytes`).toBe(true)
  }
})

test('what the age library seals opens here, at every size, however it comes', async () => {
  const identity = await generateX25519Identity()
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(identity))
  for (const size of SIZES) {
    const plain = randomBytes(size)
    const file = await encrypter.encrypt(new Uint8Array(plain))
    for (const step of [17, 5000, CHUNK + 16])
      expect(plain.equals(await opened(file, identity, step))).toBe(true)
  }
})

test('a file that is cut off, longer, or changed in any byte does not open', async () => {
  const { file, identity } = await sealed(randomBytes(CHUNK + 500), 4096)
  await fc.assert(
    fc.asyncProperty(
      fc.nat(file.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.constantFrom('changed', 'cut', 'longer'),
      async (at, by, how) => {
        const bad = Buffer.from(file)
        bad[at] = (bad[at] ?? 0) ^ by
        const given =
          how === 'changed'
            ? bad
            : how === 'cut'
              ? file.subarray(0, at)
              : Buffer.concat([file, bad.subarray(0, at + 1)])
        await expect(opened(given, identity, 9999)).rejects.toThrow()
      },
    ),
    { numRuns: 60 },
  )
})

test('chunks that change places are found, and which', async () => {
  const { file, identity } = await sealed(randomBytes(3 * CHUNK), CHUNK)
  const begin = file.length - 3 * (CHUNK + 16)
  const chunk = (at: number): Buffer =>
    file.subarray(begin + at * (CHUNK + 16), begin + (at + 1) * (CHUNK + 16))
  const swapped = Buffer.concat([file.subarray(0, begin), chunk(0), chunk(2), chunk(1)])
  const found = opened(swapped, identity, 50_000)
  await expect(found).rejects.toThrow(ChunkDamaged)
  await expect(found).rejects.toMatchObject({ chunk: 1 })
})
