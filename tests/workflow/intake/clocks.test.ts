/** Clocks: every case has the nearest of its clocks, which begins with its oldest report and ends with the decision. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookBy, minutesOf } from '#cases/look-clock'
import { newId } from '#ground/id'
import { openPersonKeys } from '#ground/person-keys'
import { openFigures } from '#store/board'
import { caseNamed, changeCase, lockCase } from '#store/cases'
import { Database } from '#store/database'
import { recordDiscovery, recordReport } from '#store/discoveries'
import { queue } from '#store/queue'
import { CASE_KINDS, type CaseKind, type CaseState } from '#terms/casework'
import { REPORT_KINDS, type ReportKind } from '#terms/report'
import { bringReport } from '#workflow/intake/bring'
import { clockOld, readClocks, reclock } from '#workflow/intake/clocks'
import type { IntakeDesk } from '#workflow/intake/desk'
import { settleCases } from '#workflow/screen/settle'
import { sharedDatabase } from '../../support/database.ts'
import { DIGESTS } from '../../support/digests.ts'
import { expectFolded } from '../../support/folded.ts'
import { temporaryFolder } from '../../support/folder.ts'

const MORNING = Date.parse('2026-05-01T08:00:00Z')
const HOUR = 3_600_000
const CLOCKS = readClocks()
let clock = MORNING
let desk: IntakeDesk

let close: () => Promise<void>

beforeAll(async () => {
  const shared = await sharedDatabase()
  const database = new Database(shared.config, { connectionsMax: 4, digests: DIGESTS })
  const folder = await mkdtemp(join(tmpdir(), 'tutela-clocks-'))
  const keys = await openPersonKeys(join(folder, 'keys'))
  desk = { database, keys, clocks: CLOCKS, now: () => new Date(clock) }
  close = async () => {
    await database.close()
    await shared.drop()
    await rm(folder, { recursive: true })
  }
})
afterAll(() => close())

const at = (hours: number): string => new Date(MORNING + hours * HOUR).toISOString()
const signed = () => ({ actor: 'tutela', at: new Date(clock) }) as const
let next = 0

/** A report at an hour. @returns its case's number */
async function brought(
  hours: number,
  more: { address?: string; kind?: ReportKind; caseKind?: CaseKind; atRisk?: boolean } = {},
): Promise<string> {
  clock = MORNING + hours * HOUR
  const given = { kind: 'page', address: `https://example.test/${next++}`, ...more } as const
  return (await bringReport(desk, given, { channel: 'public', actor: 'tutela' })).report.caseNumber
}

const dueOf = async (number: string) => (await caseNamed(desk.database, number)).priority.dueAt

async function moved(number: string, state: CaseState, hours: number): Promise<void> {
  clock = MORNING + hours * HOUR
  await desk.database.transaction(async (tx) => {
    const closed = state === 'closed' ? { at: new Date(clock), because: 'a test' } : null
    const event = { kind: 'case.state-changed', body: {} }
    await changeCase(tx, await lockCase(tx, number), { state, closed }, event, signed())
  })
}

describe('the table', () => {
  test('says of every kind of case and of report how long, or that no clock runs, and why', () => {
    for (const caseKind of CASE_KINDS)
      for (const kind of REPORT_KINDS) {
        const receivedAt = new Date(MORNING)
        const usual = lookBy(CLOCKS, { caseKind, kind, atRisk: false, receivedAt })
        const risk = lookBy(CLOCKS, { caseKind, kind, atRisk: true, receivedAt })
        expect(risk?.getTime()).toBe(MORNING + HOUR)
        if (usual) expect(usual.getTime()).toBeGreaterThanOrEqual(MORNING + HOUR)
        expect(CLOCKS.rules.get(caseKind)?.get(kind)?.source).toMatch(/./)
      }
  })

  test('reads lengths as they are written, and nothing else', () => {
    expect(['PT4H', 'P2D', 'P1DT12H', 'PT90M'].map(minutesOf)).toEqual([240, 2880, 2160, 90])
    expect(['', 'P', 'PT', 'P2DT', 'PT0H', '4H', 'P1M', 'PT-4H', 'PT1.5H'].map(minutesOf)).toEqual(
      Array(9).fill(undefined),
    )
  })

  test('of an operator takes the place of the one that is shipped; one that is wrong stops the start', async () => {
    const rule = 'within: PT2H\nbecause: b\nsource: s\nverified: true\n'
    const one = rule.trim().replaceAll('\n', ', ')
    const table = (kinds: string, more = '') =>
      [
        ...['clocks: first-look', 'title: t', 'from: "2026-05-01"', `at-risk: {${one}}`, 'rules:'],
        ...[`  - {cases: [${kinds}], reports: [${REPORT_KINDS.join(', ')}], ${one}}`, more],
      ].join('\n')
    const read = async (text: string, name = 'first-look.yaml') => {
      const data = await temporaryFolder()
      await mkdir(join(data, 'clocks'))
      await writeFile(join(data, 'clocks', name), text)
      return () => readClocks(data)
    }
    const all = CASE_KINDS.join(', ')
    const own = (await read(table(all)))()
    expect(own.rules.get('device')?.get('material')).toMatchObject({ withinMinutes: 120, isVerified: true })
    for (const [text, words] of [
      [table(all, 'more: 1\n'), 'there is no field "more"'],
      [table('hotline'), 'has no rule'],
      [table(`${all}, hotlines`), 'cases must be some of'],
      [table(all).replaceAll('PT2H', 'soon'), 'a length as'],
      [table(all).replaceAll('within: PT2H, ', ''), 'within must be'],
      [table(all).replaceAll('verified: true', 'verified: maybe'), 'verified must be true or false'],
      [`${table(all)}  - {cases: [device], reports: [page], ${one}}\n`, 'has two rules'],
    ] as const)
      expect(await read(text)).toThrow(words)
    expect(await read(table(all), 'mine.yaml')).toThrow('there is no other')
    expect(readClocks(await temporaryFolder())).toEqual(CLOCKS)
  })
})

describe('a case', () => {
  test('has the clock of its oldest report, also when others join; one that is nearer is nearer', async () => {
    const address = 'https://example.test/joined'
    const number = await brought(0, { address })
    expect(await dueOf(number)).toBe(at(24))
    expect(await brought(5, { address })).toBe(number)
    expect(await dueOf(number)).toBe(at(24))
    await brought(6, { address, kind: 'live-abuse' })
    expect(await dueOf(number)).toBe(at(7))
  })

  test('of each kind has that of its kind; a child at risk now an hour', async () => {
    expect(await dueOf(await brought(0, { caseKind: 'referral' }))).toBe(at(48))
    expect(await dueOf(await brought(0, { kind: 'grooming' }))).toBe(at(4))
    expect(await dueOf(await brought(0, { caseKind: 'device' }))).toBeUndefined()
    expect(await dueOf(await brought(0, { caseKind: 'device', atRisk: true }))).toBe(at(1))
    expect(await dueOf(await brought(0, { caseKind: 'workplace' }))).toBe(at(24))
  })

  test('keeps it while the machine looks, and loses it with the decision; what waits again has it anew', async () => {
    const number = await brought(0)
    await settleCases({ database: desk.database, severityOf: () => undefined, now: desk.now }, [number])
    expect(await caseNamed(desk.database, number)).toMatchObject({
      ...{ state: 'waiting', priority: { dueAt: at(24) } },
    })
    await moved(number, 'second', 3)
    expect(await dueOf(number)).toBe(at(24))
    await moved(number, 'decided', 4)
    expect(await dueOf(number)).toBeUndefined()
    await moved(number, 'waiting', 100)
    expect(await dueOf(number)).toBe(at(124))
    await moved(number, 'closed', 101)
    expect(await caseNamed(desk.database, number)).not.toHaveProperty('priority.dueAt')
    await moved(number, 'screening', 200)
    expect(await dueOf(number)).toBe(at(224))
  })

  test('has the clock of a find in it beside that, until the find is reported, also once it is decided', async () => {
    const number = await brought(0)
    const subject = { kind: 'case', id: number } as const
    const id = await desk.database.transaction(async (tx) => {
      const found = { subject, way: 'match', how: 'by the filter', discoveredAt: new Date(MORNING) } as const
      const made = await recordDiscovery(tx, { ...found, dueAt: new Date(MORNING + 2 * HOUR) }, signed())
      await reclock(tx, await lockCase(tx, number), signed())
      return made
    })
    expect(await dueOf(number)).toBe(at(2))
    await moved(number, 'decided', 1)
    expect(await dueOf(number)).toBe(at(2))
    await desk.database.transaction(async (tx) => {
      await recordReport(tx, id, { to: 'iwf', reportedAt: new Date(MORNING) }, signed())
      await reclock(tx, await lockCase(tx, number), signed())
    })
    expect(await dueOf(number)).toBeUndefined()
  })

  test('stands before what is due later, and is overdue on the board', async () => {
    const later = await brought(300)
    const sooner = await brought(300, { kind: 'grooming' })
    const order = (await queue(desk.database, { limit: 100, offset: 0 })).map(({ number }) => number)
    expect(order.indexOf(sooner)).toBeGreaterThanOrEqual(0)
    expect(order.indexOf(sooner)).toBeLessThan(order.indexOf(later))
    const before = await openFigures(desk.database, new Date(MORNING + 303 * HOUR))
    const after = await openFigures(desk.database, new Date(MORNING + 305 * HOUR))
    expect(after.overdue - before.overdue).toBe(1)
  })

  test('that came before there was a table has its clock by the job, once', async () => {
    const { clocks: _, ...without } = desk
    clock = MORNING
    const given = { kind: 'page', address: `https://example.test/${newId('x')}` } as const
    const { report } = await bringReport(without, given, { channel: 'public', actor: 'tutela' })
    expect(await dueOf(report.caseNumber)).toBeUndefined()
    clock = MORNING + HOUR
    expect(await clockOld(desk, CLOCKS)).toBe(1)
    expect(await dueOf(report.caseNumber)).toBe(at(24))
    expect(await clockOld(desk, CLOCKS)).toBe(0)
  })

  test('follows from its events, as every report does', async () => {
    expect(await expectFolded(desk.database, 'case:', 'report:', 'case-item:')).toBeGreaterThan(20)
  })
})
