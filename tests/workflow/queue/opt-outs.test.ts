/** Opt-outs: what somebody opted out of is not given to them unasked; what they name they may take up. */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId } from '#ground/id'
import { readVocabularies } from '#lists/vocabularies'
import { EXPOSURE_POLICY } from '#people/exposure'
import { eventsOf } from '#store/append'
import { openCase } from '#store/cases'
import { addReport } from '#store/reports'
import { ownOptIn, ownOptOut } from '#workflow/evidence/exposure'
import { claimCase, claimNext, releaseCase } from '#workflow/queue/claim'
import { NOON, waitingCase } from '../../support/casework.ts'
import { temporaryDatabase } from '../../support/database.ts'
import { itemRow } from '../../support/evidence.ts'
import { expectFolded } from '../../support/folded.ts'
import { someone } from '../../support/people.ts'

const signed = { actor: 'tutela', at: NOON } as const
const AT_RISK = {
  kind: 'hotline',
  state: 'waiting',
  priority: {
    atRisk: true,
    gradeOne: false,
    severity: 1,
    confidence: 0,
    trust: 'usual',
    receivedAt: NOON.toISOString(),
  },
} as const

/** Four cases that wait, each of which another opt-out keeps away, and somebody who takes them up. */
async function room() {
  const { database } = await temporaryDatabase()
  let clock = NOON
  const now = (): Date => {
    clock = new Date(clock.getTime() + 1)
    return clock
  }
  const desk = { database, claimMinutes: 30, now }
  const { id: ann } = await someone(database, ['analyst'])
  const at = (hours: number) => new Date(NOON.getTime() + hours * 3_600_000)
  const exposure = {
    database,
    exposure: EXPOSURE_POLICY,
    vocabularies: readVocabularies(),
    now: () => clock,
  }
  const categories = { 'uk-sentencing': ['A'] }
  const match = { list: 'l', entry: 1, trust: 'confirmed', categories, basis: 'pdq' } as const
  const item = await itemRow(database, NOON)
  const near = await waitingCase(database, { items: [{ hashes: {}, outcome: 'near', matches: [match] }] })
  const seen = await waitingCase(database, { items: [{ hashes: {}, item }] })
  const young = await waitingCase(database, { kind: 'young-people', items: [{ hashes: {} }] })
  const told = await waitingCase(database, { items: [{ hashes: {} }] })
  await database.transaction((tx) =>
    addReport(
      tx,
      {
        ...{ id: newId('r'), referenceHash: randomBytes(32), channel: 'public', kind: 'grooming' },
        ...{ trust: 'usual', isAnonymous: true, atRisk: false, caseNumber: told.number, hasJoined: false },
      },
      signed,
    ),
  )
  const all = [near, seen, young, told].map(({ number }) => number)
  const given = async (): Promise<string[]> => {
    const numbers: string[] = []
    for (let one = await claimNext(desk, ann); one; one = await claimNext(desk, ann)) numbers.push(one.number)
    for (const number of numbers) await releaseCase(desk, ann, number)
    return numbers.sort()
  }
  const cases = { near: near.number, seen: seen.number, young: young.number, told: told.number }
  return {
    database,
    desk,
    exposure,
    ann,
    at,
    all,
    given,
    cases,
    later: (hours: number) => (clock = at(hours)),
  }
}

test('next passes over what somebody opted out of, as long as it is in force', async () => {
  const { exposure, ann, at, all, given, cases } = await room()
  const without = (left: string) => all.filter((number) => number !== left).sort()
  expect(await given()).toEqual([...all].sort())
  for (const [category, left] of [
    ['category:uk-sentencing/A', cases.near],
    ['kind:young-people', cases.young],
    ['kind:grooming', cases.told],
    ['view', cases.seen],
  ] as const) {
    const id = await ownOptOut(exposure, ann, { category, until: at(2) })
    expect(await given(), category).toEqual(without(left))
    await ownOptIn(exposure, ann, id)
    expect(await given(), category).toEqual([...all].sort())
  }
  for (const category of ['category:uk-sentencing/B', 'kind:device', 'full'] as const)
    await ownOptOut(exposure, ann, { category })
  expect(await given()).toEqual([...all].sort())
  await expect(ownOptOut(exposure, ann, { category: 'category:uk-sentencing/Z' })).rejects.toMatchObject({
    code: 'request.invalid',
  })
})

test('a child at risk now is given to whoever asks; by its number a case is their own will, on record', async () => {
  const { database, desk, exposure, ann, at, all, given, cases, later } = await room()
  expect(await given()).toEqual([...all].sort())
  await ownOptOut(exposure, ann, { category: 'kind:hotline', until: at(2) })
  expect(await given()).toEqual([cases.young])
  const risk = newId('c')
  await database.transaction((tx) => openCase(tx, { number: risk, ...AT_RISK }, signed))
  expect(await given()).toEqual([cases.young, risk].sort())
  expect(await claimCase(desk, ann, cases.near)).toMatchObject({ claim: { by: ann } })
  const claimed = (await eventsOf(database, `case:${cases.near}`)).filter(
    ({ kind }) => kind === 'case.claimed',
  )
  expect(claimed.at(-1)?.body).toMatchObject({ asked: 'number' })
  expect(claimed[0]?.body).toMatchObject({ asked: 'next' })
  await releaseCase(desk, ann, cases.near)
  later(3)
  expect(await given()).toEqual([...all, risk].sort())
  expect(await expectFolded(database, 'exposure:')).toBe(1)
})
