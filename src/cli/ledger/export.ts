/** Export: the command that writes the whole ledger as a folder of plain files, to be verified elsewhere. */
import { Command } from 'commander'
import { dataDirectory } from '#store/embedded/place'
import { keyOf, logAtHand, witnessesOf } from '#workflow/ledger/at-hand'
import { exportLedger } from '#workflow/ledger/export'
import { withStoredLedger } from '#workflow/ledger/stored'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withLedger } from './reading.ts'

/** `tutela ledger export FOLDER` */
export function exportCommand(ending: Ending): Command {
  return new Command('export')
    .description(
      'Write events, tiles, checkpoints and anchors as files, to be verified without the database.',
    )
    .argument('<folder>', 'an empty folder, or one that is not there')
    .addOption(jsonOption())
    .action(async (folder: string, { json }: { json?: boolean }) => {
      await withLedger('export', async ({ config, database }) => {
        const data = dataDirectory(config.data)
        const ledger = config.ledger ?? {}
        const log = await logAtHand(database, data, ledger)
        const keys = {
          log: (await keyOf(log)).verifier,
          witnesses: witnessesOf(ledger).map(({ key }) => key),
        }
        const leaves = await withStoredLedger(database, log.file, (copy, tx) =>
          exportLedger(tx, copy, folder, keys),
        )
        if (json) await writeJson({ kind: 'exported', folder, leaves, key: keys.log.text })
        else {
          await write(`${counted(leaves, 'leaf', 'leaves')} written to ${plain(folder)}.\n`)
          await write(`Verify it: tutela ledger verify ${plain(folder)} --key '${keys.log.text}'\n`)
        }
      })
      ending.code = EXIT.nothingFound
    })
}
