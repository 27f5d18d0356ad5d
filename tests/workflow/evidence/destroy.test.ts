import { describe, expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { addCopy, copyNamed, openCopies } from '#store/copies'
import { destructionNamed } from '#store/destructions'
import { placeHold, releaseHold } from '#store/holds'
import { itemNamed } from '#store/items'
import type { ItemId } from '#terms/evidence'
import { account } from '#workflow/evidence/account'
import { approve, carryOut, finishBegun, propose } from '#workflow/evidence/destroy'
import { lapseDue } from '#workflow/evidence/retain'
import { acting, because, DUE, dueItem, keptItem, SEALED, scene } from '../../support/destruction.ts'
import { someone } from '../../support/people.ts'

describe('destruction by two people', () => {
  test('what is due goes when one proposed and another approved, and a tombstone stays', async () => {
    const at = await scene()
    const item = await dueItem(at)
    const id = await propose(at, acting(at.one), { item, because })
    await approve(at, acting(at.other), id)
    const { destruction, remaining } = await carryOut(at, acting(at.other), id)
    expect(remaining).toEqual([])
    expect(destruction.completeAt).toBe(DUE.toISOString())
    expect(at.shredded).toEqual([item])
    expect((await itemNamed(at.database, item)).state).toBe('destroyed')
    const kinds = (await eventsOf(at.database, `destruction:${id}`)).map(({ kind }) => kind.split('.')[1])
    expect(kinds).toEqual(['proposed', 'approved', 'begun', 'key-gone', 'blob-gone', 'completed'])
  })

  test('nobody approves their own proposal, and the refusal is written down', async () => {
    const at = await scene()
    const id = await propose(at, acting(at.one), { item: await dueItem(at), because })
    await expect(approve(at, acting(at.one), id)).rejects.toThrow('own-act')
    const { rows } = await at.database.query("SELECT body FROM event WHERE kind = 'act.refused'")
    expect(rows).toMatchObject([{ body: { act: 'approve-destruction', because: 'own-act' } }])
    expect((await destructionNamed(at.database, id)).approvedAt).toBeUndefined()
  })

  test('what is kept for a purpose that has not lapsed is not due', async () => {
    const at = await scene()
    const item = await keptItem(at.database)
    await expect(propose(at, acting(at.one), { item, because })).rejects.toThrow('not-due')
  })

  test('a hold that comes after the approval stops it, and its release does not bring it back', async () => {
    const at = await scene()
    const item = await dueItem(at)
    const id = await propose(at, acting(at.one), { item, because })
    await approve(at, acting(at.other), id)
    const signed = { actor: `person:${at.one.id}`, at: DUE } as const
    const hold = await at.database.transaction((tx) =>
      placeHold(tx, { item, because: 'an appeal', issuer: 'a court' }, signed),
    )
    await expect(carryOut(at, acting(at.other), id)).rejects.toThrow('under-hold')
    await at.database.transaction((tx) => releaseHold(tx, hold, 'the appeal has ended', signed))
    await expect(carryOut(at, acting(at.other), id)).rejects.toThrow('was withdrawn')
    expect(at.shredded).toEqual([])
  })

  test('of two who approve at the same time one does, and of two who carry it out the vault is asked for one item', async () => {
    const at = await scene()
    const item = await dueItem(at)
    const third = await someone(at.database, ['approving-senior-officer'])
    const id = await propose(at, acting(at.one), { item, because })
    const approvals = await Promise.allSettled([
      approve(at, acting(at.other), id),
      approve(at, acting(third), id),
    ])
    expect(approvals.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await Promise.allSettled([carryOut(at, acting(at.other), id), carryOut(at, acting(third), id)])
    expect(at.shredded).toEqual([item])
    expect((await destructionNamed(at.database, id)).completeAt).toBeDefined()
  })

  test('a hold and a beginning at the same moment: one of them is refused, never neither', async () => {
    const at = await scene()
    const signed = { actor: `person:${at.one.id}`, at: DUE } as const
    for (let round = 0; round < 8; round++) {
      const item = await dueItem(at)
      const id = await propose(at, acting(at.one), { item, because })
      await approve(at, acting(at.other), id)
      const [carried, held] = await Promise.allSettled([
        carryOut(at, acting(at.other), id),
        at.database.transaction((tx) => placeHold(tx, { item, because: 'b', issuer: 'i' }, signed)),
      ])
      expect([carried.status, held.status].sort()).toEqual(['fulfilled', 'rejected'])
      expect(at.shredded.includes(item)).toBe(held.status === 'rejected')
    }
  })
})

describe('complete', () => {
  test('only when no registered copy of the key is left; a backup ends by its date', async () => {
    const at = await scene()
    const item = await dueItem(at)
    const signed = { actor: 'tutela', at: SEALED } as const
    const [key, tape, disc, blob] = await at.database.transaction(async (tx) => [
      await addCopy(tx, { item, place: 'key', label: 'the key store' }, signed),
      await addCopy(tx, { place: 'key-backup', label: 'a tape', expiresAt: new Date('2028-02-01') }, signed),
      await addCopy(tx, { place: 'key-backup', label: 'a disc' }, signed),
      await addCopy(tx, { item, place: 'blob', label: 'the folder' }, signed),
    ])
    const id = await propose(at, acting(at.one), { item, because })
    await approve(at, acting(at.other), id)
    const standing = await carryOut(at, acting(at.other), id)
    expect(standing.destruction.completeAt).toBeUndefined()
    expect(standing.remaining.map((copy) => copy.id).sort()).toEqual([tape, disc].sort())
    expect((await copyNamed(at.database, key)).outcome).toBe('destroyed')
    expect((await copyNamed(at.database, blob)).outcome).toBe('destroyed')
    expect(await lapseDue(at.database, new Date('2028-02-01T00:00:01Z'))).toEqual({
      ...{ lapsed: 0, expired: 1, outlived: 0 },
    })
    expect((await destructionNamed(at.database, id)).completeAt).toBeUndefined()
    const given = { outcome: 'destroyed', proof: 'cut up, two watched' } as const
    const { completed } = await at.database.transaction((tx) =>
      account(tx, disc, given, { ...signed, at: new Date('2028-03-01') }),
    )
    expect(completed).toEqual([id])
  })

  test('a backup of the keys made after the key was gone holds nothing of it', async () => {
    const at = await scene()
    const item = await dueItem(at)
    const id = await propose(at, acting(at.one), { item, because })
    await approve(at, acting(at.other), id)
    await carryOut(at, acting(at.other), id)
    // Its time lies before the destruction: a clock was set back. The order of events decides.
    const signed = { actor: 'tutela', at: SEALED } as const
    await at.database.transaction((tx) => addCopy(tx, { place: 'key-backup', label: 'late' }, signed))
    expect(await openCopies(at.database, item)).toEqual([])
  })

  test('what a fault left in the middle goes on, and nothing is left half destroyed', async () => {
    const at = await scene()
    const item = await dueItem(at)
    const id = await propose(at, acting(at.one), { item, because })
    await approve(at, acting(at.other), id)
    const vault = {
      shred: async (_: ItemId, gone?: (what: 'key' | 'blob') => Promise<void>) => {
        await gone?.('key')
        throw new Error('the disk is gone')
      },
    }
    const broken = { ...at, vault }
    await expect(carryOut(broken, acting(at.other), id)).rejects.toThrow('the disk is gone')
    const half = await destructionNamed(at.database, id)
    expect([half.keyGoneAt, half.blobGoneAt]).toEqual([DUE.toISOString(), undefined])
    const [standing] = await finishBegun(at)
    expect(standing?.destruction.completeAt).toBeDefined()
    expect(at.shredded).toEqual([item])
    expect(await finishBegun(at)).toEqual([])
  })

  test('what was cut off between the last thing gone and its being called complete is completed', async () => {
    const at = await scene()
    const item = await dueItem(at)
    const id = await propose(at, acting(at.one), { item, because })
    await approve(at, acting(at.other), id)
    const vault = {
      shred: async (_: ItemId, gone?: (what: 'key' | 'blob') => Promise<void>) => {
        await gone?.('key')
        await gone?.('blob')
        throw new Error('the power is cut')
      },
    }
    await expect(carryOut({ ...at, vault }, acting(at.other), id)).rejects.toThrow('the power is cut')
    expect((await destructionNamed(at.database, id)).completeAt).toBeUndefined()
    const [standing] = await finishBegun(at)
    expect(standing?.destruction).toMatchObject({ id, completeAt: expect.any(String) })
    expect(await finishBegun(at)).toEqual([])
  })
})
