/** Cut off: what stands and what does not where a connection, a viewer or a clock ends something in the middle. */
import { expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import type { Database } from '#store/database'
import { allItems } from '#store/items'
import { openingNamed } from '#store/openings'
import { writeHandover } from '#workflow/evidence/export'
import { withdraw } from '#workflow/evidence/handover'
import { showViewing } from '#workflow/evidence/view'
import { endOverdue, endViewing } from '#workflow/evidence/view-end'
import { approved, handoverScene } from '../../support/handover.ts'
import { bytesOf, found, sealBytes, vaultRoom } from '../../support/vault.ts'
import { ask, later, viewingScene } from '../../support/viewing.ts'

/** A database whose connection breaks behind the commit of a transaction that asked for it: nobody is told that it stands. */
function breaking(database: Database): { readonly database: Database; breakNext(): void } {
  let isBreaking = false
  const transaction: Database['transaction'] = async (work) => {
    const result = await database.transaction(work)
    if (!isBreaking) return result
    isBreaking = false
    throw new Error('the connection broke behind the commit')
  }
  const given = new Proxy(database, {
    get: (target, name) => {
      const member: unknown = name === 'transaction' ? transaction : Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return {
    database: given,
    breakNext: () => {
      isBreaking = true
    },
  }
}

test('a seal whose commit nobody heard of keeps key and blob where it was one, and the next seal finds them', async () => {
  const { database, open } = await vaultRoom()
  const broken = breaking(database)
  const desk = await open({
    database: broken.database,
    step: (name) => {
      if (name === 'seal: before the commit') broken.breakNext()
    },
  })
  const bytes = Buffer.from('the only copy')
  await expect(sealBytes(desk, bytes)).rejects.toThrow('behind the commit')
  const whole = await open()
  const again = await sealBytes(whole, bytes)
  expect((await bytesOf(whole, again.id)).equals(bytes)).toBe(true)
  expect(await found(whole)).toEqual([{ kind: 'whole', item: again.id }])
  const items = []
  for await (const { id } of allItems(database)) items.push(id)
  expect(items).toEqual([again.id])
})

test('a viewing that was ended before there was a picture shows none', async () => {
  const one = await viewingScene()
  const { desk, analyst } = one
  const { id } = await ask(one)
  const { render } = desk.decoders
  desk.decoders.render = async (...given) => {
    const nothing = { seenMilliseconds: 0, isComplete: false }
    await endViewing(desk, analyst.id, id, nothing)
    return render(...given)
  }
  await expect(showViewing(desk, analyst.id, id)).rejects.toMatchObject({ code: 'evidence.refused' })
  expect(await openingNamed(desk.database, id)).toMatchObject({ ending: 'abandoned' })
})

test('a picture that is ready when the time of its viewing is over is not shown, and costs nobody anything', async () => {
  const one = await viewingScene()
  const { desk, analyst } = one
  const { id, boxSeconds } = await ask(one)
  const { render } = desk.decoders
  desk.decoders.render = async (...given) => {
    later(desk, boxSeconds + 1)
    return render(...given)
  }
  await expect(showViewing(desk, analyst.id, id)).rejects.toMatchObject({ code: 'evidence.refused' })
  expect(await endOverdue(desk)).toBe(0)
  expect(await openingNamed(desk.database, id)).toMatchObject({ ending: 'failed', exposureUnits: 0 })
  const kinds = (await eventsOf(desk.database, `opening:${id}`)).map(({ kind }) => kind)
  expect(kinds).not.toContain('viewing.rendered')
})

test('where the clock went back while a picture was shown, the whole of its time counts', async () => {
  const one = await viewingScene()
  const { desk, analyst } = one
  const { id, boxSeconds, exposureUnits } = await ask(one)
  await showViewing(desk, analyst.id, id)
  later(desk, -3600)
  const ended = await endViewing(desk, analyst.id, id, { seenMilliseconds: 4000, isComplete: true })
  expect(ended).toEqual({
    ...{ ending: 'timed-out', seenMilliseconds: boxSeconds * 1000, isWhole: false },
    exposureUnits,
  })
})

test('a handover is not withdrawn while its bytes are on their way: it would be withdrawn and written', async () => {
  const one = await handoverScene()
  const { desk, officer } = one
  const { id } = await approved(one)
  const { handover } = await writeHandover(desk, officer.id, id, async (bytes) => {
    await expect(withdraw(desk, { by: officer.id }, id)).rejects.toMatchObject({ code: 'evidence.refused' })
    for await (const _ of bytes);
  })
  expect(handover).not.toHaveProperty('withdrawnAt')
  expect(handover).toHaveProperty('writtenAt')
})

test('seals that begin at one time stand under one lock of their process, which goes with it', async () => {
  const { database, open } = await vaultRoom()
  const desk = await open()
  const names = await Promise.all([desk.holder(), desk.holder(), desk.holder()])
  expect(new Set(names).size).toBe(1)
  const locks = async (): Promise<number> => {
    const { rows } = await database.query<{ count: string }>(
      `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )
    return Number(rows[0]?.count)
  }
  expect(await locks()).toBe(1)
  await desk.close()
  await expect.poll(locks).toBe(0)
})
