/** The vault's keys: backed up and lost, rotated, held under a passphrase, from a command, or by break-glass. */
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import { openCopies } from '#store/copies'
import { Keyring } from '#vault/keyring'
import { backUpKeys, restoreKeys } from '#workflow/evidence/keys'
import { rotateKeys } from '#workflow/evidence/rotate'
import { sealItem } from '#workflow/evidence/seal'
import {
  blobFile,
  bytesOf,
  filesBelow,
  found,
  keyFile,
  SIGNED,
  sealBytes,
  stream,
  vaultRoom,
} from '../../support/vault.ts'

test('a lost key is said of its item alone, and comes back from a backup, but never for what is destroyed', async () => {
  const { data, database, open } = await vaultRoom()
  const desk = await open()
  const [one, other] = [await sealBytes(desk, randomBytes(1000)), await sealBytes(desk, randomBytes(1000))]
  const file = join(data, 'keys.backup')
  const expiresAt = new Date('2026-06-01T00:00:00Z')
  const { keys } = await backUpKeys(desk, { file, expiresAt }, SIGNED)
  expect(keys).toBe(2)
  expect(await openCopies(database, one.id)).toContainEqual(
    expect.objectContaining({ place: 'key-backup', label: file, expiresAt: expiresAt.toISOString() }),
  )
  await rm(keyFile(data, one.id))
  await expect(bytesOf(desk, one.id)).rejects.toMatchObject({ code: 'vault.key-lost' })
  expect(await bytesOf(desk, other.id)).toHaveLength(1000)
  const again = await restoreKeys(desk, { file, content: createReadStream(file) }, SIGNED)
  expect(again).toEqual({
    ...{ restored: [one.id], present: 1, destroyed: [], weeded: [], unknown: [], unopened: [] },
    isExpired: false,
  })
  expect(await bytesOf(desk, one.id)).toHaveLength(1000)
  await database.query(`UPDATE vault_item SET state = 'destroyed' WHERE id = $1`, [one.id])
  await desk.vault.shred(one.id)
  expect(await restoreKeys(desk, { file, content: createReadStream(file) }, SIGNED)).toMatchObject({
    restored: [],
    destroyed: [one.id],
  })
  const torn = (await readFile(file, 'utf8')).replace(/[A-Za-z]"}\n/, '"}\n')
  await expect(restoreKeys(desk, { file, content: stream(Buffer.from(torn)) }, SIGNED)).rejects.toMatchObject(
    {
      code: 'backup.damaged',
    },
  )
})

test('a backup from before a rotation whose identity is gone puts nothing back, and says so', async () => {
  const { data, open } = await vaultRoom()
  const desk = await open()
  const [one, other] = [await sealBytes(desk, randomBytes(100)), await sealBytes(desk, randomBytes(100))]
  const file = join(data, 'keys.backup')
  await backUpKeys(desk, { file, expiresAt: new Date('2026-06-01T00:00:00Z') }, SIGNED)
  await rotateKeys(desk, { what: 'identity' }, SIGNED)
  await rm(keyFile(data, one.id))
  expect(await restoreKeys(desk, { file, content: createReadStream(file) }, SIGNED)).toMatchObject({
    ...{ restored: [], present: 1, unopened: [one.id] },
  })
  await expect(bytesOf(desk, one.id)).rejects.toMatchObject({ code: 'vault.key-lost' })
  expect(await bytesOf(desk, other.id)).toHaveLength(100)
})

test('a key that verification found damaged is replaced from a backup, and one thing in its place stops no round', async () => {
  const { data, open } = await vaultRoom()
  const desk = await open()
  const [one, other] = [await sealBytes(desk, randomBytes(1000)), await sealBytes(desk, randomBytes(1000))]
  const file = join(data, 'keys.backup')
  await backUpKeys(desk, { file, expiresAt: new Date('2026-06-01T00:00:00Z') }, SIGNED)
  const restored = async () =>
    (await restoreKeys(desk, { file, content: createReadStream(file) }, SIGNED)).restored
  for (const spoil of [
    (path: string) => writeFile(path, 'not a key'),
    (path: string) => writeFile(path, randomBytes(100_000)),
    async (path: string) => {
      await rm(path)
      await symlink(keyFile(data, other.id), path)
    },
  ]) {
    await spoil(keyFile(data, one.id))
    const findings = await found(desk)
    expect(findings).toContainEqual({ kind: 'damaged', item: one.id, because: 'key-unreadable' })
    expect(findings).toContainEqual({ kind: 'whole', item: other.id })
    expect(await restored()).toEqual([one.id])
    expect(await found(desk, one.id)).toEqual([{ kind: 'whole', item: one.id }])
    expect(await restored()).toEqual([])
  }
  const named = (await readFile(file, 'utf8')).replace(/"copy":"[^"]+"/, '"copy":"https://example.com/a"')
  await expect(restoreKeys(desk, { file, content: stream(Buffer.from(named)) }, SIGNED)).rejects.toThrow(
    'no whole backup',
  )
})

test('a rotation wraps every key anew, leaves the blobs alone, and what is cut off is gone on with', async () => {
  const { data, open } = await vaultRoom()
  const desk = await open()
  const items = [await sealBytes(desk, randomBytes(90_000)), await sealBytes(desk, randomBytes(90_000))]
  const before = await filesBelow(join(data, 'vault'))
  let keys = 0
  const cutting = await open({
    step: (name) => {
      if (name === 'rotate: key' && ++keys === 1) throw new Error('cut off')
    },
  })
  await expect(rotateKeys(cutting, { what: 'identity' }, SIGNED)).rejects.toThrow('cut off')
  for (const { id } of items) expect(await bytesOf(desk, id)).toHaveLength(90_000)
  const rotated = await rotateKeys(desk, { what: 'identity' }, SIGNED)
  expect(rotated).toMatchObject({ rewrapped: 1, already: 1, unopened: [] })
  const after = await filesBelow(join(data, 'vault'))
  for (const { id } of items) {
    expect(after.get(blobFile(data, id))).toEqual(before.get(blobFile(data, id)))
    expect(after.get(keyFile(data, id))).not.toEqual(before.get(keyFile(data, id)))
  }
  const identity = join(data, 'vault', 'identity')
  expect(
    after
      .get(identity)
      ?.toString()
      .match(/AGE-SECRET-KEY-1/g),
  ).toHaveLength(1)
  expect(after.get(identity)).not.toEqual(before.get(identity))
  for (const { id } of items) expect(await bytesOf(desk, id)).toHaveLength(90_000)
  await sealBytes(desk, randomBytes(10))
})

test('a seal under way while the vault rotates is wrapped to the identity that is in force at its end', async () => {
  const { open } = await vaultRoom()
  const desk = await open()
  await sealBytes(desk, randomBytes(10))
  let rotated = false
  const bytes = randomBytes(1000)
  const sealing = await open({
    step: (name) => {
      if (name === 'seal: transaction') expect(rotated).toBe(true)
    },
  })
  const slow = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes
    await rotateKeys(desk, { what: 'identity' }, SIGNED)
    rotated = true
  }
  const asked = { by: 'tutela', purpose: 'assess', profile: 'hotline-memorandum' } as const
  const { id } = await sealItem(sealing, slow(), asked)
  expect((await bytesOf(desk, id)).equals(bytes)).toBe(true)
})

test('under a passphrase the vault starts locked, takes and gives nothing, and opens with that one alone', async () => {
  const { data, open } = await vaultRoom()
  const passphraseFile = join(data, 'identity.age')
  const desk = await open({ config: { identity: { passphraseFile } } })
  const { keyring } = desk.vault
  expect(keyring.isLocked).toBe(true)
  await expect(sealBytes(desk, randomBytes(10))).rejects.toMatchObject({ code: 'vault.locked' })
  await expect(keyring.unlock('first')).rejects.toMatchObject({ code: 'vault.no-identity' })
  // As the keyring makes it, with less work for whoever guesses and for this test.
  const source = { kind: 'passphrase', path: passphraseFile, workFactor: 4 } as const
  const maker = new Keyring({ source, keys: keyring.keys })
  expect(await maker.makeFirst('open sesame, said nobody')).toBe(true)
  expect(await maker.makeFirst('again')).toBe(false)
  await expect(keyring.unlock('wrong')).rejects.toMatchObject({ code: 'vault.locked' })
  await keyring.unlock('open sesame, said nobody')
  const { id } = await sealBytes(desk, randomBytes(10))
  expect(await bytesOf(desk, id)).toHaveLength(10)
  const later = await open({ config: { identity: { passphraseFile } } })
  await expect(bytesOf(later, id)).rejects.toMatchObject({ code: 'vault.locked' })
  expect(await found(later)).toEqual([{ kind: 'digest-only', item: id }])
  await maker.beginRotation('another')
  await expect(bytesOf(desk, id), 'rotated elsewhere').rejects.toMatchObject({ code: 'vault.locked' })
  await keyring.unlock('another')
  expect(await bytesOf(desk, id)).toHaveLength(10)
})

test('an identity comes from a command without a shell, and one that fails is not repeated in words', async () => {
  const { data, open } = await vaultRoom()
  const identity = await generateX25519Identity()
  const program = join(data, 'kms')
  await writeFile(
    program,
    `#!/bin/sh\ntest "$1" = '$(id)' && echo '${identity}' || { echo secret >&2; exit 3; }\n`,
  )
  await chmod(program, 0o700)
  const desk = await open({ config: { identity: { command: [program, '$(id)'] } } })
  const { id } = await sealBytes(desk, randomBytes(10))
  expect(await bytesOf(desk, id)).toHaveLength(10)
  const failing = await open({ config: { identity: { command: [program] } } })
  const refused = sealBytes(failing, randomBytes(10))
  await expect(refused).rejects.toMatchObject({ code: 'vault.no-identity' })
  await expect(refused).rejects.not.toThrow(/secret/)
  const slow = await open({ config: { identity: { command: ['sleep', '60'], commandSecondsMax: 1 } } })
  await expect(sealBytes(slow, randomBytes(10))).rejects.toThrow(/longer than 1 s/)
})

test('the vault does not go on under another identity than that of its keys', async () => {
  const { data, open } = await vaultRoom()
  const desk = await open()
  await sealBytes(desk, randomBytes(10))
  const identity = join(data, 'vault', 'identity')
  await writeFile(identity, await generateX25519Identity())
  await expect(sealBytes(desk, randomBytes(11))).rejects.toMatchObject({ code: 'vault.no-identity' })
  await rm(identity)
  await expect(open()).rejects.toMatchObject({ code: 'vault.no-identity' })
})

test('the break-glass identity opens what was sealed, and what was sealed before it came', async () => {
  const { data, open } = await vaultRoom()
  const before = await sealBytes(await open(), randomBytes(10))
  const glass = await generateX25519Identity()
  const desk = await open({ config: { breakGlass: await identityToRecipient(glass) } })
  const after = await sealBytes(desk, randomBytes(11))
  await rotateKeys(desk, { what: 'wrapping' }, SIGNED)
  for (const { id } of [before, after]) {
    const decrypter = new Decrypter()
    decrypter.addIdentity(glass)
    const own = (await decrypter.decrypt(await readFile(keyFile(data, id)), 'text')).trim()
    const blob = new Decrypter()
    blob.addIdentity(own)
    expect((await blob.decrypt(await readFile(blobFile(data, id)))).length).toBeGreaterThan(0)
  }
})
