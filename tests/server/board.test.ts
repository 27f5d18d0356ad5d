/** Board, story, lists and contacts over HTTP: figures of the team, acts with their leaves, and who may see which. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BoardTold } from '#contract/board'
import type { DeskListTold } from '#contract/desk-lists'
import type { StoryTold } from '#contract/story'
import { newId } from '#ground/id'
import { signingKey } from '#ledger/key'
import { checkStoredProof, parseStoredProof } from '#ledger/stored-proof'
import { Database } from '#store/database'
import { feedBack } from '#store/feedback'
import { judge } from '#store/judgements'
import { addReport, type ReportGiven } from '#store/reports'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { CaseItem, CaseKind } from '#terms/casework'
import type { Person } from '#terms/people'
import { vote } from '#workflow/assess/vote'
import { caveatOf } from '#workflow/board/agreement'
import { sequence } from '#workflow/ledger/sequence'
import { grade, gradingDesk, has, NOON, waitingCase } from '../support/casework.ts'
import { sharedDatabase } from '../support/database.ts'
import { DIGESTS } from '../support/digests.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { someone } from '../support/people.ts'
import { clientsOf, openServer } from '../support/server.ts'

const ROLES = ['analyst', 'reviewer', 'supervisor', 'steward', 'auditor', 'officer'] as const
const signed = { actor: 'operator:test', at: NOON } as const
const key = signingKey('example.com/desk', Buffer.alloc(32, 7))

let database: Database
let app: FastifyInstance
let drop: () => Promise<void>
let people: Record<(typeof ROLES)[number], Person>
let headers: Record<(typeof ROLES)[number], { authorization: string }>
/** Decided by two who agreed; its story ends there. */
let agreed: { number: string; item: CaseItem }

beforeAll(async () => {
  const shared = await sharedDatabase()
  database = new Database(shared.config, { connectionsMax: 4, digests: DIGESTS })
  drop = shared.drop
  people = Object.fromEntries(
    await Promise.all(ROLES.map(async (role) => [role, await someone(database, [role])])),
  )
  headers = Object.fromEntries(await Promise.all(ROLES.map(async (role) => [role, await sessionOf(role)])))
  app = openServer({
    ...{ index: new LinearIndex([], []), clients: clientsOf(), database, now: () => NOON },
    ...{ assess: gradingDesk(database), ledgerKey: async () => key },
    intake: {
      contacts: [
        { name: 'Officer on call', phone: '+00 1', for: 'danger', checkedOn: '2026-05-01' },
        { name: 'Checked long ago', phone: '+00 2', for: 'danger', checkedOn: '2024-05-01' },
        { name: 'Never checked', phone: '+00 3', for: 'danger' },
        { name: 'For children', phone: '+00 4', for: 'child', checkedOn: '2026-05-01' },
      ],
    },
  })
  agreed = await graded('hotline', 'B', 'B')
  await graded('platform', 'A', 'C')
  await graded('young-people', 'A', 'A')
})

afterAll(async () => {
  await app.close()
  await database.close()
  await drop()
})

async function sessionOf(role: (typeof ROLES)[number]) {
  const given = { person: people[role].id, how: 'password', limits: SESSION_LIMITS } as const
  const { token } = await database.transaction((tx) => beginSession(tx, given, NOON))
  return { authorization: `Bearer ${token}` }
}

/** A case of one item that came with an address, graded by two. */
async function graded(kind: CaseKind, first: string, second: string) {
  const hashes = { sha256: randomBytes(32).toString('hex') }
  const { number, items } = await waitingCase(database, { kind, items: [{ hashes }] })
  const [item] = items
  if (!item) throw new Error('a case without an item')
  await withAddress(number, item)
  for (const [by, category] of [
    [people.analyst, first],
    [people.reviewer, second],
  ] as const) {
    await has(database, by, number)
    const asked = { by: by.id, caseNumber: number, item: item.id, annotation: {}, basis: 'hash' as const }
    await vote(gradingDesk(database), { ...asked, grades: [grade(category)] })
  }
  return { number, item }
}

async function withAddress(caseNumber: string, item: CaseItem): Promise<void> {
  const report: ReportGiven = {
    ...{ id: newId('r'), referenceHash: randomBytes(32), channel: 'public', kind: 'material' },
    ...{ trust: 'usual', isAnonymous: true, atRisk: false, caseNumber, hasJoined: false },
    addressKey: randomBytes(32),
  }
  await database.transaction(async (tx) => {
    await addReport(tx, report, signed)
    await tx.query('UPDATE case_item SET report = $2 WHERE id = $1', [item.id, report.id])
  })
}

function get(url: string, role: (typeof ROLES)[number]) {
  return app.inject({ url, headers: headers[role] })
}

describe('the board', () => {
  test('tells what two blind votes agree in, and that two pairs are few', async () => {
    const board: BoardTold = (await get('/v1/board', 'supervisor')).json()
    const [main] = board.tables.agreement
    expect(main).toEqual({
      ...{ scheme: 'uk-sentencing', people: 2, pairs: 3, same: 2 },
      caveat: '3 are too few to say: it is told from 50 on',
    })
    expect(board.tables.decisions).toEqual([
      { day: '2026-06-01', known: 0, one: 0, agreed: 2, adjudicated: 0 },
    ])
  })

  test('tells what is ready to be taken down, and of few young people no number', async () => {
    const board: BoardTold = (await get('/v1/board', 'supervisor')).json()
    expect(board.tables.takedown).toEqual([
      { kind: 'hotline', category: 'B', items: 1, suppressed: false },
      { kind: 'young-people', category: 'A', suppressed: true },
    ])
    expect(board.tables.growth).toMatchObject([{ added: 1, withdrawn: 0, entries: 1 }])
  })

  test('counts what is open by its clock and its age', async () => {
    const board: BoardTold = (await get('/v1/board', 'auditor')).json()
    expect(board).toMatchObject({ open: 1, overdue: 0, oldestAt: NOON.toISOString() })
    expect(board.tables.clocks.find(({ ends }) => ends === 'none')).toEqual({ ends: 'none', cases: 1 })
    expect(board.tables.load).toContainEqual({
      ...{ state: 'third', kind: 'platform', cases: 1, claimed: 0, held: 0 },
    })
  })

  test('names nobody, in no table', async () => {
    const { body } = await get('/v1/board?days=366', 'supervisor')
    for (const { id } of Object.values(people)) expect(body).not.toContain(id)
  })

  test('gives each table as rows for a spreadsheet', async () => {
    const answer = await get('/v1/board?format=csv&table=agreement', 'supervisor')
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(answer.body.split('\r\n').slice(0, 2)).toEqual([
      'scheme,people,pairs,same,kappa,from,until,caveat',
      'uk-sentencing,2,3,2,,,,3 are too few to say: it is told from 50 on',
    ])
    expect((await get('/v1/board?format=csv', 'supervisor')).statusCode).toBe(400)
  })

  test('is closed to an analyst, on record', async () => {
    expect((await get('/v1/board', 'analyst')).json()).toMatchObject({
      type: 'urn:tutela:fault:people.refused',
    })
  })
})

test.each([
  [0, undefined, 'no item was graded by so many in this time'],
  [49, { kappa: 0.4, from: 0.2, until: 0.6 }, '49 are too few to say: it is told from 50 on'],
  [50, undefined, 'all were graded alike: agreement cannot be told from chance'],
  [50, { kappa: 0.4, from: 0.2, until: 0.6 }, 'of the items that came: rare categories weigh little in it'],
])('a kappa of %i pairs says what it can bear', (pairs, value, words) => {
  expect(caveatOf(pairs, value)).toBe(words)
})

describe('the story of a case', () => {
  const url = () => `/v1/cases/${agreed.number}/story`

  test('tells every act in order, and of votes not how anybody voted', async () => {
    const { events }: StoryTold = (await get(url(), 'supervisor')).json()
    expect(events.map(({ kind }) => kind)).toEqual([
      ...['case.opened', 'case-item.added', 'case-item.screened', 'case.screened', 'report.received'],
      ...['case-item.voted', 'case.state-changed', 'case-item.voted', 'case-item.decided'],
      'case.state-changed',
    ])
    const voted = events.filter(({ kind }) => kind === 'case-item.voted')
    expect(voted.map(({ by }) => by)).toEqual([`person:${people.analyst.id}`, `person:${people.reviewer.id}`])
    expect(JSON.stringify(voted)).not.toContain('uk-sentencing')
    const decided = events.find(({ kind }) => kind === 'case-item.decided')
    expect(decided?.particulars).toContain('category: B (uk-sentencing)')
  })

  test('proves each act once a checkpoint is signed, by a file that public tools read', async () => {
    const before: StoryTold = (await get(url(), 'supervisor')).json()
    expect(new Set(before.events.map(({ leaf }) => leaf.state))).toEqual(new Set(['pending']))
    while (await sequence(database, key, NOON));
    const { events }: StoryTold = (await get(url(), 'supervisor')).json()
    expect(new Set(events.map(({ leaf }) => leaf.state))).toEqual(new Set(['proved']))
    const file = parseStoredProof((await get(events[0]?.proof ?? '', 'supervisor')).body)
    if (!file?.extra) throw new Error('a proof without its leaf')
    expect(checkStoredProof(file, file.extra, key.verifier)).toMatchObject({ kind: 'signed' })
    expect((await get('/v1/ledger/status', 'auditor')).json()).toMatchObject({
      ...{ pending: 0, key: key.verifier.text, places: [] },
      checkpoint: { note: expect.stringContaining('example.com/desk') },
    })
  })

  test('shows an act that was changed afterwards', async () => {
    const { number } = await waitingCase(database, { items: [] })
    await database.query(
      `ALTER TABLE event DISABLE TRIGGER ALL;
       UPDATE event SET actor = 'operator:other' WHERE stream = 'case:${number}' AND version = 1`,
    )
    const { events }: StoryTold = (await get(`/v1/cases/${number}/story`, 'auditor')).json()
    expect(events.map(({ leaf }) => leaf.state)).toEqual(['differs', expect.stringMatching(/pending|proved/)])
  })

  test('goes on behind an event', async () => {
    const { events }: StoryTold = (await get(url(), 'auditor')).json()
    const after: StoryTold = (await get(`${url()}?after=${events[3]?.id}`, 'auditor')).json()
    expect(after.events).toEqual(events.slice(4))
  })

  test('is for those who work on it and those who answer for it, and proves no act of another case', async () => {
    expect((await get(url(), 'analyst')).statusCode).toBe(200)
    expect((await get(url(), 'officer')).json()).toMatchObject({ type: 'urn:tutela:fault:people.refused' })
    const { number } = await waitingCase(database, { items: [] })
    const { events }: StoryTold = (await get(`/v1/cases/${number}/story`, 'auditor')).json()
    const other = `${url()}/${events[0]?.id}/proof`
    expect((await get(other, 'auditor')).json()).toMatchObject({ type: 'urn:tutela:fault:ledger.unknown' })
  })
})

describe('lists', () => {
  test('tell their growth, feedback and judgements, to a steward and to those who read records', async () => {
    const { json } = await get('/v1/desk/lists', 'auditor')
    expect(json().lists).toMatchObject([{ name: 'own', own: true, entries: 1 }])
    expect((await get('/v1/desk/lists', 'analyst')).statusCode).toBe(403)
    const { rows } = await database.query<{ entry: number }>('SELECT entry FROM entry')
    const entry = rows[0]?.entry ?? 0
    await database.transaction(async (tx) => {
      await feedBack(tx, entry, { kind: 'dispute', because: 'a logo' }, signed)
      await judge(tx, entry, { trust: 'disputed', because: 'asked the source' }, signed)
    })
    const list: DeskListTold = (await get('/v1/desk/lists/own', 'steward')).json()
    expect(list).toMatchObject({
      ...{ entries: 1, mayCurate: true, judgements: 1 },
      feedback: { affirm: 0, dispute: 1, unsent: 1, failed: 0 },
      told: [{ entry, kind: 'dispute', because: 'a logo', by: 'operator:test' }],
      judged: [{ entry, trust: 'disputed', because: 'asked the source' }],
    })
    const csv = await get('/v1/desk/lists/own?format=csv', 'steward')
    expect(csv.body.split('\r\n')[0]).toBe('number,at,kind,by,added,replaced,withdrawn,entries,because')
  })

  test('lose an entry by a steward with a reason, and by nobody else', async () => {
    const { rows } = await database.query<{ entry: number }>('SELECT entry FROM entry')
    const payload = { entry: rows[0]?.entry, because: 'a logo, not a picture' }
    const withdraw = (role: 'steward' | 'supervisor') =>
      app.inject({
        ...{ method: 'POST', url: '/v1/desk/lists/own/withdrawals', payload, headers: headers[role] },
      })
    expect((await withdraw('supervisor')).statusCode).toBe(403)
    expect((await withdraw('steward')).json()).toMatchObject({ withdrawn: 1 })
    expect((await withdraw('steward')).json()).toMatchObject({ type: 'urn:tutela:fault:register.unknown' })
    const list: DeskListTold = (await get('/v1/desk/lists/own', 'steward')).json()
    expect(list.growth[0]).toMatchObject({ withdrawn: 1, entries: 0, by: `person:${people.steward.id}` })
  })
})

test('whom to call is told where somebody checked it within a year', async () => {
  expect((await get('/v1/contacts', 'analyst')).json()).toEqual({
    contacts: [{ name: 'Officer on call', number: '+00 1', checkedOn: '2026-05-01' }],
  })
})
