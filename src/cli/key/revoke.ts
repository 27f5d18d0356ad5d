/** Revoke: the command that ends a client: its key opens nothing any more. */
import { Command } from 'commander'
import { clientNamed, revokeClient } from '#store/clients'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'

/** `tutela key revoke NAME` */
export function revokeCommand(ending: Ending): Command {
  return new Command('revoke')
    .description('Revoke the key of a client, at once and for good.')
    .argument('<name>', 'the client')
    .addOption(jsonOption())
    .action(async (name: string, { json }: { json?: boolean }) => {
      await withStore(async ({ database, signed }) => {
        const client = await clientNamed(database, name)
        await database.transaction((transaction) => revokeClient(transaction, client, signed()))
      })
      if (json) await writeJson({ kind: 'key-revoked', name })
      else await write(`The key of ${plain(name)} is revoked; running services heed it at once.\n`)
      ending.code = EXIT.nothingFound
    })
}
