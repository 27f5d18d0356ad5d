/** The engine beyond what every partner shows: bounds, long absences, one at a time, and what a power cut leaves. */
import { expect, test } from 'vitest'
import type { FakeStopNcii } from '#lists/exchanges/stopncii/fake'
import { eventsOf } from '#store/append'
import { createList } from '#store/lists'
import { disableSource, dueSources } from '#store/sources'
import { enable } from '#workflow/pull/enable'
import { isStale, nextAfterFailure, nextBySchedule } from '#workflow/pull/schedule'
import { setUp } from './partners.ts'

const DAY_SECONDS = 86_400

test('a list that shrinks past its bounds is held with its figures, and applied only by decision', async () => {
  const { pull, rules, desk, standing, state, database, source } = await setUp('stopncii', 10)
  await pull()
  desk.turn(3600)
  rules.shrink(4)
  desk.turn(120)
  const held = await pull()
  expect(held).toMatchObject({ kind: 'held', held: { figures: { before: 10, withdrawn: 4 } } })
  expect(await standing()).toHaveLength(10)
  expect((await state()).held).toMatchObject({ figures: { withdrawn: 4 } })
  rules.grow(1) // comes after what was looked at
  expect(await pull({ isBeyondBounds: true })).toMatchObject({
    kind: 'applied',
    counts: { withdrawn: 4, added: 0 },
  })
  expect(await standing()).toHaveLength(6)
  expect((await state()).held).toBeUndefined()
  const events = await eventsOf(database, `source:${source.name}`)
  expect(events.at(-1)).toMatchObject({
    kind: 'source.pulled',
    body: { beyondBounds: true },
    actor: 'operator:tester',
  })
  expect(await pull()).toMatchObject({ kind: 'applied', counts: { added: 1 } })
})

test('what was held is asked for again by schedule, and comes in when the partner has mended it', async () => {
  const { pull, rules, desk, standing, state, fake } = await setUp('stopncii', 10)
  await pull()
  desk.turn(40 * DAY_SECONDS) // so long that everything is asked for
  fake.fail('empty', 1)
  expect(await pull()).toMatchObject({
    kind: 'held',
    held: { figures: { withdrawn: 10 } },
    fetched: { whole: true },
  })
  rules.grow(2)
  desk.turn(3600)
  expect(await pull()).toMatchObject({
    kind: 'applied',
    counts: { added: 2, withdrawn: 0 },
    fetched: { whole: true },
  })
  expect(await standing()).toHaveLength(12)
  expect((await state()).held).toBeUndefined()
})

test('after a long absence everything is asked for, and what is not named any more is withdrawn', async () => {
  const { pull, rules, desk, standing } = await setUp<FakeStopNcii>('stopncii', 10)
  await pull()
  rules.records.splice(0, 2) // withdrawn so long ago that nobody says so any more
  desk.turn(31 * DAY_SECONDS)
  expect(await pull()).toMatchObject({ kind: 'applied', counts: { withdrawn: 2 }, fetched: { whole: true } })
  expect(await standing()).toHaveLength(8)
})

test('a list that would have fewer entries than its source asserts is held, at the first pull too', async () => {
  const assertions = { shrinkMax: 0.5, growMax: 2, entriesMin: 5, entriesMax: 8, staleAfterDays: 3 }
  const { pull, rules, standing, desk } = await setUp('tat', 3, { assertions })
  expect(await pull()).toMatchObject({
    kind: 'held',
    held: { because: expect.stringContaining('at least 5') },
  })
  rules.grow(9)
  desk.turn(60)
  expect(await pull()).toMatchObject({
    kind: 'held',
    held: { because: expect.stringContaining('at most 8') },
  })
  expect(await standing()).toEqual([])
})

test('a partner that sends more than is allowed of pages or records changes nothing', async () => {
  const { pull, desk, source } = await setUp('ncmec', 12)
  const { pull: run } = await import('#workflow/pull/pull')
  for (const [limits, words] of [
    [{ pagesMax: 2 }, 'more than 2 pages'],
    [{ rowsMax: 7 }, 'more than 7 records'],
    [{ bytesMax: 3000 }, 'more than 3000 bytes'],
  ] as const) {
    const narrow = { ...source, limits: { ...source.limits, ...limits } }
    const outcome = await run(desk, narrow, { actor: 'operator:tester' })
    expect(outcome).toMatchObject({
      kind: 'failed',
      code: 'source.damaged',
      because: expect.stringContaining(words),
    })
  }
  expect(await pull()).toMatchObject({ kind: 'applied', counts: { added: 12 } })
})

test('one that lost its lock unawares applies nothing of what another process pulls by now', async () => {
  const { pull, desk, source, standing, database, state } = await setUp('tat', 12)
  const { pull: run } = await import('#workflow/pull/pull')
  const assertions = { ...source.assertions, shrinkMax: 1 }
  let other: unknown
  const overtaken = {
    ...desk,
    // As if the lock went between the last page and what is made of it: the other pulls from first to last.
    database: new Proxy(database, {
      get: (target, name) => {
        if (name !== 'transaction')
          return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name)
        return async (work: Parameters<typeof database.transaction>[0]) => {
          const { staging } = await state()
          if (staging?.checkpoint && other === undefined) {
            other = 'pulls'
            other = await run({ ...desk, lock: freely }, source, { actor: 'operator:other' })
          }
          return target.transaction(work)
        }
      },
    }),
  }
  const slow = run(overtaken, { ...source, assertions }, { actor: 'operator:tester' })
  await expect(slow).rejects.toMatchObject({ code: 'store.conflict' })
  expect(other).toMatchObject({ kind: 'applied', counts: { added: 12 } })
  expect(await standing()).toHaveLength(12)
  expect(await pull()).toMatchObject({ kind: 'unchanged' })
})

test('one that lost its lock unawares holds nothing back that another process has decided on', async () => {
  const { pull, rules, desk, source, standing, database, state } = await setUp('stopncii', 10)
  const { pull: run } = await import('#workflow/pull/pull')
  await pull()
  desk.turn(3600)
  rules.shrink(4)
  desk.turn(120)
  let withAll = 0
  const overtaken = {
    ...desk,
    // As if the lock went between the weighing and its being written down: the other applies it by decision.
    database: new Proxy(database, {
      get: (target, name) => {
        if (name !== 'transaction')
          return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name)
        return async (work: Parameters<typeof database.transaction>[0]) => {
          if ((await state()).staging?.checkpoint) withAll++
          const decided = { actor: 'operator:other', isBeyondBounds: true } as const
          if (withAll === 2) await run({ ...desk, lock: freely }, source, decided)
          return target.transaction(work)
        }
      },
    }),
  }
  const slow = run(overtaken, source, { actor: 'operator:tester' })
  await expect(slow).rejects.toMatchObject({ code: 'store.conflict' })
  expect((await state()).held).toBeUndefined()
  expect(await standing()).toHaveLength(6)
})

test('of two sources that are switched on at once for one list, one is refused', async () => {
  const { desk, source, database } = await setUp('tat', 1, { isOff: true })
  for (let round = 0; round < 3; round++) {
    const signed = { actor: 'operator:tester', at: desk.now() } as const
    const list = `${source.name}-list-${round}`
    await database.transaction((tx) => createList(tx, list, { ...source, terms: '' }, signed))
    const both = ['a', 'b'].map((one) => enable(desk, { ...source, name: `${list}-${one}`, list }, signed))
    const outcomes = (await Promise.allSettled(both)).map(({ status }) => status)
    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected'])
  }
})

async function freely() {
  return { lost: new AbortController().signal, release: async () => {} }
}

test('a source pulled while the clock ran a year ahead is due once the clock is right, and then by schedule', async () => {
  const { pull, desk, source, database, state } = await setUp('tat', 3)
  desk.turn(365 * DAY_SECONDS)
  await pull()
  desk.turn(-364 * DAY_SECONDS)
  expect(isStale(source, (await state()).succeededAt, desk.now())).toBe(true)
  expect(await dueSources(database, desk.now())).toContain(source.name)
  expect(await pull()).toMatchObject({ kind: 'unchanged' })
  expect(await dueSources(database, desk.now())).not.toContain(source.name)
  expect(isStale(source, (await state()).succeededAt, desk.now())).toBe(false)
})

test('one process at a time pulls; one that is stopped goes on later; one that was moved is switched on anew', async () => {
  const { pull, desk, source, fake, state, database } = await setUp('threatexchange', 12)
  const held = await desk.lock(`source:${source.name}`)
  expect(await pull()).toEqual({ kind: 'busy' })
  await held?.release()
  const stop = new AbortController()
  const stopped = {
    ...desk,
    ask: async (given: Parameters<typeof desk.ask>[0]) => {
      if (fake.asked.length === 2) stop.abort(new Error('enough'))
      return desk.ask(given)
    },
  }
  const { pull: run } = await import('#workflow/pull/pull')
  expect(await run(stopped, source, { actor: 'operator:tester', stop: stop.signal })).toEqual({
    kind: 'stopped',
  })
  expect(await state()).toMatchObject({ failures: 0, staging: { pages: 2 } })
  expect(await pull()).toMatchObject({ kind: 'applied', counts: { added: 12 }, fetched: { pages: 3 } })
  const moved = {
    ...source,
    api: { ...source.api, options: { ...source.api.options, privacyGroup: '1000' } },
  }
  await expect(run(desk, moved, { actor: 'operator:tester' })).rejects.toMatchObject({
    code: 'source.invalid',
  })
  const signed = { actor: 'operator:tester', at: desk.now() } as const
  await enable(desk, moved, signed)
  expect((await state()).checkpoint).toBeUndefined()
  await expect(enable(desk, { ...source, name: 'second' }, signed)).rejects.toMatchObject({
    code: 'register.exists',
  })
  expect(await dueSources(database, desk.now())).toContain(source.name)
  await database.transaction((tx) => disableSource(tx, source.name, 'enough', signed))
  expect(await dueSources(database, desk.now())).not.toContain(source.name)
})

test('the next pull comes by schedule, and later the more often it failed', async () => {
  const { source } = await setUp('tat', 0)
  const now = new Date('2026-01-10T12:10:00Z')
  expect(nextBySchedule(source, now)).toEqual(new Date('2026-01-10T13:00:00Z'))
  expect(nextAfterFailure(source, 1, now)).toEqual(new Date('2026-01-10T13:00:00Z'))
  expect(nextAfterFailure(source, 5, now)).toEqual(new Date('2026-01-10T14:00:00Z'))
  expect(nextAfterFailure(source, 30, now)).toEqual(new Date('2026-01-11T13:00:00Z'))
})
