import { expect, test } from 'vitest'
import { itemsInCase } from '#store/case-items'
import { changeCase, lockCase } from '#store/cases'
import { overrideOn } from '#store/overrides'
import { closeReports } from '#store/report-stages'
import { reportsOfCase } from '#store/reports'
import { bringReport } from '#workflow/intake/bring'
import type { Bearer, ReportBrought } from '#workflow/intake/brought'
import type { IntakeDesk } from '#workflow/intake/desk'
import { wordsOf } from '#workflow/intake/words'
import { expectFolded } from '../../support/folded.ts'
import { NOW, opened, page } from '../../support/intake.ts'
import { someone } from '../../support/people.ts'
import { stream } from '../../support/vault.ts'

const PLATFORM: Bearer = { channel: 'platform', actor: 'client:chat' }
const PUBLIC: Bearer = { channel: 'public', actor: 'tutela' }
const FILE = new Uint8Array(2000).fill(7)
const SHA256 = 'ab'.repeat(32)

test('a report opens a case under a number that says nothing, with its words sealed and nothing of them in clear', async () => {
  const desk = await opened()
  const told = {
    address: 'https://example.org/secret-album',
    words: 'seen in a chat',
    contact: 'a@example.org',
  }
  const { report, reference } = await bringReport(desk, { kind: 'page', ...told }, PUBLIC)

  expect(report).toMatchObject({ channel: 'public', hasJoined: false, stage: 'received', isAnonymous: false })
  expect(report.caseNumber).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
  expect(reference).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/)
  expect(await wordsOf(desk, report.id)).toEqual(told)
  for (const table of ['report', 'desk_case', 'case_item', 'event']) {
    const { rows } = await desk.database.query<{ row: string }>(
      `SELECT to_jsonb(t)::text AS row FROM ${table} t`,
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const { row } of rows)
      for (const words of [
        'secret',
        'chat',
        'a@example',
        'example.org',
        reference,
        reference.replaceAll('-', ''),
      ])
        for (const form of [words, Buffer.from(words).toString('hex')]) expect(row).not.toContain(form)
  }
  await desk.keys.shred(report.id)
  expect(await wordsOf(desk, report.id)).toBeUndefined()
})

test('the same address, however it is written, joins its open case; a closed one it does not', async () => {
  const desk = await opened()
  const first = await bringReport(desk, page(), PLATFORM)
  const others = [
    'hxxps://EXAMPLE[.]org/album?id=3#top',
    'example.org/album?id=3',
    'http://example.org:80/album?id=3',
  ]
  for (const address of others) {
    const { report } = await bringReport(desk, page({ address }), PUBLIC)
    expect(report).toMatchObject({ caseNumber: first.report.caseNumber, hasJoined: true })
  }
  expect(await itemsInCase(desk.database, first.report.caseNumber, 10)).toHaveLength(1)
  const elsewhere = await bringReport(desk, page({ address: 'https://example.org/album?id=4' }), PUBLIC)
  expect(elsewhere.report.hasJoined).toBe(false)

  await closed(desk, first.report.caseNumber)
  expect((await bringReport(desk, page(), PUBLIC)).report).toMatchObject({ hasJoined: false })
  await expectFolded(desk.database, 'report:', 'case:', 'case-item:')
})

async function closed(desk: IntakeDesk, number: string): Promise<void> {
  await desk.database.transaction(async (tx) => {
    const signed = { actor: 'operator:test', at: NOW } as const
    const change = { state: 'closed', closed: { at: NOW, because: 'a test' } } as const
    await changeCase(tx, await lockCase(tx, number), change, { kind: 'case.closed', body: {} }, signed)
    await closeReports(tx, number, signed)
  })
}

test('the same file joins by its SHA-256, sealed once; hashes of it join, too, and add nothing', async () => {
  const desk = await opened(true)
  const given = (): ReportBrought => ({ kind: 'material', file: stream(FILE) })
  const first = await bringReport(desk, given(), PLATFORM)
  const [item] = await itemsInCase(desk.database, first.report.caseNumber, 10)
  expect(item).toMatchObject({
    state: 'new',
    item: expect.stringMatching(/^v-/),
    hashes: { md5: expect.any(String) },
  })

  const { sha256 = '' } = item?.hashes ?? {}
  const again = await bringReport(desk, given(), { channel: 'police', actor: 'client:force', trust: 'high' })
  const hashed = await bringReport(
    desk,
    { kind: 'material', hashes: [{ sha256: sha256.toUpperCase() }] },
    PLATFORM,
  )
  for (const { report } of [again, hashed])
    expect(report).toMatchObject({ caseNumber: first.report.caseNumber, hasJoined: true })
  expect(await itemsInCase(desk.database, first.report.caseNumber, 10)).toHaveLength(1)
  expect(await expectFolded(desk.database, 'report:', 'case:', 'case-item:', 'vault:')).toBe(6)
})

test('a file that comes after its hashes is an item with bytes, in the stack of the one without', async () => {
  const desk = await opened(true)
  const { report } = await bringReport(desk, { kind: 'material', file: stream(FILE) }, PLATFORM)
  const [sealed] = await itemsInCase(desk.database, report.caseNumber, 10)
  const { sha256 = '' } = sealed?.hashes ?? {}
  const other = await opened(true)
  const hashed = await bringReport(other, { kind: 'material', hashes: [{ sha256 }] }, PLATFORM)
  await bringReport(other, { kind: 'material', file: stream(FILE) }, PLATFORM)
  const items = await itemsInCase(other.database, hashed.report.caseNumber, 10)
  expect(items.map(({ item }) => item !== undefined).sort()).toEqual([false, true])
  expect(new Set(items.map(({ stack }) => stack)).size).toBe(1)
})

test('a report sent twice is one, and is told the same reference; sent at once by many as well', async () => {
  const desk = await opened()
  const given = page({ id: 'upload-17', words: 'as it came' })
  const taken = await Promise.all(Array.from({ length: 8 }, () => bringReport(desk, given, PLATFORM)))
  expect(new Set(taken.map(({ report }) => report.id)).size).toBe(1)
  expect(new Set(taken.map(({ reference }) => reference)).size).toBe(1)
  expect(taken.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(await desk.keys.reports()).toEqual([taken[0]?.report.id])
  const other = await bringReport(desk, given, { channel: 'platform', actor: 'client:forum' })
  expect(other.reference).not.toBe(taken[0]?.reference)
})

test('of many who report the same at once, in any order of hashes, one opens the case and all others join it', async () => {
  const desk = await opened()
  const hashes = [{ sha256: SHA256 }, { sha256: 'cd'.repeat(32) }]
  const brought = Array.from({ length: 10 }, (_, at) =>
    bringReport(
      desk,
      { kind: 'material', hashes: at % 2 === 0 ? hashes : [...hashes].reverse(), address: 'example.org/x' },
      PUBLIC,
    ),
  )
  const taken = await Promise.all(brought)
  const [number = ''] = new Set(taken.map(({ report }) => report.caseNumber))
  expect(await reportsOfCase(desk.database, number, 20)).toHaveLength(10)
  expect(taken.filter(({ report }) => !report.hasJoined)).toHaveLength(1)
  expect(await itemsInCase(desk.database, number, 20)).toHaveLength(2)
})

test('a child at risk raises a case whoever says so, and by a low trust none falls', async () => {
  const desk = await opened()
  const { report } = await bringReport(desk, page(), PLATFORM)
  const low = { ...PUBLIC, trust: 'low' } as const
  await bringReport(desk, page({ atRisk: true }), low)
  const { rows } = await desk.database.query('SELECT state, at_risk, trust FROM desk_case')
  expect(rows).toEqual([{ state: 'waiting', at_risk: true, trust: 1 }])
  expect((await desk.database.query('SELECT id FROM risk_override')).rows).toEqual([])

  const { id } = await someone(desk.database, ['analyst'])
  const analyst: Bearer = { channel: 'analyst', actor: `person:${id}` }
  await bringReport(desk, { kind: 'material', hashes: [{ sha256: SHA256 }], atRisk: true }, analyst)
  const declared = await desk.database.query('SELECT subject_kind, subject, ended_at FROM risk_override')
  expect(declared.rows).toEqual([
    { subject_kind: 'case', subject: expect.not.stringContaining(report.caseNumber), ended_at: null },
  ])
  await expectFolded(desk.database, 'report:', 'case:', 'case-item:', 'risk:')
})

test('what has no picture waits for a person at once; what has one waits for the machine first', async () => {
  const desk = await opened()
  for (const kind of ['grooming', 'live-abuse', 'concern'] as const) {
    const { report } = await bringReport(desk, { kind, words: `about ${kind}` }, PUBLIC)
    const [item] = await itemsInCase(desk.database, report.caseNumber, 2)
    expect(item).toMatchObject({ kind, hashes: {}, state: 'new' })
  }
  await bringReport(desk, { kind: 'material', hashes: [{ md5: 'AB'.repeat(16) }] }, PLATFORM)
  const { rows } = await desk.database.query(
    'SELECT state, count(*)::int FROM desk_case GROUP BY state ORDER BY state',
  )
  expect(rows).toEqual([
    { state: 'screening', count: 1 },
    { state: 'waiting', count: 3 },
  ])
})

test('a case of young people or at work takes no byte, and nobody else’s report joins it', async () => {
  const desk = await opened(true)
  for (const caseKind of ['young-people', 'workplace'] as const) {
    let read = 0
    async function* bytes(): AsyncGenerator<Uint8Array> {
      read++
      yield FILE
    }
    const given = { kind: 'material', caseKind, file: bytes() } as const
    await expect(bringReport(desk, given, PLATFORM)).rejects.toMatchObject({
      code: 'evidence.refused',
      message: expect.stringContaining('Do not open, save'),
    })
    expect(read).toBe(0)
    const own = await bringReport(desk, page({ caseKind }), PLATFORM)
    const others = await bringReport(desk, page(), PUBLIC)
    expect(others.report.caseNumber).not.toBe(own.report.caseNumber)
    await closed(desk, others.report.caseNumber)
  }
  expect(await desk.keys.reports()).toHaveLength(4)
})

test('that a child is at risk now is declared with the report that a person brings, or neither is written', async () => {
  const desk = await opened()
  const analyst = await someone(desk.database, ['analyst'])
  const bearer: Bearer = { channel: 'analyst', actor: `person:${analyst.id}` }
  let calls = 0
  const ending = (): Date => {
    if (++calls > 3) throw new Error('the process ends here')
    return NOW
  }
  const brought = page({ atRisk: true, id: 'told on the telephone' })
  await bringReport({ ...desk, now: ending }, brought, bearer).catch(() => undefined)
  const { report, isNew } = await bringReport(desk, brought, bearer)
  expect(isNew).toBe(false)
  const on = [{ kind: 'case', id: report.caseNumber }] as const
  expect(await overrideOn(desk.database, on, NOW)).toBeDefined()
})

test.each(['a\0b', '\ud800', 'a\udfff'])(
  'a name of a report that no database can keep is refused: %j',
  async (id) => {
    const desk = await opened()
    const refused = bringReport(desk, page({ id }), PLATFORM)
    await expect(refused).rejects.toMatchObject({ code: 'request.invalid' })
  },
)
