/** Status: the command that says how large the ledger is, what waits, and where its checkpoints were put. */
import { Command } from 'commander'
import { type AnchorTry, anchorTries, lastCheckpoint } from '#store/anchors'
import { dataDirectory } from '#store/embedded/place'
import { pendingLeaves } from '#store/leaves'
import type { Fault } from '#terms/fault'
import { keyOf, laterLog, logAtHand } from '#workflow/ledger/at-hand'
import { catchUpState } from '#workflow/ledger/catch-up'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withLedger } from './reading.ts'

/** `tutela ledger status` */
export function statusCommand(ending: Ending): Command {
  return new Command('status')
    .description('Say how large the ledger is, what waits for a number, and where its checkpoints were put.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      ending.code = await withLedger('status', async ({ config, database }) => {
        const data = dataDirectory(config.data)
        const last = await lastCheckpoint(database)
        const pending = await pendingLeaves(database)
        const anchors = await anchorTries(database)
        const log = await logAtHand(database, data, config.ledger ?? {})
        const key = last && (await keyOf(log)).verifier
        const wrong = key && ((await laterLog(data, log)) ?? (await catchUpState(database, key, log.file)))
        const told = { size: last?.size ?? 0, at: last?.at, pending, key: key?.text, anchors, wrong }
        await (json ? tellJson(told) : tell(told))
        return wrong ? EXIT.match : EXIT.nothingFound
      })
    })
}

interface Told {
  readonly size: number
  readonly at: string | undefined
  readonly pending: number
  readonly key: string | undefined
  readonly anchors: readonly AnchorTry[]
  readonly wrong: Fault | undefined
}

function tellJson({ wrong, ...told }: Told): Promise<void> {
  return writeJson({
    kind: 'ledger',
    ...told,
    ...(wrong && { wrong: { fault: wrong.code, says: wrong.message } }),
  })
}

async function tell({ size, at, pending, key, anchors, wrong }: Told): Promise<void> {
  const leaves = (count: number): string => counted(count, 'leaf', 'leaves')
  if (at === undefined)
    await write(`Nothing was signed yet; ${leaves(pending)} without a number: "tutela start" numbers them\n`)
  else await write(`${leaves(size)} signed for at ${at}; ${pending} without a number yet\nKey: ${key}\n`)
  for (const { kind, place, size: reach, at: when, failedBecause } of anchors) {
    const failed = failedBecause === undefined ? '' : `; then: ${plain(failedBecause)}`
    await write(`${kind} ${plain(place)}: ${leaves(reach)}${when ? ` at ${when}` : ''}${failed}\n`)
  }
  if (wrong) await write(`WRONG ${plain(wrong.message)} [${wrong.code}]\n`)
}
