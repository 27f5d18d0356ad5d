/** Run: one of PostgreSQL's programs, run to its end under the server's account. */
import { spawn } from 'node:child_process'
import { Fault } from '#terms/fault'
import type { Account } from './account.ts'

/** What PostgreSQL's programs see of the environment: nothing of this one. */
export const SERVER_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } as const

const SAID_CHARACTERS_MAX = 20_000

/** How a program is started under an account; root alone may name another. */
export function asAccount(account: Account): { uid?: number; gid?: number; cwd: string } {
  return { cwd: '/', ...(account.isAnother && { uid: account.uid, gid: account.gid }) }
}

/**
 * Runs a program with an input.
 *
 * @throws Fault `store.full`, `store.damaged` or `store.unavailable` with what it said last, when it fails
 */
export async function run(
  program: string,
  args: readonly string[],
  account: Account,
  input = '',
): Promise<void> {
  const child = spawn(program, args, {
    ...asAccount(account),
    env: SERVER_ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-SAID_CHARACTERS_MAX)
  })
  child.stdin.on('error', () => {}) // it ended before it read all; how, is told below
  child.stdin.end(input)
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.on('error', (cause) => reject(notStarted(program, account, cause)))
    child.on('close', (exit, signal) => resolve(exit ?? signal))
  })
  if (code !== 0) throw complaint(said, `${program} ended with ${code}`)
}

/** The fault for a program that could not be started at all. */
export function notStarted(program: string, account: Account, cause: Error): Fault {
  const code = 'code' in cause ? String(cause.code) : cause.message
  const mend = account.isAnother
    ? `as ${account.name} (root may not run it: give this process the right to change users, or start it as one)`
    : 'by this user'
  return new Fault('store.unavailable', `${program} cannot be started ${mend}: ${code}`, { cause })
}

/** The fault that PostgreSQL's last words tell of. */
export function complaint(said: string, otherwise: string): Fault {
  const lines = said
    .split('\n')
    .map((line) => line.replace(/^.*?\b(FATAL|PANIC|ERROR|error):\s*/, '$1: ').trim())
  const told = lines.filter((line) => /^(FATAL|PANIC|ERROR|error): /.test(line)).at(-1)
  const why = told ?? lines.filter((line) => line !== '').at(-1) ?? otherwise
  if (/No space left on device|Disk quota exceeded|wrote only \d+ of \d+ bytes/i.test(said))
    return new Fault('store.full', `the database cannot write: ${why}`)
  if (/could not look up effective user/.test(said)) {
    return new Fault(
      'store.unavailable',
      `user number ${process.getuid?.()} has no line in /etc/passwd, which PostgreSQL needs: add one, or run this as a ` +
        'user that has',
    )
  }
  if (
    /checkpoint record|control file|pg_control|invalid page|checksum|is not a valid data directory/i.test(
      said,
    )
  )
    return new Fault('store.damaged', `the database does not start: ${why}`)
  return new Fault('store.unavailable', `the database does not start: ${why}`)
}
