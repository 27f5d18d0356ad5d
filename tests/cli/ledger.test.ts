/** The ledger's commands and routes: a ledger that is looked at, exported, verified elsewhere and proved from. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, inject, test, vi } from 'vitest'
import { signingKey } from '#ledger/key'
import { parseTilePath } from '#ledger/tile'
import { called, type Ended, jsonLines } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'
import { LinearIndex } from '../support/linear-index.ts'
import { bearer, clientsOf, openServer } from '../support/server.ts'
import { type LedgerGround, ledgerGround } from '../workflow/ledger/ground.ts'

/** The program with a ground's database and data directory. */
function tutelaOn({ config, folder }: LedgerGround): (...args: readonly string[]) => Promise<Ended> {
  const { host = '', port = 5432, user = '', password } = inject('postgres')
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : ''
  const who = `${encodeURIComponent(user)}${secret}`
  return (...args) => {
    vi.stubEnv(
      'DATABASE_URL',
      `postgres://${who}@/${config.database}?host=${encodeURIComponent(host)}&port=${port}`,
    )
    vi.stubEnv('TUTELA_DATA', dirname(folder))
    return called(...args).finally(() => vi.unstubAllEnvs())
  }
}

const KEY = signingKey('example.com/ledger', Buffer.alloc(32, 7))

test('a ledger is looked at, verified, exported, verified with nothing else, and proved from', async () => {
  const ground = await ledgerGround()
  const tutela = tutelaOn(ground)
  await ground.write(3)
  expect((await tutela('ledger', 'status')).stdout).toMatch(/^Nothing was signed yet; 3 leaves without/)
  expect(await tutela('ledger', 'proof', 'thing:0', '1')).toMatchObject({ code: 75 })
  await ground.number()
  expect(await tutela('ledger', 'status')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^3 leaves signed for at 2026-05-01T10:00:00.000Z; 0 without/),
  })
  const key = (await tutela('ledger', 'key')).stdout.trim()
  const whole = await tutela('ledger', 'verify', '--json')
  expect(jsonLines(whole.stdout)).toMatchObject([{ kind: 'verified', size: 3, faultCount: 0, key }])
  const folder = join(await temporaryFolder(), 'export')
  expect(await tutela('ledger', 'export', folder)).toMatchObject({ code: 0 })
  const proof = join(dirname(folder), 'proof')
  expect(await tutela('ledger', 'proof', 'thing:0', '2', '--out', proof)).toMatchObject({ code: 0 })
  await ground.database.close() // from here on there is none
  vi.stubEnv('DATABASE_URL', 'postgres://nobody@127.0.0.1:1/none')
  const verified = await called('ledger', 'verify', folder, '--key', key)
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('all as it was signed')])
  expect(verified.stdout).toContain('A deleted tail would show up to leaf 2, by the checkpoint file')
  expect(verified.stdout).toContain('No witness and no time stamp speaks of the leaves from 0 on')
  expect(await called('ledger', 'proof', '--check', proof, '--key', key)).toMatchObject({ code: 0 })
  const events = join(folder, 'events.jsonl')
  await writeFile(events, (await readFile(events, 'utf8')).replace('"place":1', '"place":7'))
  const wrong = await called('ledger', 'verify', folder, '--key', key)
  expect([wrong.code, wrong.stdout.split('\n')[0]]).toEqual([1, expect.stringMatching(/^WRONG leaf 1 \(/)])
})

test('a ledger behind its file is said, with the leaves that are missing', async () => {
  const ground = await ledgerGround()
  for (const count of [2, 2]) {
    await ground.write(count)
    await ground.number()
  }
  await ground.database.query('UPDATE leaf SET number = NULL WHERE number >= 2')
  await ground.database.query('DELETE FROM checkpoint WHERE size = 4')
  await ground.database.query('UPDATE tile SET hashes = substr(hashes, 1, 64)')
  const tutela = tutelaOn(ground)
  for (const command of ['status', 'verify']) {
    const { code, stdout } = await tutela('ledger', command)
    expect([code, stdout]).toEqual([1, expect.stringContaining('leaves 2 to 3 are missing')])
  }
})

test('the routes give the public layout, to those who may read it', async () => {
  const ground = await ledgerGround()
  await ground.write(300)
  await ground.number()
  await ground.write(1)
  const app = openServer({
    index: new LinearIndex([], []),
    clients: clientsOf({ name: 'watcher', scopes: ['admin'] }, { name: 'upload', scopes: ['match'] }),
    database: ground.database,
    ledgerKey: async () => KEY,
  })
  const ask = (path: string, who = 'watcher') =>
    app.inject({ url: `/v1/ledger/${path}`, headers: who === '' ? {} : bearer(who) })
  try {
    expect((await ask('checkpoint')).body).toMatch(/^example\.com\/ledger\n300\n/)
    expect((await ask('key')).body).toBe(`${KEY.verifier.text}\n`)
    const sizes = ['0/000', '0/001.p/44', '1/000.p/1', 'entries/000', 'entries/001.p/3'].map(
      async (path) => (await ask(`tile/${path}`)).rawPayload.length,
    )
    expect(await Promise.all(sizes)).toEqual([8192, 44 * 32, 32, 256 * 34, 3 * 34])
    for (const path of ['0/001', '0/001.p/45', '2/000', 'entries/001.p/45', '0/x000/000'])
      expect([path, parseTilePath(path) === undefined, (await ask(`tile/${path}`)).statusCode]).toEqual([
        path,
        path.startsWith('0/x'),
        404,
      ])
    expect((await ask('proof/thing:0/1')).body).toMatch(/^c2sp\.org\/tlog-proof@v1\nextra \S+\nindex 0\n/)
    expect((await ask('proof/thing:0/4')).json()).toMatchObject({ type: 'urn:tutela:fault:ledger.pending' })
    expect((await ask('proof/thing:0/9')).statusCode).toBe(404)
    expect([
      (await ask('checkpoint', 'upload')).statusCode,
      (await ask('checkpoint', '')).statusCode,
    ]).toEqual([403, 401])
  } finally {
    await app.close()
  }
})
