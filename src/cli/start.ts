/** Start: the command that brings the whole service up, and takes it down gently. */
import { basename, relative } from 'node:path'
import { Command } from 'commander'
import { readConfig } from '#ground/config'
import { Fault } from '#terms/fault'
import type { Platform } from '../platform.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { interruption } from './interruption.ts'
import type { Ending } from './main.ts'
import { jsonOption, wholeNumber } from './options.ts'
import { say, write, writeJson } from './output.ts'

interface StartFlags {
  readonly json?: boolean
  readonly host?: string
  readonly port?: number
}

const HOST = '127.0.0.1'
const PORT = 8787

/** `tutela start` */
export function startCommand(ending: Ending): Command {
  return new Command('start')
    .description('Start the service, with a PostgreSQL of its own unless DATABASE_URL names another.')
    .option('--host <address>', `address to listen at (default: TUTELA_HOST, else ${HOST})`)
    .option('--port <n>', `port; 0 for any (default: TUTELA_PORT, else ${PORT})`, wholeNumber(0, 65_535))
    .addOption(jsonOption())
    .action(async (flags: StartFlags) => {
      ending.code = await start(flags)
    })
}

async function start(flags: StartFlags): Promise<ExitCode> {
  const config = await readConfig(process.env)
  // Heavy: other commands need not wait for it.
  const [{ openLog }, { openPlatform }] = await Promise.all([import('#ground/log'), import('../platform.ts')])
  const log = openLog({ level: config.log?.level ?? 'info' })
  const stop = interruption('Finishing the requests in hand; press Ctrl-C again to stop at once.')
  try {
    const platform = await openPlatform(config, log)
    try {
      const url = await listening(platform, {
        host: flags.host ?? config.host ?? HOST,
        port: flags.port ?? config.port ?? PORT,
      })
      await announce(platform, url, flags.json === true)
      await untilStopped(stop.signal)
    } finally {
      const cutOff = await platform.close()
      if (cutOff > 0) say(`${cutOff} requests were cut off.`)
    }
    return EXIT.nothingFound // being asked to stop is how a service ends well
  } finally {
    stop.release()
  }
}

/** Why a port cannot be taken, by the code of the system. */
const REFUSALS: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'another program listens there already: a service that runs, or take another --port (TUTELA_PORT)',
  EACCES: 'this user may not: take a --port from 1024 on',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'there is no machine of that name',
}

/** @throws Fault `config.invalid` where the address cannot be had */
async function listening({ server }: Platform, at: { host: string; port: number }): Promise<string> {
  try {
    return await server.listen(at)
  } catch (cause) {
    const because = REFUSALS[(cause as NodeJS.ErrnoException).code ?? '']
    if (because === undefined) throw cause
    throw new Fault('config.invalid', `cannot listen at ${at.host}, port ${at.port}: ${because}`, { cause })
  }
}

/** Says where it listens and how to get the first key. */
async function announce({ store, people }: Platform, url: string, json: boolean): Promise<void> {
  const { rows } = await store.database.query<{ has: boolean }>(
    'SELECT EXISTS (SELECT FROM client WHERE revoked_at IS NULL) AS has',
  )
  const hasKey = rows[0]?.has === true
  const { inviteFirst } = await import('#workflow/people/invite')
  const first = await inviteFirst(people, { actor: 'tutela', at: people.now() })
  const setup = first && `${people.origin ?? url}/setup#${first.token}`
  if (json) return writeJson({ kind: 'listening', url, store: store.where, hasKey, ...(setup && { setup }) })
  const where = store.kind === 'embedded' ? `data in ${store.where}` : `database ${store.where}`
  await write(`Tutela listens at ${url} (${where}).\n`)
  await write(`Reference: ${url}/docs\n`)
  if (!hasKey) await write(`First key: ${invocation()} key create --name upload --scope match,detail\n`)
  if (setup) await write(`First administrator, once, until ${first.until}: ${setup}\n`)
  await write('Ctrl-C stops it.\n')
}

/** How this program was called, so that what is printed can be pasted. */
function invocation(): string {
  const program = process.argv[1] ?? ''
  return basename(program) === 'tutela' ? 'tutela' : `node ${relative('.', program)}`
}

function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
