/** Dry runs: what is looked at changes nothing, and is what the next pull or the switching on applies. */
import { expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { disableSource, dueSources } from '#store/sources'
import { enable } from '#workflow/pull/enable'
import { nextBySchedule } from '#workflow/pull/schedule'
import { setUp } from './partners.ts'

test('a dry run changes nothing, and what it fetched is what the next pull applies', async () => {
  const { pull, fake, standing, state } = await setUp('tat', 7)
  expect(await pull({ isDryRun: true })).toMatchObject({ kind: 'dry-run', counts: { added: 7 } })
  expect(await standing()).toEqual([])
  expect((await state()).checkpoint).toBeUndefined()
  const asked = fake.asked.length
  expect(await pull()).toMatchObject({ kind: 'applied', counts: { added: 7 } })
  expect(fake.asked).toHaveLength(asked)
})

test('a source is looked at before it is switched on, and what was looked at is what its first pull applies', async () => {
  const { pull, fake, desk, source, standing, state, database } = await setUp('tat', 7, { isOff: true })
  await expect(pull()).rejects.toMatchObject({ code: 'register.unknown' })
  const tried = await pull({ isDryRun: true })
  expect(tried).toMatchObject({ kind: 'dry-run', counts: { added: 7, before: 0 }, fetched: { whole: true } })
  await expect(pull()).rejects.toMatchObject({ code: 'register.unknown' })
  await expect(standing()).rejects.toMatchObject({ code: 'register.unknown' }) // nor is its list there
  expect(await state()).toMatchObject({ isEnabled: false })
  expect(await dueSources(database, desk.now())).not.toContain(source.name)
  const asked = fake.asked.length
  expect(await pull({ isDryRun: true })).toEqual(tried)
  const signed = { actor: 'operator:tester', at: desk.now() } as const
  expect(await enable(desk, source, signed)).toMatchObject({ isSeen: true, nextAt: signed.at })
  expect(await pull()).toMatchObject({ kind: 'applied', counts: { added: 7 } })
  expect(fake.asked).toHaveLength(asked)
  expect(await standing()).toHaveLength(7)
  const kinds = (await eventsOf(database, `source:${source.name}`)).map(({ kind }) => kind)
  expect(kinds).toEqual(['source.looked-at', 'source.enabled', 'source.pulled'])
})

test('what was looked at of another place than is switched on is not applied', async () => {
  const one = await setUp('tat', 7, { isOff: true })
  const other = await setUp('tat', 3, { isOff: true })
  await one.pull({ isDryRun: true })
  const { pull: run } = await import('#workflow/pull/pull')
  const moved = { ...other.source, name: one.source.name, list: one.source.list }
  const looked = await run(one.desk, moved, { actor: 'operator:tester', isDryRun: true })
  expect(looked).toMatchObject({ kind: 'dry-run', counts: { added: 3 } })
  const signed = { actor: 'operator:tester', at: one.desk.now() } as const
  expect(await enable(one.desk, one.source, signed, { isBySchedule: true })).toMatchObject({
    isSeen: false,
    nextAt: nextBySchedule(one.source, signed.at),
  })
  expect(await one.pull()).toMatchObject({ kind: 'applied', counts: { added: 7 } })
})

test('a source that was switched off is looked at, and its list stays as it is', async () => {
  const { pull, rules, desk, source, standing, database, state } = await setUp('tat', 5)
  await pull()
  const signed = { actor: 'operator:tester', at: desk.now() } as const
  await database.transaction((tx) => disableSource(tx, source.name, 'to look first', signed))
  rules.grow(2)
  desk.turn(3600)
  expect(await pull({ isDryRun: true })).toMatchObject({ kind: 'dry-run', counts: { added: 2, before: 5 } })
  expect(await standing()).toHaveLength(5)
  expect(await state()).toMatchObject({ isEnabled: false })
})

test('a dry run leaves what is held as it is, also where the partner has sent something else since', async () => {
  const { pull, rules, desk, state, fake, standing } = await setUp('stopncii', 10)
  await pull()
  desk.turn(3600)
  rules.shrink(4)
  desk.turn(120)
  await pull()
  const before = await state()
  const asked = fake.asked.length
  rules.grow(9)
  desk.turn(60)
  expect(await pull({ isDryRun: true })).toMatchObject({ kind: 'held', held: { figures: { withdrawn: 4 } } })
  expect(await pull({ isDryRun: true, isBeyondBounds: true })).toMatchObject({
    kind: 'dry-run',
    counts: { withdrawn: 4, added: 0 },
  })
  expect(fake.asked).toHaveLength(asked)
  expect(await state()).toEqual(before)
  expect(await pull({ isBeyondBounds: true })).toMatchObject({ kind: 'applied', counts: { withdrawn: 4 } })
  expect(await standing()).toHaveLength(6)
})
