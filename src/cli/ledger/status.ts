/** Status: the command that says how large the ledger is, what waits, and where its checkpoints were put. */
import { Command } from 'commander'
import { anchorTries, lastCheckpoint } from '#store/anchors'
import { dataDirectory } from '#store/embedded/place'
import { pendingLeaves } from '#store/leaves'
import { checkpointFileIn, ledgerKey } from '#workflow/ledger/at-hand'
import { catchUpState } from '#workflow/ledger/catch-up'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'

/** `tutela ledger status` */
export function statusCommand(ending: Ending): Command {
  return new Command('status')
    .description('Say how large the ledger is, what waits for a number, and where its checkpoints were put.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      ending.code = await withStore(async ({ config, database }) => {
        const data = dataDirectory(config.data)
        const last = await lastCheckpoint(database)
        const pending = await pendingLeaves(database)
        const anchors = await anchorTries(database)
        const key = last && (await ledgerKey(data, config.ledger ?? {})).verifier
        const wrong = key && (await catchUpState(database, key, checkpointFileIn(data)))
        if (json)
          await writeJson({
            kind: 'ledger',
            size: last?.size ?? 0,
            pending,
            ...(last && { root: Buffer.from(last.root).toString('hex'), at: last.at }),
            ...(key && { key: key.text }),
            anchors,
            ...(wrong && { wrong: { fault: wrong.code, says: wrong.message } }),
          })
        else {
          await write(
            last
              ? `${counted(last.size, 'leaf', 'leaves')} signed for at ${last.at}; ${pending} without a number yet\nKey: ${key?.text}\n`
              : `Nothing was signed yet; ${counted(pending, 'leaf', 'leaves')} without a number: "tutela start" numbers them\n`,
          )
          for (const { kind, place, size, at, failedBecause } of anchors)
            await write(
              `${kind} ${plain(place)}: ${size} leaves${at ? ` at ${at}` : ''}${failedBecause ? `; then: ${plain(failedBecause)}` : ''}\n`,
            )
          if (wrong) await write(`WRONG ${plain(wrong.message)} [${wrong.code}]\n`)
        }
        return wrong ? EXIT.match : EXIT.nothingFound
      })
    })
}
