/** Key: the command that shows by which key the ledger's checkpoints are signed. */
import { Command } from 'commander'
import { dataDirectory } from '#store/embedded/place'
import { ledgerKey } from '#workflow/ledger/at-hand'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { write } from '../output.ts'
import { withStore } from '../store.ts'

/** `tutela ledger key` */
export function keyCommand(ending: Ending): Command {
  return new Command('key')
    .description('Show the key by which checkpoints are signed, to be given to those who verify them.')
    .action(async () => {
      await withStore(async ({ config, database }) => {
        const { verifier } = await ledgerKey(database, dataDirectory(config.data), config.ledger ?? {})
        await write(`${verifier.text}\n`)
      })
      ending.code = EXIT.nothingFound
    })
}
