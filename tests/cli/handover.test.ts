/** The commands by which an item is looked at and handed over, as people at a terminal do it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { KeyedDigests } from '#ground/digest-key'
import { openLogKey } from '#notary/log-key'
import { Database } from '#store/database'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { Role } from '#terms/people'
import { linesOf } from '../../src/cli/vault/screen.ts'
import { called, type Ended, jsonLines } from '../support/command.ts'
import { addressOf, sharedDatabase } from '../support/database.ts'
import { someone } from '../support/people.ts'

const folder = mkdtempSync(join(tmpdir(), 'tutela-handover-'))
let database: Database
let drop: () => Promise<void>

beforeAll(async () => {
  const { config, drop: dropped } = await sharedDatabase()
  drop = dropped
  database = new Database(config, {
    connectionsMax: 2,
    digests: new KeyedDigests(join(folder, 'data', 'keys', 'people')),
  })
  vi.stubEnv('DATABASE_URL', addressOf(config))
  vi.stubEnv('TUTELA_DATA', join(folder, 'data'))
  await openLogKey({ folder: join(folder, 'data', 'ledger'), mayMake: true }) // as a service does at its first start
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await database.close()
  await drop()
  rmSync(folder, { recursive: true })
})

/** Somebody who is signed in at a terminal, and runs commands there. */
async function terminal(role: Role): Promise<(...words: string[]) => Promise<Ended>> {
  const { id } = await someone(database, [role], { cases: ['K-1'] })
  const given = { person: id, how: 'password', limits: SESSION_LIMITS } as const
  const { token } = await database.transaction((tx) => beginSession(tx, given, new Date()))
  const file = join(folder, `${role}.session`)
  writeFileSync(file, `${token}\n`, { mode: 0o600 })
  return (...words) => {
    vi.stubEnv('TUTELA_SESSION', file)
    return called(...words)
  }
}

test('an item is sealed, looked at as a card, handed over by five steps, and opened elsewhere', async () => {
  const [officer, senior, supervisor] = [
    await terminal('officer'),
    await terminal('approving-senior-officer'),
    await terminal('supervisor'),
  ]
  const source = join(folder, 'source')
  writeFileSync(source, 'what was sealed')
  const kept = ['--purpose', 'investigate', '--profile', 'police', '--case', 'K-1', '--no-process']
  const sealed = await officer('vault', 'seal', source, ...kept)
  expect(sealed).toMatchObject({ code: 0 })
  const item = sealed.stdout.trim()
  const card = await officer('vault', 'view', item, '--purpose', 'investigate')
  expect([card.code, card.stdout]).toEqual([0, expect.stringContaining('15 bytes')])
  const shown = await officer('vault', 'view', item, '--purpose', 'investigate', '--level', 'full')
  expect(shown).toMatchObject({ code: 64, stderr: expect.stringContaining('goes into no file or pipe') })
  expect((await officer('exposure', 'me')).stdout).toContain('ok: 0 of 3600 units, 1 looks')
  const identity = await generateIdentity()
  const key = ['--kind', 'police', '--key', await identityToRecipient(identity)]
  await supervisor('vault', 'recipient', 'add', 'A unit', ...key)
  const [{ recipient } = { recipient: { id: '' } }] = jsonLines<{ recipient: { id: string } }>(
    (await officer('vault', 'recipient', 'ls', '--json')).stdout,
  )
  for (const one of [officer, senior])
    expect((await one('vault', 'recipient', 'check', recipient.id, '--how', 'by telephone')).code).toBe(0)
  const why = ['--case', 'K-1', '--purpose', 'proceedings', '--because', 'the court']
  const proposed = await officer('vault', 'export', 'propose', item, '--to', recipient.id, ...why)
  const id = /^h-\w{16}/.exec(proposed.stdout)?.[0] ?? ''
  const own = await officer('vault', 'export', 'approve', id)
  expect(own).toMatchObject({ code: 78, stdout: '' })
  expect((await senior('vault', 'export', 'approve', id)).stdout).toContain('approved')
  const out = join(folder, 'handover.age')
  const written = await officer('vault', 'export', 'write', id, '--out', out)
  expect(written).toMatchObject({ code: 0, stdout: expect.stringContaining(`file items/${item} 15 sha256:`) })
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const archive = Buffer.from(await decrypter.decrypt(readFileSync(out)))
  expect(archive.includes('what was sealed')).toBe(true)
  const receipt = await officer('vault', 'receipt', id, '--says', 'reference 4711')
  expect(receipt.stdout).toContain('received')
  expect((await officer('vault', 'export', 'write', id, '--out', `${out}2`)).code).toBe(64)
})

test('a picture is drawn as halves of characters, each of the colour of its point', () => {
  const rgb = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
  const lines = linesOf(rgb, { width: 2, height: 2, channels: 3 })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('\x1b[38;2;1;2;3m\x1b[48;2;7;8;9m▀')
  expect(linesOf(rgb, { width: 4, height: 3, channels: 1 })[1]).toContain('\x1b[48;2;0;0;0m▀')
})
