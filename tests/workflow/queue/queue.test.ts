/** Queue: its order and its reasons, and claims, of which there is never more than one. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compareStandings } from '#cases/priority'
import { newId } from '#ground/id'
import { allocatedTo } from '#store/allocations'
import { changeCaseItem, itemsInCase, lockCaseItem } from '#store/case-items'
import { caseNamed, changeCase, lockCase, openCase } from '#store/cases'
import { recordConflict } from '#store/conflicts'
import { Database } from '#store/database'
import { queue } from '#store/queue'
import { addReport, reportNamed } from '#store/reports'
import { castVote } from '#store/votes'
import type { Case, Priority } from '#terms/casework'
import type { Person } from '#terms/people'
import { claimCase, claimNext, keepCase, lapseClaims, releaseCase } from '#workflow/queue/claim'
import { closeCase, holdCase, reopenCase, resumeCase } from '#workflow/queue/close'
import type { QueueDesk } from '#workflow/queue/desk'
import { readCase, readQueue } from '#workflow/queue/read'
import { grade, has, NOON, waitingCase } from '../../support/casework.ts'
import { sharedDatabase } from '../../support/database.ts'
import { DIGESTS } from '../../support/digests.ts'
import { expectFolded } from '../../support/folded.ts'
import { refusal, someone } from '../../support/people.ts'
import { standings } from '../../support/standings.ts'

let database: Database
let desk: QueueDesk
let drop: () => Promise<void>
let [ann, ben, rey, sue]: Person[] = []
let clock = NOON
const PLAIN: Priority = {
  ...{ atRisk: false, gradeOne: false, severity: 1, confidence: 0, trust: 'usual' },
  receivedAt: NOON.toISOString(),
}

beforeAll(async () => {
  const shared = await sharedDatabase()
  database = new Database(shared.config, { connectionsMax: 8, digests: DIGESTS })
  drop = shared.drop
  desk = {
    ...{ database, claimMinutes: 30, policy: 'two', severityOf: () => undefined },
    wordsOf: async () => ({ address: 'https://a.example/1', words: 'what was seen' }),
    now: () => clock,
  }
  const people: Person[] = []
  for (const roles of [['analyst'], ['analyst', 'reviewer'], ['reviewer'], ['supervisor']] as const)
    people.push(await someone(database, roles))
  ;[ann, ben, rey, sue] = people
})
afterAll(async () => {
  await database.close()
  await drop()
})
beforeEach(async () => {
  clock = NOON
  // What earlier tests left waits for nobody.
  for (const { number } of await queue(database, { limit: 10_000, offset: 0 }))
    await database.transaction(async (tx) => {
      const closed = { at: NOON, because: 'the test is over' }
      const change = { state: 'closed', claim: null, closed } as const
      await changeCase(tx, await lockCase(tx, number), change, { kind: 'case.closed', body: {} }, signed)
    })
})

const signed = { actor: 'tutela', at: NOON } as const
const by = (person: Person | undefined) => {
  if (!person) throw new Error('nobody was admitted')
  return person.id
}

/** Cases that wait, in the order in which they are given. */
function waiting(...all: readonly (Partial<Priority> & { number?: string })[]): Promise<Case[]> {
  return database.transaction(async (tx) => {
    const opened: Case[] = []
    for (const { number = newId('c'), ...more } of all) {
      const given = { number, kind: 'hotline', priority: { ...PLAIN, ...more }, state: 'waiting' } as const
      opened.push(await openCase(tx, given, signed))
    }
    return opened
  })
}

describe('the queue', () => {
  test('is in the order that says why', async () => {
    const cases = fc.uniqueArray(standings, {
      minLength: 40,
      maxLength: 40,
      selector: ({ number }) => number,
    })
    const [given = []] = fc.sample(cases, 1)
    await waiting(
      ...given.map(({ number, priority }) => ({ number: number.replace('K', newId('k')), ...priority })),
    )
    const found = await queue(database, { limit: 100, offset: 0 })
    expect(found).toHaveLength(given.length)
    const order = ({ number, priority }: Case) => ({ number: number.slice(-4), priority })
    for (const [at, one] of found.entries()) {
      const next = found[at + 1]
      // Numbers are the last word alone, in whatever order the database has them.
      if (next)
        expect(
          compareStandings({ ...order(one), number: '' }, { ...order(next), number: '' }),
        ).toBeLessThanOrEqual(0)
    }
  })

  test('is read in parts, with why each stands above the next, and what it holds', async () => {
    const [, first, second] = await waiting(
      {},
      { atRisk: true, receivedAt: '2026-05-30T00:00:00.000Z' },
      { dueAt: '2026-06-01T14:00:00.000Z' },
    )
    const read = await readQueue(desk, by(ann), { limit: 2, offset: 0 })
    expect(read).toMatchObject({ total: 3, more: true })
    expect(read.cases).toMatchObject([
      { case: { number: first?.number }, items: 0, reports: 0, why: 'a child is at risk now' },
      { case: { number: second?.number }, why: 'a clock runs: in 2 h' },
    ])
    const rest = await readQueue(desk, by(ann), { limit: 2, offset: 2 })
    expect(rest).toMatchObject({
      more: false,
      cases: [{ why: expect.stringContaining('the last that waits') }],
    })
    expect(await readQueue(desk, by(ann), { limit: 2, offset: 0, state: 'third' })).toMatchObject({
      total: 0,
    })
  })

  test('is closed to whoever has no part in casework', async () => {
    const steward = await someone(database, ['steward'])
    await expect(readQueue(desk, steward.id, { limit: 1, offset: 0 })).rejects.toMatchObject(
      refusal('no-role'),
    )
    await expect(claimNext(desk, steward.id)).rejects.toMatchObject(refusal('no-role'))
  })
})

describe('a claim', () => {
  test('is of the first case, and the case is theirs until it is given back', async () => {
    const [later, first] = await waiting({}, { severity: 3 })
    const claimed = await claimNext(desk, by(ann))
    const until = '2026-06-01T12:30:00.000Z'
    expect(claimed).toMatchObject({ number: first?.number, claim: { by: by(ann), purpose: 'assess', until } })
    expect(await allocatedTo(database, by(ann), [first?.number ?? ''])).toEqual([first?.number])
    expect(await claimNext(desk, by(ben))).toMatchObject({ number: later?.number })
    expect(await claimNext(desk, by(ben))).toBeUndefined()
    await expect(claimCase(desk, by(ben), first?.number ?? '')).rejects.toMatchObject({
      code: 'store.conflict',
    })
    const released = await releaseCase(desk, by(ann), first?.number ?? '')
    expect(released.claim).toBeUndefined()
    expect(await allocatedTo(database, by(ann), [first?.number ?? ''])).toEqual([])
    await expect(releaseCase(desk, by(ann), first?.number ?? '')).rejects.toMatchObject({
      code: 'store.conflict',
    })
  })

  test('leaves alone what a supervisor had given before', async () => {
    const [one] = await waiting({})
    const number = one?.number ?? ''
    if (ann) await has(database, ann, number)
    await claimCase(desk, by(ann), number)
    await releaseCase(desk, by(ann), number)
    expect(await allocatedTo(database, by(ann), [number])).toEqual([number])
  })

  test('lapses, goes on when it is kept or used, and passes to the next', async () => {
    const [one] = await waiting({})
    const number = one?.number ?? ''
    await claimNext(desk, by(ann))
    clock = new Date('2026-06-01T12:20:00Z')
    await readCase(desk, by(ann), number) // past half of its time, to read is to keep
    expect((await caseNamed(database, number)).claim?.until).toBe('2026-06-01T12:50:00.000Z')
    clock = new Date('2026-06-01T12:45:00Z')
    await keepCase(desk, by(ann), number)
    clock = new Date('2026-06-01T13:14:00Z')
    expect(await claimNext(desk, by(ben))).toBeUndefined()
    clock = new Date('2026-06-01T13:15:00Z')
    await expect(keepCase(desk, by(ann), number)).rejects.toMatchObject({ code: 'store.conflict' })
    expect(await claimNext(desk, by(ben))).toMatchObject({ number })
    expect(await allocatedTo(database, by(ann), [number])).toEqual([])
    clock = new Date('2026-06-01T14:00:00Z')
    expect(await lapseClaims(desk)).toBe(1)
    expect(await lapseClaims(desk)).toBe(0)
    expect(await allocatedTo(database, by(ben), [number])).toEqual([])
    await expect(readCase(desk, by(ben), number)).rejects.toMatchObject(refusal('not-allocated'))
  })

  test('is not had by those with a conflict of interest, nor of what is on hold', async () => {
    const [held, conflicting] = await waiting({ severity: 3 }, { severity: 2 })
    await holdCase(desk, by(sue), held?.number ?? '', 'the police ask for it')
    const on = { kind: 'case', id: conflicting?.number ?? '' } as const
    await database.transaction((tx) => recordConflict(tx, by(ann), on, signed))
    expect(await claimNext(desk, by(ann))).toBeUndefined()
    await expect(claimCase(desk, by(ann), on.id)).rejects.toMatchObject(refusal('conflict-of-interest'))
    await expect(claimCase(desk, by(ann), held?.number ?? '')).rejects.toMatchObject({
      code: 'evidence.refused',
    })
    await resumeCase(desk, by(sue), held?.number ?? '')
    expect(await claimNext(desk, by(ann))).toMatchObject({ number: held?.number })
  })

  test('of a second look is another person’s, for what they have not voted on', async () => {
    const { number, items } = await waitingCase(database, { items: [{ hashes: {} }] })
    const [item] = items
    await database.transaction(async (tx) => {
      const before = await lockCase(tx, number)
      const vote = {
        id: newId('w'),
        item: item?.id ?? 'i-',
        by: by(ben),
        round: 1,
        grades: [grade('B')],
      } as const
      await castVote(tx, { ...vote, annotation: {}, basis: 'hash', forStack: false }, NOON)
      const voted = { kind: 'case-item.voted', body: {} }
      await changeCaseItem(tx, await lockCaseItem(tx, vote.item), { state: 'voted' }, voted, signed)
      await changeCase(tx, before, { state: 'second' }, { kind: 'case.state-changed', body: {} }, signed)
    })
    expect(await claimNext(desk, by(ann))).toBeUndefined()
    expect(await claimNext(desk, by(ben))).toBeUndefined()
    await expect(claimCase(desk, by(ben), number)).rejects.toMatchObject(refusal('own-act'))
    await expect(claimCase(desk, by(ann), number)).rejects.toMatchObject(refusal('no-role'))
    expect(await claimNext(desk, by(rey))).toMatchObject({ number, claim: { purpose: 'second-review' } })
  })

  test('is never had by two: two hundred races', async () => {
    const cases = await waiting(...Array.from({ length: 200 }, () => ({})))
    const had = new Map<string, string>()
    const takeAll = async (person: Person | undefined): Promise<void> => {
      for (;;) {
        const claimed = await claimNext(desk, by(person))
        if (!claimed) return
        expect(had.get(claimed.number)).toBeUndefined()
        had.set(claimed.number, by(person))
      }
    }
    await Promise.all([takeAll(ann), takeAll(ben)])
    // One who was passed over because the other held the row at that moment is found in the end.
    await takeAll(ann)
    expect(had.size).toBe(cases.length)
    expect(new Set(had.values()).size).toBe(2)
    for (const [number, person] of had) expect((await caseNamed(database, number)).claim?.by).toBe(person)
  })

  test('of one and the same case is had by one of two', async () => {
    const cases = await waiting(...Array.from({ length: 20 }, () => ({})))
    for (const { number } of cases) {
      const both = await Promise.allSettled([
        claimCase(desk, by(ann), number),
        claimCase(desk, by(ben), number),
      ])
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })
})

describe('a case', () => {
  test('is read by whoever has it: what was told, what was found, and what is next', async () => {
    const { number, items } = await waitingCase(database, { items: [{ hashes: {}, outcome: 'near' }] })
    const report = await database.transaction((tx) =>
      addReport(
        tx,
        {
          ...{ id: newId('r'), referenceHash: Buffer.alloc(32, number.charCodeAt(5)), channel: 'public' },
          ...{ kind: 'page', trust: 'usual', isAnonymous: true, atRisk: false, caseNumber: number },
          hasJoined: false,
        },
        signed,
      ),
    )
    await expect(readCase(desk, by(ann), number)).rejects.toMatchObject(refusal('not-allocated'))
    await claimCase(desk, by(ann), number)
    expect(await readCase(desk, by(ann), number)).toMatchObject({
      ...{ case: { number, state: 'waiting' }, policy: 'two', moreItems: 0 },
      next: 'confirm 1 near match by the cheapest view',
      reports: [{ id: report.id, address: 'https://a.example/1', words: 'what was seen' }],
      items: [{ id: items[0]?.id, state: 'near' }],
    })
    expect((await reportNamed(database, report.id)).stage).toBe('looked-at')
    await closeCase(desk, by(ann), number, 'there is nothing at that address')
    expect((await reportNamed(database, report.id)).stage).toBe('closed')
    await expect(claimCase(desk, by(ben), number)).rejects.toMatchObject({ code: 'evidence.refused' })
    await expect(reopenCase(desk, by(ann), number)).rejects.toMatchObject(refusal('not-allocated'))
    expect(await reopenCase(desk, by(sue), number)).toMatchObject({ state: 'waiting', number })
    expect((await reportNamed(database, report.id)).stage).toBe('looked-at')
    expect(await itemsInCase(database, number, 10)).toHaveLength(1)
  })

  test('with a child at risk now is not put on hold', async () => {
    const [one] = await waiting({ atRisk: true })
    const asked = holdCase(desk, by(sue), one?.number ?? '', 'later')
    await expect(asked).rejects.toMatchObject({ code: 'evidence.refused' })
  })
})

test('everything that was done here follows from its events', async () => {
  expect(await expectFolded(database, 'case:', 'case-item:', 'report:')).toBeGreaterThan(200)
})
