/** The walk of docs/guides/evidence.md, command by command as it is printed there, by the people that it names. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { KeyedDigests } from '#ground/digest-key'
import { asFile } from '#scenes/edit'
import { scene } from '#scenes/scene'
import { Database } from '#store/database'
import { beginSession, SESSION_LIMITS } from '#store/sessions'
import type { Role } from '#terms/people'
import { lapseDue } from '#workflow/evidence/retain'
import { ledgerDesk } from '#workflow/ledger/at-hand'
import { sequence } from '#workflow/ledger/sequence'
import { called, type Ended } from '../support/command.ts'
import { addressOf, sharedDatabase } from '../support/database.ts'
import { someone } from '../support/people.ts'

const GUIDE = 'docs/guides/evidence.md'
const folder = mkdtempSync(join(tmpdir(), 'tutela-walk-'))
const data = join(folder, 'data')
const printed: Record<string, string> = {}
let database: Database
let drop: () => Promise<void>
let number: () => Promise<void>

beforeAll(async () => {
  const { config, drop: dropped } = await sharedDatabase()
  drop = dropped
  database = new Database(config, {
    connectionsMax: 4,
    digests: new KeyedDigests(join(data, 'keys', 'people')),
  })
  vi.stubEnv('DATABASE_URL', addressOf(config))
  vi.stubEnv('TUTELA_DATA', data)
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined } as never
  const notary = await ledgerDesk({ database, config }, data, {}, log).open(true)
  printed['LOGKEY'] = notary.key.verifier.text
  number = async () => {
    for (;;) {
      const batch = await sequence(database, notary.key, new Date())
      if (!batch) return
      await notary.file.append({ at: batch.checkpoint.at, note: batch.checkpoint.note })
    }
  }
}, 30_000)

afterAll(async () => {
  vi.unstubAllEnvs()
  await database.close()
  await drop()
  rmSync(folder, { recursive: true })
})

/** The commands of the guide with who gives each, and what it says of what comes. */
function* steps(): Generator<{ role: Role; line: string; note: string }> {
  for (const [, block = ''] of readFileSync(GUIDE, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)) {
    let role: Role = 'officer'
    for (const line of block.trim().split('\n')) {
      if (line.startsWith('# ')) role = line.slice(2) as Role
      else {
        const [command = '', note = ''] = line.split(/ {2,}# /)
        yield { role, line: command, note }
      }
    }
  }
}

/** A command line in words: what earlier ones printed stands in the place of its name, and files lie in the test's folder. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  return words.slice(1).map((word) => {
    if (/^(picture\.png|handover\.age|sealed\.tlog-proof|audit|record)$/.test(word)) return join(folder, word)
    return word.replace(/\b[A-Z]{3,}\b/, (name) => printed[name] ?? name)
  })
}

async function terminalOf(role: Role): Promise<string> {
  const { id } = await someone(database, [role], { cases: ['K-1'] })
  const given = { person: id, how: 'password', limits: SESSION_LIMITS } as const
  const { token } = await database.transaction((tx) => beginSession(tx, given, new Date()))
  const file = join(folder, `${role}.session`)
  writeFileSync(file, `${token}\n`, { mode: 0o600 })
  return file
}

test('the guide can be walked as it is printed, from a seal to the proofs', async () => {
  const { bytes } = await asFile(scene(1, 640, 480))
  writeFileSync(join(folder, 'picture.png'), bytes)
  const identity = await generateIdentity()
  printed['KEY'] = await identityToRecipient(identity)
  const terminals = new Map<Role, string>()
  let refusals = 0
  for (const { role, line, note } of steps()) {
    const session = terminals.get(role) ?? (await terminalOf(role))
    terminals.set(role, session)
    vi.stubEnv('TUTELA_SESSION', session)
    if (line.startsWith('tutela ledger')) await number()
    const ended: Ended = await called(...wordsOf(line))
    if (note.startsWith('refused')) {
      refusals++
      expect([line, ended.code, ended.stderr]).toEqual([line, 78, expect.stringContaining('people.refused')])
    } else expect([line, ended.code, ended.stderr]).toEqual([line, 0, ended.stderr])
    const name = /prints ([A-Z]+)/.exec(note)?.[1]
    if (name) printed[name] = /\b[a-z]-[0-9a-z]{16}\b/.exec(ended.stdout)?.[0] ?? ''
    if (line.startsWith('tutela retention decide')) await lapseDue(database, new Date())
  }
  expect(refusals).toBe(4)
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const archive = Buffer.from(await decrypter.decrypt(readFileSync(join(folder, 'handover.age'))))
  expect(archive.includes(bytes)).toBe(true)
  expect(readFileSync(join(folder, 'record.pdf')).subarray(0, 5).toString()).toBe('%PDF-')
}, 60_000)
