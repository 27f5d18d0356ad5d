/** Steward's commands on keys and sources: what they say to a person, and in JSON to a program. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { startFake } from '#lists/exchanges/fake'
import { fakePartner } from '#lists/exchanges/fakes'
import { called } from '../support/command.ts'
import { addressOf, temporaryDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

async function atHand(): Promise<string> {
  const { config } = await temporaryDatabase()
  const data = await temporaryFolder()
  vi.stubEnv('DATABASE_URL', addressOf(config))
  vi.stubEnv('TUTELA_DATA', data)
  onTestFinished(() => void vi.unstubAllEnvs())
  return data
}

/** Runs a command that does well. @returns what it printed */
async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await called(...args)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}
const told = async (...args: string[]) => JSON.parse(await done(...args, '--json'))

test('a key is told with the lists that it is bound to, as they are called now, and what became of them', async () => {
  await atHand()
  await done('list', 'create', 'hotline', '--publisher', 'P')
  await done('list', 'create', 'police', '--publisher', 'P')
  await told('key', 'create', '--name', 'site', '--scope', 'match', '--lists', 'hotline,police')
  await done('list', 'rename', 'hotline', 'children')
  await done('list', 'remove', 'police', '--because', 'over')
  expect(await told('key', 'ls')).toMatchObject({
    name: 'site',
    lists: ['children', 'police'],
    listsGone: ['police'],
  })
  expect(await done('key', 'ls')).toContain('  lists    children, police (removed)\n')
  expect(await told('key', 'policy', 'site', '--lists', 'children', '--policy', 'near=block')).toMatchObject({
    kind: 'client',
    name: 'site',
    lists: ['children'],
    policy: { near: 'block', same: 'block' },
  })
  expect(await told('key', 'revoke', 'site')).toEqual({ kind: 'key-revoked', name: 'site' })
  expect((await called('key', 'policy', 'site', '--json')).code).toBe(64) // nothing was given to change
})

test('a source is looked at while it is off, and switching it on says what comes of it', async () => {
  const data = await atHand()
  const made = fakePartner('tat', { now: () => Date.now() / 1000 })
  made.rules.grow(3)
  const fake = await startFake(made.rules, 0)
  onTestFinished(() => fake.close())
  const folder = join(data, 'sources')
  await mkdir(folder)
  for (const [key, secret] of Object.entries(made.secrets)) await writeFile(join(folder, key), secret)
  const stated = {
    ...{ title: 'A fake', publisher: 'Nobody', terms: 'Made up.', uses: ['gate'], trust: 'reported' },
    api: { kind: 'tat', base: fake.base, addresses: 'any', options: made.options },
    secrets: Object.fromEntries(Object.keys(made.secrets).map((key) => [key, key])),
    schedule: '*/5 * * * *',
    assertions: { shrinkMax: 0.2, growMax: 1, staleAfterDays: 1 },
  }
  for (const name of ['one', 'two'])
    await writeFile(join(folder, `${name}.yaml`), stringify({ name, list: name, ...stated }))
  expect(await done('source', 'pull', 'one', '--dry-run')).toMatch(/would be 3 added, .* Nothing was changed/)
  expect((await called('source', 'pull', 'one')).stderr).toContain('not switched on')
  expect(await done('source', 'ls')).toMatch(/^one +off +never pulled/m)
  const seen = await done('source', 'enable', 'one')
  expect(seen).toContain('pulls it within seconds, and applies what it gets')
  expect(seen).not.toContain('--dry-run')
  const unseen = await done('source', 'enable', 'two', '--by-schedule')
  expect(unseen).toMatch(/pulls it at \d{4}-.*Z, and applies.*Nobody has looked.*source pull two --dry-run/s)
  expect(await told('source', 'enable', 'one')).toMatchObject({ kind: 'source-enabled', isSeen: true })
  expect(await done('source', 'pull', 'one')).toContain('3 added')
})
