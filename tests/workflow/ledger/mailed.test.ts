/** Mailed: checkpoints sent to people outside by a command or through a folder, and what a saved message shows later. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '#ground/config'
import { ask } from '#ground/wire/ask'
import { signingKey } from '#ledger/key'
import { openLogKey } from '#notary/log-key'
import { type MailPlace, type MailWay, noteIn } from '#notary/mail'
import { allAnchors, anchorTries, lastCheckpoint } from '#store/anchors'
import { anchorOnce } from '#workflow/ledger/anchoring'
import { outsideOf } from '#workflow/ledger/at-hand'
import { exportLedger } from '#workflow/ledger/export'
import { withKept } from '#workflow/ledger/kept'
import { withStoredLedger } from '#workflow/ledger/stored'
import { verifyExport } from '#workflow/ledger/verify/exported'
import { verifyLedger } from '#workflow/ledger/verify/verify'
import { temporaryFolder } from '../../support/folder.ts'
import { ledgerGround, ORIGIN } from './ground.ts'

/** Stands for sendmail: writes down what it is given, as it is given. */
const SENDMAIL = 'process.stdin.pipe(require("node:fs").createWriteStream(process.argv[1]))'

async function mailGround(way: (folder: string) => MailWay) {
  let at = Date.parse('2026-05-01T10:00:00Z')
  const ground = await ledgerGround(() => new Date(at))
  const { verifier: log } = await openLogKey({ folder: ground.folder, origin: ORIGIN, mayMake: true })
  const folder = await temporaryFolder()
  const terms = { name: 'auditor', to: ['a@audit.example', 'b@audit.example'], from: 'ledger@here.example' }
  const mail: MailPlace = { ...terms, everySeconds: 86_400, by: way(folder) }
  const outside = { witnesses: [], timestamps: [], mails: [mail], everySeconds: 60, ask }
  const grow = async (count: number): Promise<void> => {
    await ground.write(count)
    await ground.number()
  }
  const anchor = (isAsked = false) => anchorOnce(ground, outside, log, isAsked)
  const verify = (...kept: string[]) =>
    withStoredLedger(ground.database, join(ground.folder, 'checkpoints'), async (copy) =>
      verifyLedger(await withKept(copy, kept, log), { log, witnesses: [] }),
    )
  const later = (hours: number): void => {
    at += hours * 3_600_000
  }
  return { ...ground, log, mails: folder, grow, anchor, verify, later }
}

const byFolder = (folder: string): MailWay => ({ kind: 'folder', folder })
const byCommand = (folder: string): MailWay => ({
  kind: 'command',
  command: [process.execPath, '-e', SENDMAIL, join(folder, 'sent.eml')],
})

describe('a checkpoint is mailed', () => {
  test('by the command that is set, in a message that any mail program takes, and is recorded by its number', async () => {
    const ground = await mailGround(byCommand)
    await ground.grow(7)
    expect(await ground.anchor()).toBe(1)
    const sent = await readFile(join(ground.mails, 'sent.eml'), 'utf8')
    expect(sent).toMatch(
      /^From: ledger@here\.example\nTo: a@audit\.example, b@audit\.example\nSubject: Checkpoint of /,
    )
    expect(sent).toMatch(/^[\n\x20-\x7e]*$/) // ASCII alone
    expect(Math.max(...sent.split('\n').map((line) => line.length))).toBeLessThan(79)
    expect(noteIn(sent)).toBe((await lastCheckpoint(ground.database))?.note)
    const [id] = /<[0-9a-f-]{36}@here\.example>/.exec(sent) ?? []
    const anchor = await ground.database.transaction(
      async (tx) => (await allAnchors(tx).next()).value ?? undefined,
    )
    expect(anchor).toMatchObject({ kind: 'mail', place: 'auditor', size: 7 })
    const record = Buffer.from(anchor?.proof ?? []).toString()
    expect(record).toContain(`Message-ID: ${id}\nDate: Fri, 01 May 2026 10:00:00 +0000\n`)
    expect(record).not.toContain('audit.example') // the record names no address
  })

  test('once a day, or when somebody asks, and never the same twice', async () => {
    const ground = await mailGround(byFolder)
    await ground.grow(3)
    const taken = [await ground.anchor(), await ground.anchor(true)]
    await ground.grow(3)
    taken.push(await ground.anchor(), await ground.anchor(true))
    await ground.grow(3)
    ground.later(23)
    taken.push(await ground.anchor())
    ground.later(1)
    taken.push(await ground.anchor())
    expect(taken).toEqual([1, 0, 0, 1, 0, 1])
    expect((await readdir(ground.mails)).map((name) => name.split('-')[0])).toEqual(['3', '6', '9'])
  })

  test.each([
    ['process.exit(3)', 'failed (3)'],
    ['', 'cannot be started (ENOENT)'],
  ])('and a command that fails is said, and asked again: %s', async (program, because) => {
    const command = program === '' ? ['/nowhere/sendmail'] : [process.execPath, '-e', program]
    const ground = await mailGround(() => ({ kind: 'command', command }))
    await ground.grow(3)
    expect(await ground.anchor()).toBe(0)
    expect(await anchorTries(ground.database)).toMatchObject([
      { kind: 'mail', place: 'auditor', size: 0, failedBecause: expect.stringContaining(because) },
    ])
  })
})

describe('a message that was saved', () => {
  test('shows a deleted tail, with nothing else that would, and another key’s is not taken', async () => {
    const ground = await mailGround(byFolder)
    await ground.grow(4)
    await ground.anchor()
    const [name = ''] = await readdir(ground.mails)
    const saved = join(ground.mails, name)
    const whole = await ground.verify(saved)
    expect([whole.faults, whole.anchored]).toMatchObject([
      [],
      [
        { kind: 'file', size: 4 },
        { kind: 'kept', place: saved, size: 4 },
        { kind: 'mail', place: 'auditor', but: expect.stringContaining('--anchor') },
      ],
    ])
    const folder = join(await temporaryFolder(), 'export')
    await withStoredLedger(ground.database, join(ground.folder, 'checkpoints'), (copy, tx) =>
      exportLedger(tx, copy, folder, { log: ground.log, witnesses: [] }),
    )
    expect((await verifyExport(folder, { log: ground.log, witnesses: [] }, [saved])).faults).toEqual([])
    // Whoever has key and database takes the last leaf out, and signs what is left anew.
    await ground.database.query('DELETE FROM anchor; DELETE FROM checkpoint; DELETE FROM tile')
    await ground.database.query(
      'UPDATE leaf SET number = NULL; DELETE FROM leaf WHERE id > 3; DELETE FROM event WHERE id > 3',
    )
    await writeFile(join(ground.folder, 'checkpoints'), '')
    await ground.number()
    expect((await ground.verify()).faults).toEqual([])
    expect((await ground.verify(saved)).faults).toEqual([
      { place: saved, says: 'is for 4 leaves, and there are 3: the tail is missing' },
    ])
    const other = signingKey('else.example', Buffer.alloc(32, 3)).verifier
    const { faults } = await withStoredLedger(
      ground.database,
      join(ground.folder, 'checkpoints'),
      async (copy) => verifyLedger(await withKept(copy, [saved], other), { log: ground.log, witnesses: [] }),
    )
    expect(faults).toMatchObject([{ place: saved, says: 'no known key signed it' }])
  })

  test('is read as mail programs keep it: quoted, with other line ends, in base64; and a note as it is', async () => {
    const ground = await mailGround(byFolder)
    await ground.grow(300)
    await ground.anchor()
    const [name = ''] = await readdir(ground.mails)
    const saved = await readFile(join(ground.mails, name), 'utf8')
    const note = (await lastCheckpoint(ground.database))?.note ?? ''
    const base64 = Buffer.from(saved).toString('base64').replace(/.{76}/g, '$&\r\n')
    const forms = [
      saved,
      saved.replace(/^/gm, '> '),
      saved.replaceAll('\r\n', '\n'),
      note,
      `Subject: x\r\n\r\n${base64}`,
    ]
    expect(forms.map(noteIn)).toEqual(forms.map(() => note))
    expect(noteIn('no checkpoint in it')).toBeUndefined()
  })
})

test('the configuration takes a command or a folder, and addresses that break no header', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'tutela.yaml')
  const read = async (lines: string) => {
    await writeFile(file, `ledger:\n  mail:\n    - name: auditor\n      from: a@here.example\n${lines}`)
    return readConfig({ TUTELA_CONFIG: file })
  }
  const to = '      to: [b@there.example]\n'
  const { ledger } = await read(`${to}      command: [sendmail, -t, -i]\n`)
  expect((await outsideOf(ledger ?? {})).mails).toEqual([
    {
      ...{ name: 'auditor', from: 'a@here.example', to: ['b@there.example'], everySeconds: 86_400 },
      by: { kind: 'command', command: ['sendmail', '-t', '-i'] },
    },
  ])
  expect((await outsideOf((await read(`${to}      folder: out\n`)).ledger ?? {})).mails).toMatchObject([
    { by: { kind: 'folder', folder: join(folder, 'out') } },
  ])
  for (const wrong of [
    to,
    `${to}      folder: out\n      command: [x]\n`,
    '      to: []\n      folder: out\n',
    '      to: ["b@there.example\\nBcc: c@there.example"]\n      folder: out\n',
  ])
    await expect(read(wrong)).rejects.toMatchObject({ code: 'config.invalid' })
})
