/** Sample: a share of decisions is graded once more, blind; what was decided stands through it, and falls where it was wrong. */
import { createHmac, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { caseItemNamed } from '#store/case-items'
import { caseNamed } from '#store/cases'
import { Database } from '#store/database'
import { entryOf } from '#store/entries'
import { sampleFigures } from '#store/samples'
import { decidedStreams } from '#store/story'
import { blindGrades, votesOn } from '#store/votes'
import type { CaseItem } from '#terms/casework'
import type { Person } from '#terms/people'
import { appeal, endAppeal } from '#workflow/assess/appeal'
import { drawn } from '#workflow/assess/draw'
import { checkDraws } from '#workflow/assess/sample'
import { vote } from '#workflow/assess/vote'
import { takeBack } from '#workflow/assess/withdraw'
import { refold } from '#workflow/ledger/verify/refold'
import { claimCase, claimNext } from '#workflow/queue/claim'
import { closeCase, reopenCase } from '#workflow/queue/close'
import { CASE_FOLDS } from '#workflow/queue/folds'
import { readCase } from '#workflow/queue/read'
import { grade, gradingDesk, has, NOON, waitingCase } from '../../support/casework.ts'
import { sharedDatabase } from '../../support/database.ts'
import { DIGESTS } from '../../support/digests.ts'
import { refusal, someone } from '../../support/people.ts'

const ALL = 1_000_000
let database: Database
let drop: () => Promise<void>
let analyst: Person
let reviewer: Person
let second: Person
let supervisor: Person
beforeAll(async () => {
  const shared = await sharedDatabase()
  database = new Database(shared.config, { connectionsMax: 4, digests: DIGESTS })
  drop = shared.drop
  analyst = await someone(database, ['analyst'])
  reviewer = await someone(database, ['reviewer'])
  second = await someone(database, ['reviewer'])
  supervisor = await someone(database, ['supervisor'])
})

afterAll(async () => {
  expect((await refold(database, CASE_FOLDS)).faults).toEqual([])
  await database.close()
  await drop()
})

const desk = (more = {}) => gradingDesk(database, { policy: 'one', samplePerMillion: ALL, ...more })

function voting(by: Person, number: string, item: CaseItem, category: string) {
  const asked = { by: by.id, caseNumber: number, item: item.id, annotation: {}, basis: 'hash' as const }
  return { ...asked, grades: [grade(category)] }
}

/** A case of one item that an analyst decided alone, and that was drawn. */
async function sampled(category = 'B') {
  const hashes = { sha256: randomBytes(32).toString('hex') }
  const { number, items } = await waitingCase(database, { items: [{ hashes }] })
  const [item] = items
  if (!item) throw new Error('a case without an item')
  for (const one of [analyst, reviewer, second, supervisor]) await has(database, one, number)
  const first = await vote(desk(), voting(analyst, number, item, category))
  return { number, item, first, now: () => caseItemNamed(database, item.id) }
}

describe('a decision that is drawn', () => {
  test('stands with its entry, and waits for another as what was graded once does', async () => {
    const { number, item, first, now } = await sampled()
    expect(first).toMatchObject({ decided: [item.id], case: { state: 'second' } })
    const { state, decision } = await now()
    expect(state).toBe('voted')
    expect(decision).toMatchObject({ how: 'one', sample: { isDrawn: true, perMillion: ALL } })
    expect((await entryOf(database, decision?.entry?.entry ?? 0)).until).toBeUndefined()
    const queue = { database, claimMinutes: 30, now: () => NOON }
    await expect(claimCase(queue, supervisor.id, number)).rejects.toMatchObject(refusal('no-role'))
    expect(await claimCase(queue, reviewer.id, number)).toMatchObject({ claim: { purpose: 'second-review' } })
    expect(await claimNext(queue, analyst.id)).toBeUndefined()
    const reading = { ...queue, policy: 'one', severityOf: () => undefined } as const
    const { items, next } = await readCase(reading, reviewer.id, number)
    expect(items).toMatchObject([{ id: item.id, state: 'voted' }])
    expect(items[0]).not.toHaveProperty('decision')
    expect(next).toBe('grade it yourself: another’s grade is not shown before yours is in')
    expect(await decidedStreams(database, number)).toEqual(new Set())
  })

  test('stays as it was where the other says the same', async () => {
    const { number, item, now } = await sampled()
    const entry = (await now()).decision?.entry
    const other = await vote(desk(), voting(reviewer, number, item, 'B'))
    expect(other).toMatchObject({ decided: [item.id], case: { state: 'decided' } })
    expect(await now()).toMatchObject({
      ...{ state: 'decided' },
      decision: { how: 'agreed', entry, sample: { outcome: 'agreed' } },
    })
    await expect(vote(desk(), voting(second, number, item, 'A'))).rejects.toMatchObject({
      code: 'evidence.refused',
    })
  })

  test('stays as it was where a third says so', async () => {
    const { number, item, now } = await sampled()
    const entry = (await now()).decision?.entry
    const other = await vote(desk(), voting(reviewer, number, item, 'A'))
    expect(other).toMatchObject({ decided: [], case: { state: 'third' } })
    expect((await now()).decision).toMatchObject({ entry })
    await vote(desk(), voting(supervisor, number, item, 'B'))
    expect((await now()).decision).toMatchObject({ how: 'adjudicated', entry, sample: { outcome: 'upheld' } })
    expect((await entryOf(database, entry?.entry ?? 0)).until).toBeUndefined()
  })

  test('falls where a third says otherwise, and its entry with it', async () => {
    const { number, item, now } = await sampled()
    const entry = (await now()).decision?.entry?.entry ?? 0
    await vote(desk(), voting(reviewer, number, item, 'none'))
    await vote(desk(), voting(supervisor, number, item, 'none'))
    const { state, decision } = await now()
    expect(state).toBe('decided')
    expect(decision).toMatchObject({ grades: [{ category: 'none' }], sample: { outcome: 'changed' } })
    expect(decision?.entry).toBeUndefined()
    expect((await entryOf(database, entry)).until).toBeDefined()
  })

  test('has an entry of its new category where that alerts, too, and the old one stands no more', async () => {
    const { number, item, now } = await sampled('A')
    const before = (await now()).decision?.entry?.entry ?? 0
    await vote(desk(), voting(reviewer, number, item, 'C'))
    await vote(desk(), voting(supervisor, number, item, 'C'))
    const after = (await now()).decision?.entry?.entry ?? 0
    expect(await entryOf(database, after)).toMatchObject({ categories: { 'uk-sentencing': ['C'] } })
    expect((await entryOf(database, after)).until).toBeUndefined()
    if (after !== before) expect((await entryOf(database, before)).until).toBeDefined()
  })

  test('keeps the vote that it was made by, and the one of the review, who was shown the first with it', async () => {
    const { number, item, first, now } = await sampled()
    const back = takeBack(desk(), analyst.id, first.votes[0]?.id ?? '')
    await expect(back).rejects.toMatchObject({ code: 'evidence.refused' })
    const other = await vote(desk(), voting(reviewer, number, item, 'A'))
    const again = takeBack(desk(), reviewer.id, other.votes[0]?.id ?? '')
    await expect(again).rejects.toMatchObject({ code: 'evidence.refused' })
    expect(await now()).toMatchObject({ decision: { how: 'one' } })
    expect(await votesOn(database, [item.id])).toHaveLength(2)
  })

  test('is reviewed by one of two who are at it at once, and never by whoever decided it', async () => {
    const { number, item } = await sampled()
    await expect(vote(desk(), voting(analyst, number, item, 'B'))).rejects.toMatchObject(refusal('no-role'))
    const ended = await Promise.allSettled([
      vote(desk(), voting(reviewer, number, item, 'B')),
      vote(desk(), voting(second, number, item, 'B')),
    ])
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await votesOn(database, [item.id])).toHaveLength(2)
  })

  test('waits on where its case was closed meanwhile, and is opened again', async () => {
    const { number, item } = await sampled()
    const closing = { database, severityOf: () => undefined, now: () => NOON }
    await closeCase(closing, supervisor.id, number, 'by mistake')
    expect(await reopenCase(closing, supervisor.id, number)).toMatchObject({ state: 'second' })
    await vote(desk(), voting(reviewer, number, item, 'B'))
    expect(await caseNamed(database, number)).toMatchObject({ state: 'decided' })
  })

  test('is undone by an appeal with all that came of it, the review as well', async () => {
    const { number, item, now } = await sampled()
    const entry = (await now()).decision?.entry?.entry ?? 0
    const brought = await appeal(desk(), { by: supervisor.id, caseNumber: number, because: 'a drawing' })
    const other = await someone(database, ['reviewer'])
    await endAppeal(desk(), other.id, brought.id, { outcome: 'changed', because: 'it is' })
    expect(await now()).toMatchObject({ state: 'none' })
    expect((await now()).decision).toBeUndefined()
    expect((await entryOf(database, entry)).until).toBeDefined()
    expect(await caseNamed(database, number)).toMatchObject({ state: 'waiting' })
    expect(await votesOn(database, [item.id])).toEqual([])
  })
})

test('of two who agreed a third blind one is asked, and two of three stand', async () => {
  const two = gradingDesk(database, { policy: 'two', samplePerMillion: ALL })
  const { number, items } = await waitingCase(database, { items: [{ hashes: { md5: 'cd'.repeat(16) } }] })
  const [item] = items
  if (!item) throw new Error('a case without an item')
  for (const one of [analyst, reviewer, second]) await has(database, one, number)
  await vote(two, voting(analyst, number, item, 'B'))
  expect(await vote(two, voting(reviewer, number, item, 'B'))).toMatchObject({ case: { state: 'second' } })
  await vote(two, voting(second, number, item, 'A'))
  expect((await caseItemNamed(database, item.id)).decision).toMatchObject({
    ...{ how: 'adjudicated', grades: [{ category: 'B' }], sample: { outcome: 'upheld' } },
  })
  expect(await blindGrades(database, 'uk-sentencing', NOON)).toContainEqual(['B', 'B', 'A'])
})

describe('the draw', () => {
  const key = randomBytes(32)
  const drawOf = (item: string, at: string) => createHmac('sha256', key).update(`${item} ${at}`).digest()

  test('takes its share, none of what enough have graded, and nothing where nothing is drawn', () => {
    const draws = Array.from({ length: 4000 }, (_, at) =>
      drawn({ samplePerMillion: 50_000, drawOf }, `i-${at}`, 'one', NOON),
    )
    const taken = draws.filter((one) => one?.isDrawn).length
    // Five standard deviations around 200: once in two million runs it would be outside.
    expect(Math.abs(taken - 200)).toBeLessThan(70)
    expect(drawn({ samplePerMillion: ALL, drawOf }, 'i-1', 'adjudicated', NOON)).toBeUndefined()
    expect(drawn({ samplePerMillion: 0, drawOf }, 'i-1', 'one', NOON)).toBeUndefined()
  })

  test('is made again by whoever answers for it, and what somebody meddled with is named', async () => {
    const half = { samplePerMillion: 500_000, drawOf }
    const items: string[] = []
    for (let count = 0; count < 6; count++) {
      const { number, items: made } = await waitingCase(database, {
        items: [{ hashes: { md5: 'ef'.repeat(16) } }],
      })
      const [item] = made
      if (!item) throw new Error('a case without an item')
      await has(database, analyst, number)
      await vote(
        desk({ ...half, now: () => new Date('2026-07-01T12:00:00Z') }),
        voting(analyst, number, item, 'B'),
      )
      items.push(item.id)
    }
    const since = new Date('2026-07-01T00:00:00Z')
    const checked = () => checkDraws(desk(half), supervisor.id, since)
    const figures = await sampleFigures(database, since)
    expect(await checked()).toMatchObject({ decisions: 6, drawn: figures.drawn, wrong: [] })
    expect(figures).toMatchObject({ decided: 6, waits: figures.drawn })
    await expect(checkDraws(desk(half), analyst.id, since)).rejects.toMatchObject(refusal('no-role'))
    const otherKey = {
      ...half,
      drawOf: (item: string) =>
        Buffer.from(drawOf(item, '2026-07-01T12:00:00.000Z').map((byte) => 255 - byte)),
    }
    expect((await checkDraws(desk(otherKey), supervisor.id, since)).wrong).toEqual(items)
  })
})
