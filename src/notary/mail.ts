/** Mail: a checkpoint sent to people outside, in a message that shows it years later, whatever became of the program. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWholeFile } from '#ground/whole-file'
import { Fault } from '#terms/fault'

/** People outside who are sent checkpoints. */
export interface MailPlace {
  /** By which the record names them: no address. */
  readonly name: string
  readonly to: readonly string[]
  readonly from: string
  /** Between two messages at least. */
  readonly everySeconds: number
  readonly by: MailWay
}

/** How a message goes out. */
export type MailWay =
  /** A program and its arguments, no shell, which takes the message on standard input, as `sendmail -t -i` does. */
  | { readonly kind: 'command'; readonly command: readonly string[] }
  /** A folder that something else sends from. */
  | { readonly kind: 'folder'; readonly folder: string }

/** What is sent. */
export interface MailedCheckpoint {
  readonly origin: string
  readonly size: number
  /** Signed by the log. */
  readonly note: string
  readonly at: Date
}

const BEGIN = '-----BEGIN TUTELA CHECKPOINT-----'
const END = '-----END TUTELA CHECKPOINT-----'
const LINE_CHARACTERS = 64
const COMMAND_MILLISECONDS_MAX = 30_000
/** More than a message with a checkpoint has, however it was wrapped on its way. */
const BLOCK = new RegExp(`${BEGIN}([\\sA-Za-z0-9_>-]{1,100000}?)${END}`)

/**
 * Sends a checkpoint.
 *
 * @returns what is kept of it: the message's number and date, and the checkpoint; no address
 * @throws Fault `wire.unreachable` where the command fails; `output.failed`
 */
export async function mailed(place: MailPlace, given: MailedCheckpoint): Promise<Buffer> {
  const id = `<${randomUUID()}@${place.from.slice(place.from.indexOf('@') + 1)}>`
  const head = [`Message-ID: ${id}`, `Date: ${given.at.toUTCString().replace('GMT', '+0000')}`]
  const message = `${[...addressed(place, given), ...head].join('\n')}\n\n${bodyOf(given)}`
  switch (place.by.kind) {
    case 'command':
      await send(place.by.command, message)
      break
    case 'folder':
      await drop(place.by.folder, `${given.size}-${id.slice(1, 37)}.eml`, message)
  }
  return Buffer.from(`${head.join('\n')}\n\n${blockOf(given.note)}`)
}

/**
 * The signed checkpoint in a message that was received, as a mail program saved it, or in a file that is one.
 *
 * @returns undefined where there is none; it is not checked here
 */
export function noteIn(untrusted: string): string | undefined {
  const block = BLOCK.exec(untrusted) ?? BLOCK.exec(unwrapped(untrusted))
  if (block?.[1] !== undefined)
    return Buffer.from(block[1].replace(/[^A-Za-z0-9_-]/g, ''), 'base64url').toString('utf8')
  return /^[^\n]+\n\d{1,16}\n[A-Za-z0-9+/]+=*\n/.test(untrusted) ? untrusted : undefined
}

/** Parts that were put into base64 on their way, in the clear. */
function unwrapped(untrusted: string): string {
  const runs = untrusted.match(/(?:^[A-Za-z0-9+/]{20,}={0,2}\r?\n)+[A-Za-z0-9+/]*={0,2}/gm) ?? []
  return runs.map((run) => Buffer.from(run, 'base64').toString('latin1')).join('\n')
}

/** Only ASCII, in short lines: nothing on the way has a reason to change it. */
function addressed({ from, to }: MailPlace, { origin, size }: MailedCheckpoint): string[] {
  return [
    `From: ${from}`,
    `To: ${to.join(', ')}`,
    `Subject: Checkpoint of ${ascii(origin)}: ${size} leaves`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    'Content-Transfer-Encoding: 7bit',
    'Auto-Submitted: auto-generated',
  ]
}

function bodyOf({ origin, size, note }: MailedCheckpoint): string {
  return `This is a signed checkpoint of the ledger ${ascii(origin)}, over ${size} leaves.
Please keep this message where whoever runs that ledger cannot change it.
If records are ever taken out of it, this shows that they were there:

  tutela ledger verify --anchor THIS-MESSAGE.eml

It names nobody, and says nothing of what is recorded.

${blockOf(note)}`
}

function blockOf(note: string): string {
  const lines =
    Buffer.from(note)
      .toString('base64url')
      .match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? []
  return `${[BEGIN, ...lines, END].join('\n')}\n`
}

function ascii(words: string): string {
  return words.replace(/[^\x21-\x7e]/g, '?')
}

/** What the command says is not repeated: it may name addresses. */
function send([program = '', ...args]: readonly string[], message: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (because: string): void =>
      reject(new Fault('wire.unreachable', `the command of ledger.mail, ${program}, ${because}`))
    const limits = { timeout: COMMAND_MILLISECONDS_MAX, killSignal: 'SIGKILL' } as const
    const child = spawn(program, args, { ...limits, stdio: ['pipe', 'ignore', 'ignore'], shell: false })
    child.once('error', (error: NodeJS.ErrnoException) => failed(`cannot be started (${error.code})`))
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else failed(signal === null ? `failed (${code})` : `took too long, or was ended (${signal})`)
    })
    child.stdin.once('error', () => undefined) // a command that does not read says so by its code
    child.stdin.end(message)
  })
}

async function drop(folder: string, name: string, message: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('output.failed', `${folder} cannot be made (${cause.code})`, { cause })
  })
  const text = message.replaceAll('\n', '\r\n')
  await writeWholeFile(join(folder, name), { mode: 0o600 }, (sink) => sink.write(Buffer.from(text)))
}
