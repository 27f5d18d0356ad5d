/** Key: the command that shows by which key the ledger's checkpoints are signed. */
import { Command } from 'commander'
import { readConfig } from '#ground/config'
import { dataDirectory } from '#store/embedded/place'
import { ledgerKey } from '#workflow/ledger/at-hand'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { write } from '../output.ts'

/** `tutela ledger key` */
export function keyCommand(ending: Ending): Command {
  return new Command('key')
    .description('Show the key by which checkpoints are signed, to be given to those who verify them.')
    .action(async () => {
      const config = await readConfig(process.env)
      const { verifier } = await ledgerKey(dataDirectory(config.data), config.ledger ?? {})
      await write(`${verifier.text}\n`)
      ending.code = EXIT.nothingFound
    })
}
