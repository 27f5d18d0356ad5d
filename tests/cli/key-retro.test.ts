/** Key retro: a client is told of later matches from a command on, and no more from another. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { clientNamed, createClient } from '#store/clients'
import { POLICY_DEFAULT } from '#terms/client'
import { serviceSecret } from '#workflow/retro/secret'
import { clientSecret, shownSecret } from '#workflow/retro/sign'
import { called } from '../support/command.ts'
import { addressOf, temporaryDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

test('a client is told, with a secret of its own, until it is not', async () => {
  const { database, config } = await temporaryDatabase()
  const data = await temporaryFolder()
  const { client } = await database.transaction((tx) =>
    createClient(
      tx,
      { name: 'site', scopes: ['match'], policy: POLICY_DEFAULT },
      { actor: 'tutela', at: new Date() },
    ),
  )
  vi.stubEnv('DATABASE_URL', addressOf(config))
  vi.stubEnv('TUTELA_DATA', data)
  onTestFinished(() => void vi.unstubAllEnvs())
  const run = (...args: string[]) => called('key', 'retro', ...args)

  const hook = 'https://site.example/hook?token=abc'
  const told = await run('site', '--webhook', hook, '--keep-hours', '48')
  expect(told.code).toBe(0)
  expect(told.stdout.trim()).toBe(shownSecret(clientSecret(await serviceSecret(data), client.id)))
  expect(told.stderr).toContain('retro.enabled')
  expect((await clientNamed(database, 'site')).retro).toEqual({ webhook: hook, keepHours: 48 })

  const refused = await run('site', '--webhook', 'http://site.example/abc', '--keep-hours', '1')
  expect(refused.code).toBe(64)
  expect(refused.stderr).not.toContain('abc')

  expect((await run('site', '--off')).code).toBe(0)
  expect(await clientNamed(database, 'site')).not.toHaveProperty('retro')
  const { rows } = await database.query<{ kind: string; body: object }>(
    `SELECT kind, body FROM event WHERE stream = 'client:${client.id}' ORDER BY version`,
  )
  expect(rows.slice(1)).toEqual([
    { kind: 'client.later', body: { name: 'site', keepHours: 48 } },
    { kind: 'client.later', body: { name: 'site', keepHours: null } },
  ])
})
