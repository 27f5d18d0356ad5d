/** Retro: the command that says whether a client is told of later matches, and shows the secret of its messages. */
import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { readConfig } from '#ground/config'
import { clientNamed } from '#store/clients'
import { dataDirectory } from '#store/embedded/place'
import { KEEP_HOURS_MAX, setLater } from '#store/later'
import { Fault } from '#terms/fault'
import { serviceSecret } from '#workflow/retro/secret'
import { clientSecret, shownSecret } from '#workflow/retro/sign'
import { parseWebhook } from '#workflow/retro/webhook'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'

interface RetroFlags {
  readonly webhook?: string
  readonly keepHours?: string
  readonly off?: boolean
  readonly json?: boolean
}

/** `tutela key retro NAME --webhook URL --keep-hours N` */
export function retroCommand(ending: Ending): Command {
  return new Command('retro')
    .description('Tell a client when what it let through would match later, or stop telling it.')
    .argument('<name>', 'the client')
    .option('--webhook <url>', 'where it takes messages: an https address')
    .option('--keep-hours <n>', `how long hashes of what passed are kept for that, 1 to ${KEEP_HOURS_MAX}`)
    .option('--off', 'tell it no more, and forget what was kept of it')
    .addOption(jsonOption())
    .action(async (name: string, flags: RetroFlags) => {
      const config = await readConfig(process.env)
      const retro = retroBy(flags, config.retro?.addresses ?? 'public')
      const secret = await withStore(async ({ database, signed }) => {
        const client = await clientNamed(database, name)
        const own = retro && clientSecret(await secretIn(dataDirectory(config.data)), client.id)
        await database.transaction((transaction) => setLater(transaction, client, retro, signed()))
        return own && shownSecret(own)
      })
      await print(name, secret, { ...flags, enabled: config.retro?.enabled === true })
      ending.code = EXIT.nothingFound
    })
}

function retroBy({ webhook, keepHours, off }: RetroFlags, addresses: 'public' | 'any') {
  if (off) {
    if (webhook !== undefined || keepHours !== undefined) throw new Fault('usage.invalid', '--off goes alone')
    return undefined
  }
  if (webhook === undefined || keepHours === undefined)
    throw new Fault('usage.invalid', 'give --webhook and --keep-hours, or --off')
  if (!/^\d{1,3}$/.test(keepHours)) throw new Fault('usage.invalid', '--keep-hours is a whole number')
  return { webhook: parseWebhook(webhook, addresses), keepHours: Number(keepHours) }
}

/** The service's own secret, made where it is not there yet; but a data directory is made by the service alone. */
async function secretIn(folder: string): Promise<Buffer> {
  if (existsSync(folder)) return serviceSecret(folder)
  throw new Fault(
    'store.missing',
    `${folder} is not there: name the data directory of the service, TUTELA_DATA`,
  )
}

async function print(
  name: string,
  secret: string | undefined,
  { json, enabled }: { readonly json?: boolean; readonly enabled: boolean },
): Promise<void> {
  if (json) return writeJson({ kind: 'retro', name, ...(secret !== undefined && { secret }) })
  if (secret === undefined) return write(`${plain(name)} is told of later matches no more.\n`)
  await write(`${secret}\n`)
  say(
    `The messages to ${plain(name)} are signed with this secret (Standard Webhooks). Give it to nobody else.`,
  )
  if (!enabled)
    say('Nothing is kept or told until retro.enabled is true in the configuration of the service.')
}
