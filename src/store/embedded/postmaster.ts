/** Postmaster: the server's first process: whether it runs, how it is started, and how it is stopped. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFile, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Fault } from '#terms/fault'
import type { Account } from './account.ts'
import { lastWords } from './log.ts'
import type { Place } from './place.ts'
import type { Programs } from './programs.ts'
import { asAccount, complaint, notStarted, SERVER_ENVIRONMENT } from './run.ts'
import { serverSettings } from './settings.ts'

/** What the server's lock file says. */
interface LockFile {
  readonly pid: number
  /** As `ready`, `starting`, `stopping`; empty when it is not said yet. */
  readonly status: string
}

const POLL_MILLISECONDS = 20
const STOP_MILLISECONDS_MAX = 600_000
const SAID_CHARACTERS_MAX = 20_000

/** The server that runs on a cluster now. @returns undefined when none does, whatever a stale lock file says */
export async function running(place: Place): Promise<LockFile | undefined> {
  const lock = await lockFile(place)
  return lock && (await isServing(lock.pid, place)) ? lock : undefined
}

/** A start under way. */
export interface Start {
  /** Undefined while it runs; once it has ended, why, or `taken` where another server has the cluster. */
  ended(): Fault | 'taken' | undefined
  /** The server is left to itself. */
  release(): void
}

/**
 * Starts the server on a cluster and does not wait for it; it outlives this process.
 *
 * A lock file whose process number was given to something else is stale, and PostgreSQL would believe it. It is told
 * that the number is its own grandparent's, as its `pg_ctl` does: so it looks further by itself, also for old memory in use.
 */
export async function start(
  place: Place,
  programs: Programs,
  account: Account,
  more: Readonly<Record<string, string>> = {},
): Promise<Start> {
  const stale = await lockFile(place)
  if (stale && (await isServing(stale.pid, place))) return { ended: () => 'taken', release: () => {} }
  const settings = Object.entries({ ...(await serverSettings(place)), ...more })
  const args = ['-D', place.cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const child = spawn(programs.postgres, args, {
    ...asAccount(account),
    env: { ...SERVER_ENVIRONMENT, ...(stale && { PG_GRANDPARENT_PID: String(stale.pid) }) },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  return watched(child, place, programs, account)
}

function watched(child: ChildProcess, place: Place, programs: Programs, account: Account): Start {
  let said = ''
  let ended: Fault | 'taken' | undefined
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-SAID_CHARACTERS_MAX)
  })
  child.on('error', (cause) => {
    ended = notStarted(programs.postgres, account, cause)
  })
  child.on('close', async (code, signal) => {
    const isTaken = /lock file "[^"]+" already exists|shared memory block .* is still in use/.test(said)
    const words = /FATAL|PANIC/.test(said) ? said : await lastWords(place.log)
    ended ??= isTaken ? 'taken' : complaint(words, `postgres ended with ${code ?? signal}`)
  })
  return {
    ended: () => ended,
    release: () => {
      child.stderr?.destroy()
      child.unref()
    },
  }
}

/**
 * Stops the server of a cluster and waits until it has ended; connections that are open are cut, what they committed is kept.
 *
 * @throws Fault `store.unavailable` when it does not end
 */
export async function stop(place: Place): Promise<void> {
  const lock = await running(place)
  if (!lock) return
  const deadline = Date.now() + STOP_MILLISECONDS_MAX
  signal(lock.pid)
  while (await isServing(lock.pid, place)) {
    if (Date.now() > deadline)
      throw new Fault(
        'store.unavailable',
        `the database of ${place.folder} does not stop (process ${lock.pid})`,
      )
    await wait(POLL_MILLISECONDS)
  }
}

/** SIGINT is PostgreSQL's fast shutdown. */
function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause
  }
}

/** Lines of postmaster.pid: number, data directory, start, port, socket folder, address, shared memory, status. */
async function lockFile(place: Place): Promise<LockFile | undefined> {
  const text = await readFile(join(place.cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, status: (lines[7] ?? '').trim() } : undefined
}

/** True when the process of that number runs, and works in this cluster: the number may be another's by now. */
async function isServing(pid: number, place: Place): Promise<boolean> {
  if (process.platform !== 'linux') return isPostgres(pid)
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const state = status.slice(status.lastIndexOf(')') + 2, status.lastIndexOf(')') + 3) // proc(5): after the name
  if (status === '' || state === 'Z' || state === 'X') return false
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  return folder !== undefined && folder === (await realpath(place.cluster).catch(() => undefined))
}

async function isPostgres(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,command=', '-p', String(pid)]).catch(
    () => ({
      stdout: '',
    }),
  )
  return /postgres/.test(stdout) && !stdout.startsWith('Z')
}
