/** Door: what stands in the database when somebody acts: conflicts, holds, a child at risk and authorities. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsOf } from '#store/append'
import { registerAuthority, revokeAuthority } from '#store/authorities'
import { recordConflict } from '#store/conflicts'
import { Database } from '#store/database'
import { declareRisk, endRisk } from '#store/overrides'
import { recordTraining } from '#store/training'
import type { Person } from '#terms/people'
import { pass } from '#workflow/door'
import { refold } from '#workflow/ledger/verify/refold'
import { PEOPLE_FOLDS } from '#workflow/people/folds'
import { sharedDatabase } from '../support/database.ts'
import { DIGESTS } from '../support/digests.ts'
import { asking, at, item, signed, view } from '../support/door.ts'
import { someone } from '../support/people.ts'

let database: Database
let drop: () => Promise<void>

beforeAll(async () => {
  const { config, drop: dropped } = await sharedDatabase()
  drop = dropped
  database = new Database(config, { connectionsMax: 12, digests: DIGESTS })
})

afterAll(async () => {
  expect((await refold(database, PEOPLE_FOLDS)).faults).toEqual([])
  await database.close()
  await drop()
})

describe('the door', () => {
  test('closes a case to whoever has a conflict of interest in it, an item of it, or somebody', async () => {
    const analyst = await someone(database, ['analyst'], { cases: ['con-1', 'con-2', 'con-3'] })
    const [one, two, three] = [
      await item(database, ['con-1']),
      await item(database, ['con-2']),
      await item(database, ['con-2', 'con-3']),
    ]
    const conflict = (kind: 'case' | 'item', id: string) =>
      database.transaction((tx) => recordConflict(tx, analyst.id, { kind, id }, signed))
    await conflict('case', 'con-1')
    expect(await asking(database, analyst, 'view', { ...view, subject: one })).toBe('conflict-of-interest')
    expect(await asking(database, analyst, 'view', { ...view, subject: two })).toBe('done')
    await conflict('item', two.id)
    expect(await asking(database, analyst, 'view', { ...view, subject: two })).toBe('conflict-of-interest')
    await conflict('case', 'con-3')
    // Named by its other case, it is still the item that the conflict is about.
    expect(await asking(database, analyst, 'view', { ...view, subject: three, caseNumber: 'con-2' })).toBe(
      'conflict-of-interest',
    )
  })

  test('lets nothing under hold be destroyed, and nobody approve what they proposed', async () => {
    const [one, other] = [await someone(database, ['supervisor']), await someone(database, ['supervisor'])]
    const subject = await item(database, ['h1'])
    const approve = (by: Person) =>
      asking(database, by, 'approve-destruction', { subject, facts: { earlier: [one.id], signedInAt: at } })
    expect(await approve(one)).toBe('own-act')
    expect(await approve(other)).toBe('done')
    await database.query(
      `INSERT INTO hold (id, item, because, issuer, placed_by, placed_at, version)
       VALUES ('h-1', $1, 'trial', 'court', 'tutela', $2, 1)`,
      [subject.id, at],
    )
    expect(await approve(other)).toBe('under-hold')
    await database.transaction((tx) =>
      declareRisk(tx, { kind: 'case', id: 'h1' }, { because: 'now', minutes: 60 }, signed),
    )
    expect(await approve(one)).toBe('own-act')
    expect(await approve(other)).toBe('under-hold')
  })

  test('opens a case for a child at risk now until its time is over, and tells it on the grant', async () => {
    const analyst = await someone(database, ['analyst'])
    const subject = await item(database, ['risk-1'])
    expect(await asking(database, analyst, 'view', { ...view, subject })).toBe('not-allocated')
    const declared = { because: 'a child is being abused now', minutes: 30 }
    const id = await database.transaction((tx) =>
      declareRisk(tx, { kind: 'case', id: 'risk-1' }, declared, signed),
    )
    const asked = { by: analyst.id, act: 'view', ...view, subject, facts: { exposure: 'over' }, at } as const
    const grant = await pass(database, asked, async (_tx, granted) => granted)
    expect(grant).toMatchObject({ override: id, basis: { kind: 'duty', id: `risk:${id}` } })
    const later = new Date(at.getTime() + 30 * 60_000)
    expect(await asking(database, analyst, 'view', { ...view, subject, at: later })).toBe('not-allocated')
    expect(
      await asking(database, analyst, 'view', { ...view, subject, at: new Date(at.getTime() - 1) }),
    ).toBe('not-allocated')
    await database.transaction((tx) => endRisk(tx, id, signed))
    expect(await asking(database, analyst, 'view', { ...view, subject })).toBe('not-allocated')
    const events = await eventsOf(database, `risk:${id}`)
    expect(JSON.stringify(events)).not.toContain('abused')
    expect(events.map(({ kind }) => kind)).toEqual(['risk.declared', 'risk.ended'])
  })

  test('covers nobody by an authority that they registered themself, though it names no one', async () => {
    const [analyst, colleague] = [
      await someone(database, ['analyst', 'supervisor'], { departments: ['abuse desk'] }),
      await someone(database, ['analyst'], { departments: ['abuse desk'] }),
    ]
    const given = {
      ...{
        issuer: 'DCI Example',
        issuedFor: 'a chief officer',
        purposes: ['prevent-another' as const],
        acts: ['crawl' as const],
      },
      ...{ people: [], departments: ['abuse desk'], scope: { hosts: ['own.example'] }, conditions: [] },
      ...{ from: '2026-04-01T00:00:00.000Z', until: '2026-06-01T00:00:00.000Z' },
    }
    const by = { actor: `person:${analyst.id}`, at: signed.at } as const
    await database.transaction((tx) => registerAuthority(tx, given, by))
    const crawl = (person: Person) =>
      asking(database, person, 'crawl', { purpose: 'screen', facts: { host: 'own.example' } })
    expect(await crawl(analyst)).toBe('no-authority')
    expect(await crawl(colleague)).toBe('done')
    const self = { kind: 'person', id: analyst.id } as const
    expect(await asking(database, analyst, 'record-training', { subject: self })).toBe('own-act')
  })

  test('lets a crawl out under an authority in force alone, for its people, hosts and conditions', async () => {
    const [analyst, other] = [await someone(database, ['analyst']), await someone(database, ['analyst'])]
    const crawl = (by: Person, host?: string) =>
      asking(database, by, 'crawl', { purpose: 'screen', ...(host !== undefined && { facts: { host } }) })
    expect(await crawl(analyst, 'example.org')).toBe('no-authority')
    const { id } = await database.transaction((tx) =>
      registerAuthority(
        tx,
        {
          ...{
            issuer: 'DCI Example',
            issuedFor: 'a chief officer',
            purposes: ['prevent-another'],
            acts: ['crawl'],
          },
          ...{
            people: [analyst.id],
            departments: [],
            scope: { hosts: ['example.org'] },
            conditions: ['training'],
          },
          ...{ from: '2026-04-01T00:00:00.000Z', until: '2026-06-01T00:00:00.000Z' },
        },
        signed,
      ),
    )
    expect(await crawl(analyst, 'example.org')).toBe('authority-conditions')
    const training = {
      person: analyst.id,
      subject: 'crawling',
      givenBy: 'hotline',
      at: '2026-04-01',
      exposureUnits: 0,
    }
    await database.transaction((tx) => recordTraining(tx, training, signed))
    expect(await crawl(analyst, 'example.org')).toBe('done')
    expect(await crawl(analyst, 'example.com')).toBe('no-authority')
    expect(await crawl(analyst)).toBe('no-authority')
    expect(await crawl(other, 'example.org')).toBe('no-authority')
    await database.transaction((tx) => revokeAuthority(tx, id, 'over', signed))
    expect(await crawl(analyst, 'example.org')).toBe('no-authority')
  })
})
