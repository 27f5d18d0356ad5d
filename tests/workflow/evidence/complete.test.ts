/** Complete: a destruction waits for every copy of the key that somebody registered, and is carried on by whoever may. */
import { expect, test } from 'vitest'
import { copyNamed } from '#store/copies'
import type { Person } from '#terms/people'
import { accountFor, decide, registerCopy } from '#workflow/evidence/care'
import { approve, carryOut, propose } from '#workflow/evidence/destroy'
import { lapseDue } from '#workflow/evidence/retain'
import { someone } from '../../support/people.ts'
import { NOON, type Room, sealBytes, vaultRoom } from '../../support/vault.ts'

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
