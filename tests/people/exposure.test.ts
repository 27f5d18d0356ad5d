/** Exposure: what looks cost, and how a person stands, for every day that can be. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EXPOSURE_POLICY, exposurePolicy, standing, totalOf, unitsOf } from '#people/exposure'
import { VIEW_LEVELS } from '#terms/evidence'
import type { ExposureDay, Look } from '#terms/exposure'

const START = Date.parse('2026-03-02T08:00:00Z')
const time = (minutes: number): string => new Date(START + minutes * 60_000).toISOString()

const level = fc.constantFrom(...VIEW_LEVELS)
const look = fc.record({ level, minutes: fc.nat(600), seconds: fc.integer({ min: 1, max: 600 }) }).map(
  ({ level, minutes, seconds }): Look => ({
    ...{ level, from: time(minutes), until: time(minutes + seconds / 60) },
    units: unitsOf(EXPOSURE_POLICY, level, seconds * 1000),
  }),
)
const day = fc.record({ looks: fc.array(look, { maxLength: 30 }), trainingUnits: fc.nat(4000) }).map(
  ({ looks, trainingUnits }): ExposureDay => ({
    ...{ day: '2026-03-02', trainingUnits, breaks: [], optOuts: [] },
    looks: looks.toSorted((a, b) => (a.from < b.from ? -1 : 1)),
  }),
)
const asked = fc.record({
  level,
  purpose: fc.constant('assess' as const),
  boxSeconds: fc.integer({ min: 1, max: 3600 }),
})
const now = fc.nat(700).map((minutes) => new Date(START + minutes * 60_000))

describe('for every day that can be', () => {
  test('nobody is let look beyond the budget, and a card is always shown', () => {
    fc.assert(
      fc.property(day, asked, now, (today, wanted, at) => {
        const { state, units } = standing(EXPOSURE_POLICY, today, at, wanted)
        if (wanted.level === 'card') return state === 'ok'
        const cost = unitsOf(EXPOSURE_POLICY, wanted.level, wanted.boxSeconds * 1000)
        return units + cost > EXPOSURE_POLICY.budgetUnits ? state === 'over' : state !== 'over'
      }),
    )
  })

  test('a break that is due is over once nothing was looked at for as long as a break lasts', () => {
    fc.assert(
      fc.property(day, now, (today, at) => {
        const { breakUntil } = standing(EXPOSURE_POLICY, { ...today, trainingUnits: 0 }, at)
        if (breakUntil === undefined) return true
        const after = standing(EXPOSURE_POLICY, { ...today, trainingUnits: 0 }, new Date(breakUntil))
        return after.breakUntil === undefined || after.breakUntil > breakUntil // looks that came later in the day
      }),
    )
  })

  test('a break that is due at midnight is due after it, and of looks at the same time the one that ended last counts', () => {
    const long: Look = { level: 'full', from: time(0), until: time(60), units: 1000 }
    const short: Look = { level: 'full', from: time(40), until: time(41), units: 10 }
    const none = { day: '2026-03-02', trainingUnits: 0, breaks: [], optOuts: [] }
    const at = new Date(START + 65 * 60_000)
    const due = { breakUntil: time(75), sinceBreakUnits: 1010 }
    expect(standing(EXPOSURE_POLICY, { ...none, looks: [long, short] }, at)).toMatchObject(due)
    const past = { ...none, day: '2026-03-03', looks: [], before: [long, short] }
    expect(standing(EXPOSURE_POLICY, past, at)).toMatchObject({ ...due, units: 0 })
  })

  test('one more look never makes a person stand better', () => {
    const order = ['ok', 'near', 'break-due', 'over', 'opted-out']
    fc.assert(
      fc.property(day, asked, (today, wanted) => {
        const at = new Date(START + 601 * 60_000)
        const more: Look = { level: 'full', from: time(600), until: time(600.5), units: 40 }
        const before = standing(EXPOSURE_POLICY, today, at, wanted)
        const after = standing(EXPOSURE_POLICY, { ...today, looks: [...today.looks, more] }, at, wanted)
        return order.indexOf(after.state) >= order.indexOf(before.state) && after.units === before.units + 40
      }),
    )
  })

  test('what opted out covers is never shown, whatever the day', () => {
    fc.assert(
      fc.property(day, asked, now, level, (today, wanted, at, category) => {
        if (category === 'card') return true
        const optOuts = [{ id: 'u-1', category, from: time(0) }]
        const { state } = standing(EXPOSURE_POLICY, { ...today, optOuts }, at, wanted)
        return wanted.level === category ? state === 'opted-out' : state !== 'opted-out'
      }),
    )
  })
})

test('weights are set one by one, and the others stay as they are', () => {
  const policy = exposurePolicy({ unitsPerLook: { full: 99 }, budgetUnits: 5 })
  expect(policy).toMatchObject({ unitsPerLook: { full: 99, thumbnail: 1 }, budgetUnits: 5, breakMinutes: 15 })
  expect(unitsOf(policy, 'full', 1)).toBe(100)
  expect(unitsOf(policy, 'card', 3_600_000)).toBe(0)
})

test('a total of fewer than five people tells no count at all', () => {
  for (let people = 0; people < 5; people++)
    expect(totalOf('2026-03-02', { people, looks: 9, units: 90 })).toEqual({ day: '2026-03-02' })
  expect(totalOf('2026-03-02', { people: 5, looks: 9, units: 90 })).toMatchObject({
    counts: { unitsPerPerson: 18 },
  })
})
