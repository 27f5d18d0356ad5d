/** Exposure: what budgets, breaks and opting out refuse, on record, and who sees what of the totals. */
import { describe, expect, test } from 'vitest'
import { exposureDay } from '#store/exposure'
import { declareRisk } from '#store/overrides'
import { recordTraining } from '#store/training'
import {
  exposureTotals,
  ownBreak,
  ownExposure,
  ownOptIn,
  ownOptOut,
  setPersonBudget,
} from '#workflow/evidence/exposure'
import { showViewing } from '#workflow/evidence/view'
import { endOverdue } from '#workflow/evidence/view-end'
import { expectFolded } from '../../support/folded.ts'
import { refusal, someone } from '../../support/people.ts'
import { ask, later, viewingScene } from '../../support/viewing.ts'

describe('a viewing is refused, on record', () => {
  test('where the budget is reached; a child at risk now comes before it', async () => {
    const one = await viewingScene()
    const { desk, analyst, item } = one
    const supervisor = await someone(desk.database, ['supervisor'])
    await setPersonBudget(desk, supervisor.id, analyst.id, 100)
    await expect(setPersonBudget(desk, supervisor.id, supervisor.id, 9)).rejects.toMatchObject(
      refusal('own-act'),
    )
    expect((await ask(one)).exposure).toBe('ok')
    await expect(ask(one)).rejects.toMatchObject(refusal('budget-reached'))
    expect((await ask(one, { level: 'thumbnail' })).exposure).toBe('ok')
    await desk.database.transaction((tx) =>
      declareRisk(
        tx,
        { kind: 'item', id: item },
        { because: 'a call from the child', minutes: 60 },
        { actor: `person:${supervisor.id}`, at: desk.clock },
      ),
    )
    const { grant, exposure } = await ask(one)
    expect(exposure).toBe('over')
    expect(grant.override).toBeDefined()
  })

  test('two at once cannot both use the rest of a budget', async () => {
    const one = await viewingScene()
    const { desk, analyst } = one
    const supervisor = await someone(desk.database, ['supervisor'])
    await setPersonBudget(desk, supervisor.id, analyst.id, 100)
    const both = await Promise.allSettled([ask(one), ask(one), ask(one)])
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('while a break is due or taken, and after it no more', async () => {
    const one = await viewingScene()
    const { desk, analyst } = one
    for (let count = 0; count < 13; count++) {
      const { id } = await ask(one)
      await showViewing(desk, analyst.id, id)
      later(desk, 61)
      await endOverdue(desk)
    }
    await expect(ask(one)).rejects.toMatchObject(refusal('break-due'))
    expect((await ownExposure(desk, analyst.id)).standing).toMatchObject({
      state: 'break-due',
      sinceBreakUnits: 910,
    })
    later(desk, 15 * 60)
    await ask(one)
    await ownBreak(desk, analyst.id, 30)
    await expect(ask(one)).rejects.toMatchObject(refusal('break-due'))
    later(desk, 31 * 60)
    await ask(one)
  })

  test('of what the person opted out of, until they opt in again or the time is over', async () => {
    const one = await viewingScene()
    const { desk, analyst } = one
    const full = await ownOptOut(desk, analyst.id, { category: 'full' })
    await expect(ask(one)).rejects.toMatchObject(refusal('opted-out'))
    await ask(one, { level: 'thumbnail' })
    await ownOptIn(desk, analyst.id, full)
    await expect(ownOptIn(desk, analyst.id, full)).rejects.toMatchObject({ code: 'evidence.unknown' })
    await ask(one)
    await ownOptOut(desk, analyst.id, { category: 'view', until: new Date(desk.clock.getTime() + 60_000) })
    await expect(ask(one, { level: 'thumbnail' })).rejects.toMatchObject(refusal('opted-out'))
    later(desk, 61)
    await ask(one)
    const colleague = await someone(desk.database, ['analyst'])
    const theirs = await ownOptOut(desk, colleague.id, { category: 'view' })
    await expect(ownOptIn(desk, analyst.id, theirs)).rejects.toMatchObject({ code: 'evidence.unknown' })
    expect(await expectFolded(desk.database, 'exposure:', 'opening:')).toBeGreaterThan(4)
  })
})

test('a person sees theirs at once; others see totals of days that are over, and none of fewer than five', async () => {
  const one = await viewingScene()
  const { desk } = one
  const supervisor = await someone(desk.database, ['supervisor'])
  const people = [one.analyst]
  for (let count = 0; count < 4; count++)
    people.push(await someone(desk.database, ['analyst'], { cases: ['K-1'] }))
  const days = { from: '2026-03-01', to: '2026-03-04' }
  for (const { id } of people) await ask(one, { by: id })
  expect((await exposureDay(desk.database, one.analyst.id, desk.clock)).looks).toHaveLength(1)
  expect(await exposureTotals(desk, supervisor.id, days)).toEqual([])
  later(desk, 86_400)
  for (const { id } of people.slice(1)) await ask(one, { by: id })
  const training = { subject: 'S', givenBy: 'B', at: desk.clock.toISOString(), exposureUnits: 7 }
  const signed = { actor: `person:${supervisor.id}`, at: desk.clock } as const
  await desk.database.transaction((tx) => recordTraining(tx, { ...training, person: supervisor.id }, signed))
  later(desk, 86_400)
  const counts = { people: 5, looks: 5, units: 350, unitsPerPerson: 70 }
  expect(await exposureTotals(desk, supervisor.id, days)).toEqual([
    { day: '2026-03-02', counts },
    { day: '2026-03-03' },
  ])
  await expect(exposureTotals(desk, one.analyst.id, days)).rejects.toMatchObject(refusal('no-role'))
})
