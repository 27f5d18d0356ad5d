/** Every partner faces one suite: what a pull brings, what it leaves when it fails, and that it never applies a part. */
import { describe, expect, test } from 'vitest'
import type { Failing } from '#lists/exchanges/fake'
import { eventsOf } from '#store/append'
import { PARTNERS } from '#terms/exchange'
import { PAGE_ROWS, setUp } from './partners.ts'

/** What each way of failing is told as. */
const FAILURES: readonly (readonly [failing: Failing, code: string])[] = [
  ['unauthorized', 'source.refused'],
  ['too-many', 'source.unreachable'],
  ['broken', 'source.unreachable'],
  ['truncated', 'source.unreachable'],
  ['cut', 'source.damaged'],
  ['repeated', 'source.damaged'],
  ['bad-date', 'source.damaged'],
  ['endless', 'source.damaged'],
]

describe.each(PARTNERS)('%s', (partner) => {
  /** The status or the sign-in is asked for before the pages. */
  const asksFirst = partner === 'ncmec' || partner === 'tat' ? 1 : 0

  test('a first pull takes every page; the next only what changed, withdrawals among it; all on record', async () => {
    const { pull, desk, rules, standing, state, database, fake, source } = await setUp(partner, 12)
    expect(await pull()).toMatchObject({
      kind: 'applied',
      counts: { added: 12 },
      fetched: { whole: true, pages: 3, leftOut: 0 },
    })
    expect(await standing()).toHaveLength(12)
    desk.turn(3600)
    rules.grow(2)
    rules.shrink(3)
    desk.turn(120)
    expect(await pull()).toMatchObject({
      kind: 'applied',
      counts: { added: 2, withdrawn: 3, replaced: 0 },
      fetched: { whole: false },
    })
    expect(await standing()).toHaveLength(11)
    desk.turn(3600)
    expect(await pull()).toMatchObject({ kind: 'unchanged', fetched: { whole: false } })
    expect(await state()).toMatchObject({ failures: 0, isEnabled: true })
    expect((await state()).staging).toBeUndefined()
    fake.fail('broken', 50)
    await pull()
    const events = await eventsOf(database, `source:${source.name}`)
    expect(events.map(({ kind }) => kind.slice('source.'.length))).toEqual([
      ...['enabled', 'pulled', 'pulled', 'pulled', 'failed'],
    ])
    expect(events[1]?.body).toMatchObject({ whole: true, rows: 12, added: 12, withdrawn: 0 })
    expect(events[4]?.body).toEqual({ code: 'source.unreachable', failures: 1 })
  })

  test('a pull that breaks off goes on where it was, and then is one change', async () => {
    const { pull, fake, standing, state, desk } = await setUp(partner, 12)
    fake.fail('broken', 50, asksFirst + 1)
    expect(await pull()).toMatchObject({ kind: 'failed', code: 'source.unreachable' })
    expect(await standing()).toEqual([])
    expect((await state()).staging).toMatchObject({ pages: 1, rows: PAGE_ROWS })
    fake.forgive()
    desk.turn(60)
    const asked = fake.asked.length
    expect(await pull()).toMatchObject({ kind: 'applied', counts: { added: 12 }, fetched: { pages: 3 } })
    expect(fake.asked.length - asked).toBe(asksFirst + 2)
  })

  test('whatever a partner does wrong, nothing is applied, and it is reported without a secret', async () => {
    const limits = { pageBytesMax: 3 << 20, secondsMax: 20 }
    const { pull, fake, standing, state, desk, rules } = await setUp(partner, 12, { limits })
    for (const [at, [failing, code]] of FAILURES.entries()) {
      fake.fail(failing, 60, asksFirst)
      expect(await pull(), failing).toMatchObject({ kind: 'failed', code })
      fake.forgive()
      const { failedBecause, failures, nextAt, checkpoint } = await state()
      expect({ failures, checkpoint }, failing).toEqual({ failures: at + 1, checkpoint: undefined })
      expect(failedBecause).toContain(code)
      expect(failedBecause).not.toMatch(/made-up|access_token/)
      expect(nextAt?.getTime()).toBeGreaterThan(desk.now().getTime())
    }
    expect(await standing()).toEqual([])
    expect(await pull()).toMatchObject({ kind: 'applied', counts: { added: 12 } })
    const { checkpoint } = await state()
    desk.turn(3600)
    rules.grow(2)
    desk.turn(120)
    fake.fail('backwards', 20)
    expect(await pull()).toMatchObject({ kind: 'failed', code: 'source.damaged' })
    expect(await standing()).toHaveLength(12)
    expect((await state()).checkpoint).toEqual(checkpoint)
  })
})
