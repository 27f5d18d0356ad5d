import { expect, test } from 'vitest'
import { changeCase, lockCase } from '#store/cases'
import { closeReports, noteLookedAt, stageByReference } from '#store/report-stages'
import { bringReport } from '#workflow/intake/bring'
import type { Bearer, ReportBrought } from '#workflow/intake/brought'
import type { IntakeDesk } from '#workflow/intake/desk'
import { partnerReports } from '#workflow/intake/partner-file'
import { referenceHash } from '#workflow/intake/reference'
import { weedReports } from '#workflow/intake/weed'
import { wordsOf } from '#workflow/intake/words'
import { expectFolded } from '../../support/folded.ts'
import { NOW, opened, page } from '../../support/intake.ts'
import { refusal, someone } from '../../support/people.ts'
import { stream } from '../../support/vault.ts'

const PUBLIC: Bearer = { channel: 'public', actor: 'tutela' }
const FILE = new Uint8Array(2000).fill(7)
const SHA256 = 'ab'.repeat(32)

async function closed(desk: IntakeDesk, number: string): Promise<void> {
  await desk.database.transaction(async (tx) => {
    const signed = { actor: 'operator:test', at: NOW } as const
    const change = { state: 'closed', closed: { at: NOW, because: 'a test' } } as const
    await changeCase(tx, await lockCase(tx, number), change, { kind: 'case.closed', body: {} }, signed)
    await closeReports(tx, number, signed)
  })
}

test('who has no part in it brings no report; what has nothing in it, or too much, is none', async () => {
  const desk = await opened()
  const { id } = await someone(desk.database, ['it-responder'])
  await expect(
    bringReport(desk, page(), { channel: 'analyst', actor: `person:${id}` }),
  ).rejects.toMatchObject(refusal('no-role'))
  const wrong: ReportBrought[] = [
    { kind: 'page' },
    page({ address: ' ' }),
    page({ words: 'x'.repeat(10_001) }),
    page({ hashes: [{}] }),
    page({ hashes: [{ sha256: 'xyz' }] }),
    page({ about: { name: 'x'.repeat(2001) } }),
    { kind: 'material', file: stream(FILE) },
  ]
  for (const given of wrong)
    await expect(bringReport(desk, given, PUBLIC)).rejects.toMatchObject({
      code: expect.stringMatching(/invalid$/),
    })
  for (const table of ['report', 'desk_case', 'case_item'])
    expect((await desk.database.query(`SELECT FROM ${table}`)).rowCount).toBe(0)
  expect(await desk.keys.reports()).toEqual([])
})

test('the reference shows received, looked at and closed, as they stood some time ago, and nothing else', async () => {
  const desk = await opened()
  const { report, reference } = await bringReport(desk, page(), PUBLIC)
  const later = new Date(NOW.getTime() + 1000)
  const shown = async (asOf: Date, code = reference) =>
    (await stageByReference(desk.database, referenceHash(code) ?? new Uint8Array(), asOf))?.stage
  expect(await shown(later)).toBe('received')
  const signed = { actor: 'operator:test', at: later } as const
  await desk.database.transaction((tx) => noteLookedAt(tx, report.caseNumber, signed))
  expect([await shown(NOW), await shown(later)]).toEqual(['received', 'looked-at'])
  await closed(desk, report.caseNumber)
  expect(await shown(later, ` ${reference.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')} `)).toBe(
    'closed',
  )
  expect(await shown(later, '0000-0000-0000')).toBeUndefined()
  expect(referenceHash('0000-0000')).toBeUndefined()
})

test('a partner’s file is read whole or not at all, and brings each report once', async () => {
  const desk = await opened()
  const csv = `url,sha256,kind,note,at_risk\nhttps://example.org/1,,page,"an, album",\n,${SHA256},,,yes\n`
  const reports = partnerReports(csv)
  expect(reports).toMatchObject([
    { kind: 'page', address: 'https://example.org/1', words: 'an, album', atRisk: false },
    { kind: 'material', hashes: [{ sha256: SHA256 }], atRisk: true },
  ])
  const lines = [
    { id: 'a', address: 'example.org/1' },
    { id: 'b', md5: 'ab'.repeat(16) },
  ]
  const more = partnerReports(lines.map((line) => JSON.stringify(line)).join('\n'))
  const taken = []
  for (const report of [...reports, ...more, ...partnerReports(csv)])
    taken.push(await bringReport(desk, report, { channel: 'partner', actor: 'source:inhope' }))
  expect(taken.map(({ isNew, report }) => [isNew, report.hasJoined])).toEqual([
    [true, false],
    [true, false],
    [true, true],
    [true, false],
    [false, false],
    [false, false],
  ])
  const wrong = [
    'url,colour\nx,red\n',
    'url,sha256\nx,zz\ny,\n',
    '{"address":"x"}\n{',
    'kind\nother\n',
    '{"kind":{}}',
  ]
  for (const text of wrong)
    expect(() => partnerReports(text)).toThrow(expect.objectContaining({ code: 'list.invalid' }))
})

test('words of a report go some days after it was closed, with their key; those of a case on hold stay', async () => {
  const desk = await opened()
  const [gone, held, open] = await Promise.all(
    ['a', 'b', 'c'].map((words) => bringReport(desk, { kind: 'concern', words }, PUBLIC)),
  )
  if (!gone || !held || !open) throw new Error('three were brought')
  for (const { report } of [gone, held]) await closed(desk, report.caseNumber)
  await desk.database.query(`UPDATE desk_case SET held_because = 'x' WHERE number = $1`, [
    held.report.caseNumber,
  ])
  const later = { ...desk, now: () => new Date(NOW.getTime() + 31 * 86_400_000) }
  expect(await weedReports(desk, 30)).toBe(0)
  expect(await weedReports(later, 30)).toBe(1)
  expect(await weedReports(later, 30)).toBe(0)
  expect((await desk.keys.reports()).sort()).toEqual([held.report.id, open.report.id].sort())
  expect(await wordsOf(desk, gone.report.id)).toBeUndefined()
  expect(await wordsOf(desk, held.report.id)).toEqual({ words: 'b' })
  await expectFolded(desk.database, 'report:')
})
