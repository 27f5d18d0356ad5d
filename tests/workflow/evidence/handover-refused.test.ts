/** Handover refused: no key that two others compared, no approval of another, another case, a damaged item. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recordConflict } from '#store/conflicts'
import { handoverNamed } from '#store/handovers'
import { writeHandover } from '#workflow/evidence/export'
import { approve, propose, withdraw } from '#workflow/evidence/handover'
import { addCheck, addRecipient, closeRecipient } from '#workflow/evidence/recipients'
import {
  approved,
  fail,
  handoverScene,
  justNow,
  proposed,
  recipient,
  written,
} from '../../support/handover.ts'
import { refusal } from '../../support/people.ts'
import { sealedItem } from '../../support/viewing.ts'

describe('nothing leaves', () => {
  test('to a key that fewer than two others compared, or that was ended', async () => {
    const one = await handoverScene()
    const { desk, supervisor, officer, senior } = one
    const to = await recipient(one, 1)
    expect(to.isReady).toBe(false)
    await expect(proposed(one, to)).rejects.toMatchObject(refusal('not-checked'))
    await expect(addCheck(desk, supervisor.id, to.id, 'myself')).rejects.toMatchObject(refusal('own-act'))
    await expect(addCheck(desk, officer.id, to.id, 'a second time')).rejects.toMatchObject(refusal('own-act'))
    expect((await addCheck(desk, senior.id, to.id, 'on paper')).isReady).toBe(true)
    const { id } = await proposed(one, to)
    await closeRecipient(desk, supervisor.id, to.id)
    await expect(approve(desk, justNow(desk, senior), id)).rejects.toMatchObject(refusal('not-checked'))
  })

  test('to something that is no key', async () => {
    const { desk, supervisor } = await handoverScene()
    for (const ageRecipient of [
      'age1',
      'age1qqqqqqqq',
      `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
      'ssh-ed25519 AAAA',
    ])
      await expect(
        addRecipient(desk, supervisor.id, { name: 'x', kind: 'police', ageRecipient }),
      ).rejects.toMatchObject({ code: 'request.invalid' })
  })

  test('without the approval of another, after a withdrawal, or twice', async () => {
    const one = await handoverScene()
    const { desk, supervisor, officer, senior } = one
    const to = await recipient(one)
    const asked = {
      items: one.items,
      recipient: to.id,
      caseNumber: 'K-1',
      purpose: 'report',
      because: 'a report',
    } as const
    const own = await propose(desk, { by: supervisor.id }, asked)
    await expect(approve(desk, justNow(desk, supervisor), own.id)).rejects.toMatchObject(refusal('own-act'))
    await expect(written(one, own.id)).rejects.toMatchObject({ code: 'evidence.refused' })
    await withdraw(desk, { by: officer.id }, own.id)
    await expect(approve(desk, justNow(desk, senior), own.id)).rejects.toMatchObject({
      code: 'evidence.refused',
    })
    const stale = { by: senior.id, signedInAt: new Date(desk.clock.getTime() - 3_601_000) }
    const { id } = await propose(desk, { by: officer.id }, asked)
    await expect(approve(desk, stale, id)).rejects.toMatchObject(refusal('session-old'))
    const both = await Promise.allSettled(
      [senior, supervisor].map((person) => approve(desk, justNow(desk, person), id)),
    )
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const writers = await Promise.allSettled([written(one, id), written(one, id)])
    expect(writers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('of another case, of what was never held, or where there is a conflict of interest', async () => {
    const one = await handoverScene()
    const { desk, officer, items } = one
    const to = await recipient(one)
    const other = await sealedItem(desk, 'K-2')
    const asked = { recipient: to.id, caseNumber: 'K-1', purpose: 'report', because: 'a report' } as const
    const by = { by: officer.id }
    await expect(propose(desk, by, { ...asked, items: [...items, other] })).rejects.toMatchObject(
      refusal('not-allocated'),
    )
    const never = 'v-0000000000000000' as const
    await expect(propose(desk, by, { ...asked, items: [never] })).rejects.toMatchObject(refusal('never-held'))
    await expect(propose(desk, by, { ...asked, items, purpose: 'training' })).rejects.toMatchObject(
      refusal('purpose-not-for-role'),
    )
    await desk.database.transaction((tx) =>
      recordConflict(
        tx,
        officer.id,
        { kind: 'item', id: items[1] ?? fail() },
        { actor: 'tutela', at: desk.clock },
      ),
    )
    await expect(propose(desk, by, { ...asked, items })).rejects.toMatchObject(
      refusal('conflict-of-interest'),
    )
  })

  test('of an item that is damaged: the file breaks off, and says that it is not written', async () => {
    const one = await handoverScene()
    const { desk, officer, items } = one
    const { id } = await approved(one)
    const item = items[1] ?? fail()
    const blob = join(desk.data, 'vault', 'blobs', item.slice(-2), `${item}.age`)
    const bytes = readFileSync(blob)
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1
    writeFileSync(blob, bytes)
    const writing = writeHandover(desk, officer.id, id, async (chunks) => {
      for await (const _ of chunks);
    })
    await expect(writing).rejects.toMatchObject({ code: 'vault.damaged' })
    expect(await handoverNamed(desk.database, id)).not.toHaveProperty('writtenAt')
  })
})
