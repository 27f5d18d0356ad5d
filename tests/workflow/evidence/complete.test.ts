/** Complete: a destruction waits for every copy of the key that somebody registered, and is carried on by whoever may. */

import { mkdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { copyNamed } from '#store/copies'
import { destructionNamed } from '#store/destructions'
import type { Person } from '#terms/people'
import { accountFor, decide, registerCopy } from '#workflow/evidence/care'
import { approve, carryOut, propose } from '#workflow/evidence/destroy'
import { backUpKeys } from '#workflow/evidence/keys'
import { lapseDue } from '#workflow/evidence/retain'
import { refusal, someone } from '../../support/people.ts'
import { blobFile, NOON, type Room, SIGNED, sealBytes, vaultRoom } from '../../support/vault.ts'

async function people({ database }: Room): Promise<{ one: Person; other: Person }> {
  return { one: await someone(database, ['supervisor']), other: await someone(database, ['supervisor']) }
}

const acting = ({ id }: Person) => ({ by: id, signedInAt: NOON })
const because = 'nothing is left that it is kept for'

/** A destruction that two people want, of an item that is due. */
async function approvedDestruction(desk: Awaited<ReturnType<Room['open']>>, one: Person, other: Person) {
  const item = await sealBytes(desk, Buffer.from('soon gone'))
  const key = { item: item.id, purpose: 'assess', profile: 'hotline-memorandum' } as const
  await decide(desk, one.id, key, { until: NOON, because })
  await lapseDue(desk.database, NOON)
  const id = await propose(desk, acting(one), { item: item.id, because })
  await approve(desk, acting(other), id)
  return { item: item.id, id }
}

test('a copy of the key that a person registered is not taken for the vault’s own, whatever it is called', async () => {
  const room = await vaultRoom()
  const desk = await room.open()
  const { one, other } = await people(room)
  const { item, id } = await approvedDestruction(desk, one, other)
  const label = desk.vault.keyring.keys.where
  const paper = await registerCopy(desk, one.id, { item, place: 'key', label })
  const many = await registerCopy(desk, one.id, { place: 'key', label: 'a disc with the key folder' })
  const { destruction, remaining } = await carryOut(desk, acting(other), id)
  expect(destruction.completeAt).toBeUndefined()
  expect(remaining.map((copy) => copy.id).sort()).toEqual([paper, many].sort())
  expect(await copyNamed(desk.database, paper)).not.toHaveProperty('outcome')
  const given = { outcome: 'destroyed', proof: 'shredded, two watched' } as const
  expect(await accountFor(desk, one.id, paper, given)).toEqual([])
  expect(await accountFor(desk, one.id, many, given)).toEqual([id])
})

test('storage that cannot be reached leaves a destruction begun: the vault opens, and the job sees it through', async () => {
  const room = await vaultRoom()
  const desk = await room.open()
  const { one, other } = await people(room)
  const { item, id } = await approvedDestruction(desk, one, other)
  const blob = blobFile(room.data, item)
  await rm(blob)
  await mkdir(blob) // nothing that can be unlinked
  await expect(carryOut(desk, acting(other), id)).rejects.toMatchObject({ code: 'vault.unreachable' })
  expect(await destructionNamed(room.database, id)).toMatchObject({ keyGoneAt: NOON.toISOString() })
  const again = await room.open()
  await expect(again.tidyUp()).rejects.toMatchObject({ code: 'vault.unreachable' })
  await sealBytes(again, Buffer.from('something else'))
  await rmdir(blob)
  await again.tidyUp()
  expect(await destructionNamed(room.database, id)).toHaveProperty('completeAt')
})

test('what has begun is seen through by whoever may approve, and nobody else is told how it stands', async () => {
  const room = await vaultRoom()
  const desk = await room.open()
  const { one, other } = await people(room)
  const stranger = await someone(room.database, ['it-responder'])
  const { id } = await approvedDestruction(desk, one, other)
  const broken = { ...desk, vault: { shred: () => Promise.reject(new Error('the power went')) } }
  await expect(carryOut(broken, acting(other), id)).rejects.toThrow('the power went')
  await expect(carryOut(desk, acting(stranger), id)).rejects.toMatchObject(refusal('no-role'))
  const yesterday = { by: one.id, signedInAt: new Date(NOON.getTime() - 86_400_000) }
  await expect(carryOut(desk, yesterday, id)).rejects.toMatchObject(refusal('session-old'))
  expect(await destructionNamed(room.database, id)).not.toHaveProperty('keyGoneAt')
  expect((await carryOut(desk, acting(one), id)).destruction.completeAt).toBe(NOON.toISOString())
  await expect(carryOut(desk, acting(stranger), id)).rejects.toMatchObject(refusal('no-role'))
})

test('a backup of the keys whose day has come has not ended while it lies where it was written', async () => {
  const room = await vaultRoom()
  const desk = await room.open()
  const { one, other } = await people(room)
  const { id } = await approvedDestruction(desk, one, other)
  const file = join(room.data, 'keys.backup')
  const expiresAt = new Date(NOON.getTime() + 86_400_000)
  const { copy } = await backUpKeys(desk, { file, expiresAt }, SIGNED)
  const { remaining } = await carryOut(desk, acting(other), id)
  expect(remaining.map((left) => left.id)).toEqual([copy])
  expect(await lapseDue(room.database, expiresAt)).toEqual({ lapsed: 0, expired: 0, outlived: 1 })
  expect(await destructionNamed(room.database, id)).not.toHaveProperty('completeAt')
  await rm(file)
  expect(await lapseDue(room.database, expiresAt)).toEqual({ lapsed: 0, expired: 1, outlived: 0 })
  expect(await destructionNamed(room.database, id)).toHaveProperty('completeAt')
})
