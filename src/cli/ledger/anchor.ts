/** Anchor: the command that gives the newest checkpoint to every place outside now, mails among them. */
import { Command } from 'commander'
import { SILENT } from '#ground/log'
import { anchorTries, lastCheckpoint } from '#store/anchors'
import { dataDirectory } from '#store/embedded/place'
import { Fault } from '#terms/fault'
import { anchorOnce } from '#workflow/ledger/anchoring'
import { ledgerDesk, ledgerKey, outsideOf } from '#workflow/ledger/at-hand'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { write } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'

/** `tutela ledger anchor` */
export function anchorCommand(ending: Ending): Command {
  return new Command('anchor')
    .description('Give the newest checkpoint to every witness, time-stamping service and mail address now.')
    .action(async () => {
      ending.code = await withStore(async ({ config, store, database }) => {
        const data = dataDirectory(config.data)
        const set = config.ledger ?? {}
        const last = await lastCheckpoint(database)
        if (!last) throw new Fault('ledger.unknown', 'nothing was signed yet: there is nothing to give')
        const desk = ledgerDesk(store, data, set, SILENT)
        const { verifier } = await ledgerKey(database, data, set)
        const taken = await anchorOnce(desk, await outsideOf(set), verifier, true)
        await write(`${counted(taken, 'place')} took the checkpoint of ${last.size} leaves\n`)
        const failed = (await anchorTries(database)).filter((one) => one.failedBecause !== undefined)
        for (const { kind, place, failedBecause = '' } of failed)
          await write(`${kind} ${plain(place)}: ${plain(failedBecause)}\n`)
        return failed.length === 0 ? EXIT.nothingFound : EXIT.tryAgain
      })
    })
}
