/** Init: the command that makes the data directory, or the tables in a database of the operator's own. */
import { Command } from 'commander'
import { databaseUrl, readConfig } from '#ground/config'
import { EXIT } from './exit.ts'
import type { Ending } from './main.ts'
import { jsonOption } from './options.ts'
import { write, writeJson } from './output.ts'
import { plain } from './plain.ts'

/** `tutela init` */
export function initCommand(ending: Ending): Command {
  return new Command('init')
    .description(
      'Make the data directory, or the tables in the database that DATABASE_URL names; or update them.',
    )
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const config = await readConfig(process.env)
      const { openStore } = await import('#store/open') // heavy: other commands need not wait
      const store = await openStore({ data: config.data, url: await databaseUrl(config), create: true })
      const { where, kind } = store
      await store.close()
      if (json) await writeJson({ kind: 'store', store: kind, where })
      else await write(`The store is ready: ${plain(where)}\nNext: tutela start\n`)
      ending.code = EXIT.nothingFound
    })
}
