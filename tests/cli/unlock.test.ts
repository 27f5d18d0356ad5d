/** Unlock: a vault under a passphrase, from its first day through a start that finds it locked, by the built program. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { KeyedDigests } from '#ground/digest-key'
import { asFile } from '#scenes/edit'
import { scene } from '#scenes/scene'
import { Database } from '#store/database'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { Role } from '#terms/people'
import { type Ended, ended, started } from '../support/command.ts'
import { addressOf, sharedDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { someone } from '../support/people.ts'
import { service } from '../support/started.ts'

const PASSPHRASE = 'a long road by the river'

/** A data directory whose vault is to be under a passphrase, and the terminals of two people. */
async function office() {
  const data = await temporaryFolder()
  const { config, drop } = await sharedDatabase()
  const digests = new KeyedDigests(join(data, 'keys', 'people'))
  const database = new Database(config, { connectionsMax: 3, digests })
  onTestFinished(async () => {
    await database.close()
    await drop()
  })
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(data, name), text, { mode: 0o600 })
    return join(data, name)
  }
  const terminalOf = async (role: Role): Promise<string> => {
    const { id } = await someone(database, [role], { cases: ['K-1'] })
    const given = { person: id, how: 'password', limits: SESSION_LIMITS } as const
    const { token } = await database.transaction((tx) => beginSession(tx, given, new Date()))
    return file(`${role}.session`, `${token}\n`)
  }
  const environment = {
    ...{ DATABASE_URL: addressOf(config), TUTELA_DATA: data, TUTELA_VAULT_PASSPHRASE_FILE: '' },
    TUTELA_CONFIG: await file(
      'tutela.yaml',
      `vault: {identity: {passphraseFile: ${join(data, 'sealed-identity')}}}\n`,
    ),
  }
  const [admin, officer] = [await terminalOf('administrator'), await terminalOf('officer')]
  const run = (session: string, passphrase: string, ...words: string[]): Promise<Ended> =>
    file('passphrase', passphrase).then((place) =>
      ended(started(words, { ...environment, TUTELA_SESSION: session, TUTELA_VAULT_PASSPHRASE_FILE: place })),
    )
  return { environment, admin, officer, run }
}

test('a vault under a passphrase is made, found locked, and unlocked in the running service by an administrator', async () => {
  const { environment, admin, officer, run } = await office()
  const short = await run(admin, 'short', 'vault', 'unlock')
  expect([short.code, short.stderr]).toEqual([64, expect.stringContaining('12 characters')])
  expect(await run(admin, PASSPHRASE, 'vault', 'unlock')).toMatchObject({
    code: 0,
    stderr: expect.any(String),
  })
  const wrong = await run(admin, 'another long sentence', 'vault', 'unlock')
  expect([wrong.code, wrong.stderr]).toEqual([75, expect.stringContaining('vault.locked')])

  const { url } = await service(environment)
  const token = (await readFile(officer, 'utf8')).trim()
  const sealed = async (): Promise<number> => {
    const { bytes } = await asFile(scene(2, 320, 240))
    const answer = await fetch(
      `${url}/v1/vault/items?purpose=investigate&profile=hotline-memorandum&case=K-1`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
        body: new Uint8Array(bytes),
      },
    )
    return answer.status
  }
  expect(await sealed()).toBe(503)
  const unlock = (session: string, passphrase: string, server = url): Promise<Ended> =>
    run(session, passphrase, 'vault', 'unlock', '--server', server)
  expect(await unlock(admin, 'another long sentence')).toMatchObject({ code: 75 })
  expect(await unlock(officer, PASSPHRASE)).toMatchObject({ code: 75 })
  expect(await unlock(admin, PASSPHRASE, 'http://example.org')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('neither https nor this machine'),
  })
  expect(await sealed()).toBe(503)
  expect(await unlock(admin, PASSPHRASE)).toMatchObject({ code: 0 })
  expect(await sealed()).toBe(201)
}, 180_000)
