/** Door: whom it lets act, who loses a race, and what is written of a refusal. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#ground/id'
import { allocate } from '#store/allocations'
import { eventsOf } from '#store/append'
import { recordConflict } from '#store/conflicts'
import { Database } from '#store/database'
import { changePerson, lockPerson } from '#store/people'
import { ACTS, type Person, type PersonId, ROLES, type Subject } from '#terms/people'
import { pass, refuse } from '#workflow/door'
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
  test('decides every act of every role, shows no item to anybody without its case, and writes each refusal down', async () => {
    const before = await refusals()
    let [tried, refused] = [0, 0]
    const people = await Promise.all(ROLES.map((role) => someone(database, [role])))
    const subject = await item(database, ['c-matrix'])
    for (const person of people) {
      const outcomes = await Promise.all(ACTS.map((act) => asking(database, person, act, { subject })))
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
    const subject = await item(database, ['c1'])
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
    const [own, others, none] = [
      await item(database, ['own-1']),
      await item(database, ['others-1']),
      await item(database, []),
    ]
    const ask = (subject: Subject, caseNumber?: string) =>
      asking(database, analyst, 'view', { ...view, subject, ...(caseNumber !== undefined && { caseNumber }) })
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
      const subject = await item(database, ['race-1'])
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
      expect(await asking(database, analyst, 'view', { ...view, subject })).not.toBe('done')
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
