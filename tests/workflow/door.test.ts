/** Door: what stands in the database when somebody acts, who loses a race, and what is written of a refusal. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#ground/id'
import { allocate } from '#store/allocations'
import { eventsOf } from '#store/append'
import { registerAuthority, revokeAuthority } from '#store/authorities'
import { recordConflict } from '#store/conflicts'
import { Database } from '#store/database'
import { declareRisk, endRisk } from '#store/overrides'
import { changePerson, lockPerson } from '#store/people'
import { recordTraining } from '#store/training'
import { ACTS, type Act, type Person, type PersonId, ROLES, type Subject } from '#terms/people'
import { type Asked, pass, refuse } from '#workflow/door'
import { refold } from '#workflow/ledger/verify/refold'
import { PEOPLE_FOLDS } from '#workflow/people/folds'
import { sharedDatabase } from '../support/database.ts'
import { someone } from '../support/people.ts'

const at = new Date('2026-05-01T12:00:00Z')
const signed = { actor: 'tutela', at } as const

let database: Database
let drop: () => Promise<void>

beforeAll(async () => {
  const { config, drop: dropped } = await sharedDatabase()
  drop = dropped
  database = new Database(config, { connectionsMax: 12 })
})

afterAll(async () => {
  expect((await refold(database, PEOPLE_FOLDS)).faults).toEqual([])
  await database.close()
  await drop()
})

/** An item of the vault as the door sees one, in some cases. */
async function item(cases: readonly string[], state = 'available'): Promise<Subject> {
  const id = newId('v')
  const digest = Buffer.from(id.padEnd(32, '0').slice(0, 32))
  await database.query(
    `INSERT INTO vault_item (id, state, md5, sha1, sha256, size_bytes, media_type, custodian, sealed_at, blob_sha256, blob_bytes, version)
     VALUES ($1, $2, $3, $3, $3, 1, 'image/png', 'tutela', $4, $3, 1, 1)`,
    [id, state, digest, at],
  )
  for (const number of cases)
    await database.query('INSERT INTO item_case (item, case_number) VALUES ($1, $2)', [id, number])
  return { kind: 'item', id }
}

/** What came of asking: `done`, or the reason of the refusal. */
async function asking(by: Person, act: Act, more: Partial<Asked> = {}): Promise<string> {
  return pass(database, { by: by.id, act, at, ...more }, async () => 'done').catch((error: Error) => {
    const because = /\(([a-z-]+), r-/.exec(error.message)?.[1]
    if (because === undefined) throw error
    return because
  })
}

const view = { purpose: 'assess' } as const

describe('the door', () => {
  test('decides every act of every role, shows no item to anybody without its case, and writes each refusal down', async () => {
    const before = await refusals()
    let [tried, refused] = [0, 0]
    const people = await Promise.all(ROLES.map((role) => someone(database, [role])))
    const subject = await item(['c-matrix'])
    for (const person of people) {
      const outcomes = await Promise.all(ACTS.map((act) => asking(person, act, { subject })))
      tried += outcomes.length
      refused += outcomes.filter((one) => one !== 'done').length
      expect(outcomes[ACTS.indexOf('view')]).not.toBe('done')
      expect(outcomes[ACTS.indexOf('export')]).not.toBe('done')
    }
    console.log(`at the door: ${tried} acts asked, ${refused} refused, each on record`)
    expect((await refusals()) - before).toBe(refused)
  })

  test('writes a refusal with who, what, on what and why, and no word of anything else', async () => {
    const person = await someone(database, ['auditor'])
    const subject = await item(['c1'])
    const fault = await pass(
      database,
      { by: person.id, act: 'view', ...view, subject, at },
      async () => 'done',
    ).catch((error: unknown) => error)
    expect(fault).toMatchObject({
      code: 'people.refused',
      message: expect.stringContaining('no role of yours'),
    })
    const id = /(r-[0-9a-z]{16})/.exec(String(fault))?.[1]
    expect(await eventsOf(database, `refusal:${id}`)).toMatchObject([
      {
        kind: 'act.refused',
        actor: `person:${person.id}`,
        body: { act: 'view', because: 'no-role', purpose: 'assess', on: `item:${subject.id}` },
      },
    ])
  })

  test('knows an item by its own id and case: altered ones open nothing', async () => {
    const analyst = await someone(database, ['analyst'], { cases: ['own-1', 'own-2'] })
    const [own, others, none] = [await item(['own-1']), await item(['others-1']), await item([])]
    const ask = (subject: Subject, caseNumber?: string) =>
      asking(analyst, 'view', { ...view, subject, ...(caseNumber !== undefined && { caseNumber }) })
    expect(await ask(own)).toBe('done')
    expect(await ask(own, 'own-1')).toBe('done')
    const altered: [Subject, string | undefined, string][] = [
      [own, 'own-2', 'not-allocated'],
      [own, 'others-1', 'not-allocated'],
      [others, undefined, 'not-allocated'],
      [others, 'own-1', 'not-allocated'],
      [others, 'others-1', 'not-allocated'],
      [none, undefined, 'not-allocated'],
      [none, 'own-1', 'not-allocated'],
      [
        { kind: 'item', id: `${own.id.slice(0, -1)}${own.id.endsWith('0') ? '1' : '0'}` },
        'own-1',
        'never-held',
      ],
      [{ kind: 'item', id: "v-' OR true --" }, 'own-1', 'never-held'],
      [{ kind: 'item', id: '' }, 'own-1', 'never-held'],
    ]
    for (const [subject, caseNumber, because] of altered) expect(await ask(subject, caseNumber)).toBe(because)
    const nobody = newId('p')
    await expect(
      pass(database, { by: nobody, act: 'declare-risk', at }, async () => 1),
    ).rejects.toMatchObject({
      code: 'people.unknown',
    })
  })

  test('closes a case to whoever has a conflict of interest in it, an item of it, or somebody', async () => {
    const analyst = await someone(database, ['analyst'], { cases: ['con-1', 'con-2', 'con-3'] })
    const [one, two, three] = [await item(['con-1']), await item(['con-2']), await item(['con-2', 'con-3'])]
    const conflict = (kind: 'case' | 'item', id: string) =>
      database.transaction((tx) => recordConflict(tx, analyst.id, { kind, id }, signed))
    await conflict('case', 'con-1')
    expect(await asking(analyst, 'view', { ...view, subject: one })).toBe('conflict-of-interest')
    expect(await asking(analyst, 'view', { ...view, subject: two })).toBe('done')
    await conflict('item', two.id)
    expect(await asking(analyst, 'view', { ...view, subject: two })).toBe('conflict-of-interest')
    await conflict('case', 'con-3')
    // Named by its other case, it is still the item that the conflict is about.
    expect(await asking(analyst, 'view', { ...view, subject: three, caseNumber: 'con-2' })).toBe(
      'conflict-of-interest',
    )
  })

  test('lets nothing under hold be destroyed, and nobody approve what they proposed', async () => {
    const [one, other] = [await someone(database, ['supervisor']), await someone(database, ['supervisor'])]
    const subject = await item(['h1'])
    const approve = (by: Person) =>
      asking(by, 'approve-destruction', { subject, facts: { earlier: [one.id], signedInAt: at } })
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
    const subject = await item(['risk-1'])
    expect(await asking(analyst, 'view', { ...view, subject })).toBe('not-allocated')
    const declared = { because: 'a child is being abused now', minutes: 30 }
    const id = await database.transaction((tx) =>
      declareRisk(tx, { kind: 'case', id: 'risk-1' }, declared, signed),
    )
    const asked = { by: analyst.id, act: 'view', ...view, subject, facts: { exposure: 'over' }, at } as const
    const grant = await pass(database, asked, async (_tx, granted) => granted)
    expect(grant).toMatchObject({ override: id, basis: { kind: 'duty', id: `risk:${id}` } })
    const later = new Date(at.getTime() + 30 * 60_000)
    expect(await asking(analyst, 'view', { ...view, subject, at: later })).toBe('not-allocated')
    expect(await asking(analyst, 'view', { ...view, subject, at: new Date(at.getTime() - 1) })).toBe(
      'not-allocated',
    )
    await database.transaction((tx) => endRisk(tx, id, signed))
    expect(await asking(analyst, 'view', { ...view, subject })).toBe('not-allocated')
    const events = await eventsOf(database, `risk:${id}`)
    expect(JSON.stringify(events)).not.toContain('abused')
    expect(events.map(({ kind }) => kind)).toEqual(['risk.declared', 'risk.ended'])
  })

  test('lets a crawl out under an authority in force alone, for its people, hosts and conditions', async () => {
    const [analyst, other] = [await someone(database, ['analyst']), await someone(database, ['analyst'])]
    const crawl = (by: Person, host?: string) =>
      asking(by, 'crawl', { purpose: 'screen', ...(host !== undefined && { facts: { host } }) })
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

  test('keeps nothing of an act that is refused from within, and writes that refusal down too', async () => {
    const analyst = await someone(database, ['analyst'])
    const before = await refusals()
    const asked = { by: analyst.id, act: 'declare-risk', at } as const
    const refused = pass(database, asked, async (tx) => {
      await allocate(tx, 'kept-not', analyst.id, signed)
      return refuse('not-due')
    })
    await expect(refused).rejects.toMatchObject({
      code: 'people.refused',
      message: expect.stringContaining('not due'),
    })
    expect(await refusals()).toBe(before + 1)
    const { rows } = await database.query(`SELECT FROM allocation WHERE case_number = 'kept-not'`)
    expect(rows).toHaveLength(0)
  })
})

describe('a race at the door', () => {
  test('is never won by somebody who is suspended, or gets a conflict, before the act is kept', async () => {
    const steps = ['suspend', 'conflict'] as const
    for (const step of steps) {
      const analyst = await someone(database, ['analyst'], { cases: ['race-1'] })
      const subject = await item(['race-1'])
      let inside: () => void = () => {}
      const entered = new Promise<void>((resolve) => {
        inside = resolve
      })
      const order: string[] = []
      const acting = pass(database, { by: analyst.id, act: 'view', ...view, subject, at }, async (tx) => {
        inside()
        await tx.query('SELECT pg_sleep(0.05)') // the other one waits for the row meanwhile
        order.push('acted')
      })
      await entered
      await database.transaction(async (tx) => {
        const person = await lockPerson(tx, analyst.id, 'change')
        order.push(step)
        if (step === 'suspend')
          await changePerson(tx, person, { state: 'suspended' }, 'person.suspended', signed)
        else await recordConflict(tx, analyst.id, { kind: 'case', id: 'race-1' }, signed)
      })
      await acting
      expect(order).toEqual(['acted', step])
      expect(await asking(analyst, 'view', { ...view, subject })).not.toBe('done')
    }
  })

  test('between two who suspend each other leaves one of them', async () => {
    const [one, other] = [await someone(database, ['supervisor']), await someone(database, ['supervisor'])]
    const suspend = (by: Person, id: PersonId) =>
      pass(
        database,
        { by: by.id, act: 'suspend-person', subject: { kind: 'person', id }, at },
        async (tx) => {
          const person = await lockPerson(tx, id, 'change')
          await changePerson(tx, person, { state: 'suspended' }, 'person.suspended', signed)
        },
      )
    const outcomes = await Promise.allSettled([suspend(one, other.id), suspend(other, one.id)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

async function refusals(): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM event WHERE kind = 'act.refused'`,
  )
  return rows[0]?.count ?? 0
}
