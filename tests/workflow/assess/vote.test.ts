/** Vote: from a first grade to an entry of the own list, and everything that must not happen on the way. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#ground/id'
import { caseItemNamed } from '#store/case-items'
import { caseNamed } from '#store/cases'
import { Database } from '#store/database'
import { withdrawEntry } from '#store/edits'
import { entryOf } from '#store/entries'
import { feedbackOn } from '#store/feedback'
import { judgementOn } from '#store/judgements'
import { createList } from '#store/lists'
import { applySteps } from '#store/steps'
import { votesOn } from '#store/votes'
import type { CaseItem } from '#terms/casework'
import type { ItemId } from '#terms/evidence'
import { sha256 } from '#terms/hash'
import type { Person } from '#terms/people'
import { appeal, endAppeal } from '#workflow/assess/appeal'
import { vote } from '#workflow/assess/vote'
import { takeBack } from '#workflow/assess/withdraw'
import { grade, gradingDesk, has, NOON, waitingCase } from '../../support/casework.ts'
import { sharedDatabase } from '../../support/database.ts'
import { DIGESTS } from '../../support/digests.ts'
import { item as sealedItem } from '../../support/door.ts'
import { refusal, someone } from '../../support/people.ts'

let database: Database
let drop: () => Promise<void>
let analyst: Person
let reviewer: Person
let supervisor: Person
beforeAll(async () => {
  const shared = await sharedDatabase()
  database = new Database(shared.config, { connectionsMax: 4, digests: DIGESTS })
  drop = shared.drop
  analyst = await someone(database, ['analyst'])
  reviewer = await someone(database, ['reviewer'])
  supervisor = await someone(database, ['supervisor'])
})

afterAll(async () => {
  await database.close()
  await drop()
})

const hashes = () => ({ sha256: randomBytes(32).toString('hex') })

async function scene(given: Parameters<typeof waitingCase>[1] = { items: [{ hashes: hashes() }] }) {
  const { number, items } = await waitingCase(database, given)
  for (const one of [analyst, reviewer, supervisor]) await has(database, one, number)
  const [item] = items
  if (!item) throw new Error('a case without an item')
  return { number, items, item }
}

function voting(by: Person, number: string, item: CaseItem, category: string, more = {}) {
  const grades = [grade(category)]
  const asked = {
    by: by.id,
    caseNumber: number,
    item: item.id,
    grades,
    annotation: {},
    basis: 'hash' as const,
  }
  return { ...asked, ...more }
}

describe('two people', () => {
  test('who agree make an entry, with all hashes and the category, in one transaction', async () => {
    const desk = gradingDesk(database)
    const { number, item } = await scene({ items: [{ hashes: { ...hashes(), md5: 'ab'.repeat(16) } }] })
    const first = await vote(desk, voting(analyst, number, item, 'B'))
    expect(first).toMatchObject({ decided: [], case: { state: 'second' } })
    const second = await vote(desk, voting(reviewer, number, item, 'B'))
    expect(second).toMatchObject({ decided: [item.id], case: { state: 'decided' } })
    const { decision } = await caseItemNamed(database, item.id)
    expect(decision).toMatchObject({ how: 'agreed', entry: { list: 'own' } })
    expect(await entryOf(database, decision?.entry?.entry ?? 0)).toMatchObject({
      ...{ sha256: item.hashes.sha256, md5: item.hashes.md5, trust: 'confirmed' },
      categories: { 'uk-sentencing': ['B'] },
    })
  })

  test('who disagree are followed by a third, whose word stands', async () => {
    const desk = gradingDesk(database)
    const { number, item } = await scene()
    await vote(desk, voting(analyst, number, item, 'A'))
    expect(await vote(desk, voting(reviewer, number, item, 'C'))).toMatchObject({ case: { state: 'third' } })
    await vote(desk, voting(supervisor, number, item, 'C'))
    expect((await caseItemNamed(database, item.id)).decision).toMatchObject({
      ...{ how: 'adjudicated', grades: [{ category: 'C' }] },
    })
  })

  test('are two: nobody votes twice, whatever their roles', async () => {
    const desk = gradingDesk(database)
    const both = await someone(database, ['analyst', 'reviewer'])
    const { number, item } = await scene()
    await has(database, both, number)
    await vote(desk, voting(both, number, item, 'B'))
    await expect(vote(desk, voting(both, number, item, 'B'))).rejects.toMatchObject(refusal('own-act'))
    expect(await votesOn(database, [item.id])).toHaveLength(1)
  })

  test('cannot both be the second: of two at once one is told to look again', async () => {
    const desk = gradingDesk(database)
    const other = await someone(database, ['reviewer'])
    const { number, item } = await scene()
    await has(database, other, number)
    await vote(desk, voting(analyst, number, item, 'B'))
    const ended = await Promise.allSettled([
      vote(desk, voting(reviewer, number, item, 'B')),
      vote(desk, voting(other, number, item, 'B')),
    ])
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await votesOn(database, [item.id])).toHaveLength(2)
  })
})

test('an analyst who has not the case does not grade it', async () => {
  const { number, items } = await waitingCase(database, { items: [{ hashes: hashes() }] })
  const [item] = items
  if (!item) throw new Error('a case without an item')
  const asked = vote(gradingDesk(database), voting(analyst, number, item, 'B'))
  await expect(asked).rejects.toMatchObject(refusal('not-allocated'))
})

test('what somebody says to have seen stands on a viewing of theirs', async () => {
  const { number, item } = await scene()
  const asked = voting(analyst, number, item, 'B', { basis: 'full' })
  await expect(vote(gradingDesk(database), asked)).rejects.toMatchObject({ code: 'evidence.refused' })
})

test('a view that failed was none: nothing is graded on what was not shown', async () => {
  const desk = gradingDesk(database)
  const sealed = (await sealedItem(database, [])).id as ItemId
  const { number, item } = await scene({ items: [{ hashes: hashes(), item: sealed }] })
  const viewed = (ending: 'failed' | 'complete') =>
    database.query(
      `INSERT INTO opening (id, kind, item, person, purpose, level, asked_at, granted_at, box_seconds, released_at, ended_at,
                            ending, version) VALUES ($1, 'viewing', $2, $3, 'assess', 'full', $4, $4, 60, $4, $4, $5, 1)`,
      [newId('o'), sealed, analyst.id, NOON, ending],
    )
  const asked = () => vote(desk, voting(analyst, number, item, 'B', { basis: 'full' }))
  await viewed('failed')
  await expect(asked()).rejects.toMatchObject({ code: 'evidence.refused' })
  await viewed('complete')
  expect(await asked()).toMatchObject({ case: { state: 'second' } })
})

test.each(['young-people', 'workplace'] as const)('nothing of a %s case becomes an entry', async (kind) => {
  const desk = gradingDesk(database, { policy: 'one' })
  const { number, item } = await scene({ kind, items: [{ hashes: hashes() }] })
  await vote(desk, voting(analyst, number, item, 'A'))
  const { decision } = await caseItemNamed(database, item.id)
  expect(decision).toMatchObject({ how: 'one' })
  expect(decision?.entry).toBeUndefined()
})

test('a stack is graded at once but for its exceptions, and nobody is said to have seen the rest', async () => {
  const desk = gradingDesk(database, { policy: 'one' })
  const items = [{ hashes: hashes() }, { hashes: hashes(), stackOf: 0 }, { hashes: hashes(), stackOf: 0 }]
  const { number, items: made } = await scene({ items })
  const [first, second, third] = made
  if (!first || !second || !third) throw new Error('three items were asked for')
  const voted = await vote(desk, voting(analyst, number, first, 'B', { stack: { except: [third.id] } }))
  expect(voted.decided.toSorted()).toEqual([first.id, second.id].toSorted())
  expect(voted.votes.find(({ item }) => item === second.id)?.forStack).toBe(true)
  expect((await caseItemNamed(database, third.id)).state).toBe('none')
  expect(voted.case.state).toBe('waiting')
})

test('a vote is taken back until another has built on it', async () => {
  const desk = gradingDesk(database)
  const { number, item } = await scene()
  const { votes } = await vote(desk, voting(analyst, number, item, 'A'))
  const [cast] = votes
  expect(await takeBack(desk, analyst.id, cast?.id ?? '')).toMatchObject({ state: 'waiting' })
  const again = await vote(desk, voting(analyst, number, item, 'B'))
  await vote(desk, voting(reviewer, number, item, 'B'))
  const late = takeBack(desk, analyst.id, again.votes[0]?.id ?? '')
  await expect(late).rejects.toMatchObject({ code: 'evidence.refused' })
  await expect(takeBack(desk, reviewer.id, again.votes[0]?.id ?? '')).rejects.toMatchObject({
    code: 'evidence.unknown',
  })
})

test('whoever graded second has been shown the first grade, and does not take theirs back to give another', async () => {
  const desk = gradingDesk(database)
  const { number, item } = await scene()
  await vote(desk, voting(analyst, number, item, 'A'))
  const other = await vote(desk, voting(reviewer, number, item, 'B'))
  expect(other.case.state).toBe('third')
  const back = takeBack(desk, reviewer.id, other.votes[0]?.id ?? '')
  await expect(back).rejects.toMatchObject({ code: 'evidence.refused' })
  expect(await votesOn(database, [item.id])).toHaveLength(2)
})

test('words about a case that is not there leave no key behind', async () => {
  const desk = gradingDesk(database)
  const { item } = await scene()
  const sealed: string[] = []
  const watched = {
    ...desk,
    sealWords: (number: string, words: string) => {
      sealed.push(number)
      return desk.sealWords(number, words)
    },
  }
  const asked = vote(watched, { ...voting(analyst, 'ZZZZ-ZZZ0', item, 'A'), rationale: 'said so' })
  await expect(asked).rejects.toMatchObject({ code: 'evidence.unknown' })
  expect(sealed).toEqual([])
})

test('an entry that meant the very file and was wrong is disputed, here and at its source', async () => {
  const desk = gradingDesk(database, { policy: 'one' })
  const file = hashes()
  const name = `partner-${file.sha256.slice(0, 8)}`
  const signed = { actor: 'tutela', at: NOON } as const
  const terms = { kind: 'alert', publisher: 'Partner', terms: '', uses: ['gate'], trust: 'reported' } as const
  await database.transaction((tx) => createList(tx, name, terms, signed))
  const digest = sha256(file.sha256)
  if (!digest) throw new Error('not a digest')
  await applySteps(database, name, [[{ kind: 'put', entry: { sha256: digest } }]], { kind: 'edit', signed })
  const { rows } = await database.query<{ row: number }>('SELECT max(row) AS row FROM entry')
  const entry = rows[0]?.row ?? 0
  const match = { list: name, entry, trust: 'reported', categories: {}, basis: 'sha256' } as const
  const { number, item } = await scene({ items: [{ hashes: file, outcome: 'near', matches: [match] }] })
  await vote(desk, voting(analyst, number, item, 'none'))
  expect(await judgementOn(database, entry)).toMatchObject({ trust: 'disputed' })
  expect(await feedbackOn(database, entry)).toMatchObject([{ kind: 'dispute' }])
})

test('an appeal is decided by somebody who has not touched the case, and opens it again', async () => {
  const desk = gradingDesk(database, { policy: 'one' })
  const { number, items } = await waitingCase(database, { items: [{ hashes: hashes() }] })
  const [item] = items
  if (!item) throw new Error('a case without an item')
  await has(database, analyst, number)
  await vote(desk, voting(analyst, number, item, 'B'))
  const entry = (await caseItemNamed(database, item.id)).decision?.entry?.entry ?? 0
  const brought = await appeal(desk, {
    by: supervisor.id,
    caseNumber: number,
    item: item.id,
    because: 'it is a drawing',
  })
  const given = { outcome: 'changed', because: 'it is' } as const
  await expect(endAppeal(desk, supervisor.id, brought.id, given)).rejects.toMatchObject(refusal('own-act'))
  expect(await endAppeal(desk, reviewer.id, brought.id, given)).toMatchObject({ outcome: 'changed' })
  expect(await caseItemNamed(database, item.id)).toMatchObject({ state: 'none' })
  expect((await entryOf(database, entry)).until).toBeDefined()
  expect(await caseNamed(database, number)).toMatchObject({ state: 'waiting' })
})

test('an appeal over a whole case opens all of it, says why, and bears an entry that was withdrawn before', async () => {
  const desk = gradingDesk(database, { policy: 'one' })
  const { number, items } = await waitingCase(database, {
    items: [{ hashes: hashes() }, { hashes: hashes() }],
  })
  await has(database, analyst, number)
  for (const item of items) await vote(desk, voting(analyst, number, item, 'B'))
  const entry = (await caseItemNamed(database, items[0]?.id ?? '')).decision?.entry?.entry ?? 0
  const signed = { actor: 'tutela', at: NOON } as const
  await database.transaction((tx) => withdrawEntry(tx, entry, 'by a steward', signed))
  const brought = await appeal(desk, { by: supervisor.id, caseNumber: number, because: 'all are drawings' })
  await endAppeal(desk, reviewer.id, brought.id, { outcome: 'changed', because: 'they are' })
  for (const { id } of items) expect(await caseItemNamed(database, id)).toMatchObject({ state: 'none' })
  const { rows } = await database.query<{ because: Buffer }>(
    'SELECT decided_because AS because FROM appeal WHERE id = $1',
    [brought.id],
  )
  expect(rows[0]?.because).toEqual(await desk.sealWords(number, 'they are'))
})

test.each([
  ['a scheme that is not graded in', { scheme: 'copine', version: '1', category: '3' }],
  ['a version that is not in force', { ...grade('A'), version: '1999' }],
  ['a category that it has not', grade('Z')],
])('%s is refused', async (_, wrong) => {
  const { number, item } = await scene()
  const asked = voting(analyst, number, item, 'A', { grades: [wrong] })
  await expect(vote(gradingDesk(database), asked)).rejects.toMatchObject({ code: 'request.invalid' })
})
