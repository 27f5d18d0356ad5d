/** Age: blobs are age files like any other, and open with the library as they open here. */
import { randomBytes } from 'node:crypto'
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileKeyOf, identityKey } from '#vault/file-key'
import { begun, newHeader } from '#vault/header'
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
  const key = identityKey(identity)
  const fileKey = read && key && fileKeyOf(read.header, [key])
  if (!read || !fileKey) throw new Error('no age file, or none of this identity')
  return joined(openedPayload(fileKey, read.nonce, read.payload))
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

test('a header is opened exactly where the age library opens it, for one recipient or several, whole or changed', async () => {
  const identities = await Promise.all([1, 2, 3].map(() => generateX25519Identity()))
  const keys = identities.map(identityKey).filter((key) => key !== undefined)
  const encrypter = new Encrypter()
  for (const identity of identities) encrypter.addRecipient(await identityToRecipient(identity))
  const file = Buffer.from(await encrypter.encrypt(new Uint8Array()))
  const header = file.subarray(0, file.length - 32)
  const library = async (given: Uint8Array, which: readonly string[]): Promise<string> => {
    const decrypter = new Decrypter()
    for (const identity of which) decrypter.addIdentity(identity)
    return Buffer.from(await decrypter.decryptHeader(given).catch(() => Buffer.alloc(0))).toString('hex')
  }
  const here = (given: Uint8Array, which: typeof keys): string =>
    (fileKeyOf(given, which) ?? Buffer.alloc(0)).toString('hex')
  const stranger = identityKey(await generateX25519Identity())
  if (!stranger) throw new Error('no identity')
  expect(here(header, [stranger])).toBe('')
  expect(here(header, [stranger, ...keys])).toMatch(/^[0-9a-f]{32}$/)
  for (const [at, identity] of identities.entries())
    expect(here(header, keys.slice(at, at + 1))).toBe(await library(header, [identity]))
  for (let at = 0; at < header.length; at++)
    for (const by of [1, 64]) {
      const changed = Buffer.from(header)
      changed[at] = (changed[at] ?? 0) ^ by
      expect(here(changed, keys), `byte ${at} by ${by}`).toBe('')
      if (at % 40 === 0) expect(await library(changed, identities)).toBe('')
    }
})

test('an identity is taken only in the one form that it has', async () => {
  const identity = await generateX25519Identity()
  expect(identityKey(identity)?.identity).toBe(identity)
  const recipient = await identityToRecipient(identity)
  const forms = [identity.toLowerCase(), `${identity} `, identity.slice(0, -1), recipient, '']
  for (const form of forms) expect(identityKey(form)).toBeUndefined()
  for (let at = 'AGE-SECRET-KEY-1'.length; at < identity.length; at++) {
    const letter = identity[at] === 'Q' ? 'P' : 'Q'
    expect(identityKey(identity.slice(0, at) + letter + identity.slice(at + 1))).toBeUndefined()
  }
})
