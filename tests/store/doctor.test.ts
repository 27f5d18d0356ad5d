/** Doctor: what is wrong with a store is found, and what is well is not complained of. */
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { append } from '#store/append'
import { examineDatabase } from '#store/doctor/database'
import { examineStore } from '#store/doctor/examine'
import { placeOf } from '#store/embedded/place'
import { holdLock } from '#store/lock'
import { openStore } from '#store/open'
import { temporaryDatabase } from '../support/database.ts'
import { gathered } from '../support/gathered.ts'
import { dataPlace } from './embedded/ground.ts'

const now = () => new Date()
const MINUTE = 60_000

describe('of a database', () => {
  test('nothing is wrong when nothing is', async () => {
    const { database } = await temporaryDatabase()
    const findings = await gathered(examineDatabase(database, now))
    // The server of the tests need not force anything to its disk.
    const others = findings.filter(({ check }) => check !== 'settings' && check !== 'pages')
    expect(others.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(others.map(({ check }) => check)).toEqual(['form', 'clock', 'locks', 'transactions', 'events'])
  })

  test('every lock that is held is told by its name', async () => {
    const { database, config } = await temporaryDatabase()
    const locks = async (): Promise<string | undefined> =>
      (await gathered(examineDatabase(database, now))).find(({ check }) => check === 'locks')?.says
    expect(await locks()).toBe('none held: no service runs')
    const names = ['index-writer 0123456789abcdef', 'index-writer fedcba9876543210', 'retro', 'scheduler']
    const held = await Promise.all(names.map((name) => holdLock(config, name)))
    expect(await locks()).toBe(`held: ${names.join(', ')}`)
    await Promise.all(held.map((one) => one?.release()))
  })

  test('a leaf that is not its event’s is found, and that the last backup mends it', async () => {
    const { database } = await temporaryDatabase()
    const signed = { actor: 'tutela', at: new Date(0) } as const
    await database.transaction((tx) => append(tx, 'list:1', 0, [{ kind: 'list.created', body: {} }], signed))
    await database.query(`UPDATE event SET actor = 'operator:somebody-else'`)
    const findings = await gathered(examineDatabase(database, now))
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'events', state: 'wrong', fault: 'store.damaged' }),
    )
  })

  test('a clock that is off is found, and a form that this program does not know', async () => {
    const { database } = await temporaryDatabase()
    await database.query(`INSERT INTO migration VALUES (999, 'later', 'x')`)
    const findings = await gathered(examineDatabase(database, () => new Date(Date.now() - MINUTE)))
    const wrong = findings.filter(({ state }) => state === 'wrong').map(({ check }) => check)
    expect(wrong).toEqual(expect.arrayContaining(['form', 'clock']))
  })

  test('a source that fails again and again is found', async () => {
    const { database } = await temporaryDatabase()
    await database.query(
      `INSERT INTO source (name, definition, failures, failed_because) VALUES ('hotline', '{}', 5, 'it answers 500')`,
    )
    const findings = await gathered(examineDatabase(database, now))
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'source hotline',
        state: 'wrong',
        says: 'never fetched, then: it answers 500',
      }),
    )
  })
})

describe('of a data directory', () => {
  test('that is not there, only that is said, and none is made', async () => {
    const data = await dataPlace()
    const findings = await gathered(examineStore({ data, now }))
    expect(findings).toMatchObject([{ check: 'data directory', state: 'wrong', fault: 'store.missing' }])
    expect(findings[0]?.says).toContain(data)
  })

  test('readable secrets, an open folder and what was left lying are found, and all else is well', async () => {
    const data = await dataPlace()
    await (await openStore({ data, create: true })).close()
    const well = await gathered(examineStore({ data, now }))
    expect(well.filter(({ state }) => state === 'wrong')).toEqual([])
    await chmod(placeOf(data).password, 0o644)
    await chmod(data, 0o755)
    await mkdir(join(data, '.store.1073741824.00000000.part'))
    const ill = await gathered(examineStore({ data, now }))
    const found = ill.filter(({ state }) => state !== 'ok').map(({ check, state }) => `${check} ${state}`)
    expect(found).toEqual(expect.arrayContaining(['data directory warn', 'secrets wrong', 'leftovers warn']))
  })
})
