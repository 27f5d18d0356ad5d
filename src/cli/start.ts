/** Start: the command that brings the whole service up, and takes it down gently. */
import { basename, relative } from 'node:path'
import { Command } from 'commander'
import { readConfig } from '#ground/config'
import type { Platform } from '../platform.ts'
import type { ExitCode } from './exit.ts'
import type { Ending } from './main.ts'
import { jsonOption, wholeNumber } from './options.ts'
import { write, writeJson } from './output.ts'
import { serve } from './serve.ts'

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
  const at = { host: flags.host ?? config.host ?? HOST, port: flags.port ?? config.port ?? PORT }
  return serve(config, at, (platform, url) => announce(platform, url, flags.json === true))
}

/** Says where it listens and how to get the first key. */
async function announce(
  { store, people, isDemonstration }: Platform,
  url: string,
  json: boolean,
): Promise<void> {
  const { rows } = await store.database.query<{ has: boolean }>(
    'SELECT EXISTS (SELECT FROM client WHERE revoked_at IS NULL) AS has',
  )
  const hasKey = rows[0]?.has === true
  const { inviteFirst } = await import('#workflow/people/invite')
  const first = await inviteFirst(people, { actor: 'tutela', at: people.now() })
  const setup = first && `${people.origin ?? url}/setup#${first.token}`
  if (json) return writeJson({ kind: 'listening', url, store: store.where, hasKey, ...(setup && { setup }) })
  if (isDemonstration) await write('This is a demonstration: everything in it is generated.\n')
  const where = store.kind === 'embedded' ? `data in ${store.where}` : `database ${store.where}`
  await write(`Tutela listens at ${url} (${where}).\n`)
  await write(`Reference: ${url}/docs\n`)
  if (!hasKey) await write(`First key: ${invocation()} key create --name upload --scope match,detail\n`)
  if (setup) await write(`First administrator, once, until ${first.until}: ${setup}\n`)
  if (setup) await write(`To look around first: ${invocation()} demo desk\n`)
  await write('Ctrl-C stops it.\n')
}

/** How this program was called, so that what is printed can be pasted. */
function invocation(): string {
  const program = process.argv[1] ?? ''
  return basename(program) === 'tutela' ? 'tutela' : `node ${relative('.', program)}`
}
