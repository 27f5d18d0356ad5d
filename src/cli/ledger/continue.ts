/** Continue: the command that lets the ledger go on after a restored backup, and says for good what was lost by it. */
import { setTimeout as delay } from 'node:timers/promises'
import { Command } from 'commander'
import { dataDirectory } from '#store/embedded/place'
import { type Held, holdLock } from '#store/lock'
import { Fault } from '#terms/fault'
import { keyOf, ledgerFolder, logAtHand } from '#workflow/ledger/at-hand'
import { continueLog, type WentOn } from '#workflow/ledger/continue'
import { readKeptNote } from '#workflow/ledger/kept'
import { SEQUENCER_LOCK } from '#workflow/ledger/sequencer'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { jsonOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { type StoreDesk, withStore } from '../store.ts'

interface ContinueFlags {
  readonly because: string
  readonly checkpoint?: string
  readonly json?: boolean
}

/** A service that finds itself behind holds the lock for moments alone. */
const LOCK_TRIES = 60
const LOCK_MILLISECONDS = 250

/** `tutela ledger continue-after-restore --because TEXT` */
export function continueCommand(ending: Ending): Command {
  return new Command('continue-after-restore')
    .description(
      'Go on after a restored backup: under another name, with a first leaf that says what was lost. It cannot be undone.',
    )
    .requiredOption('--because <text>', 'why a backup was restored, for the record')
    .option(
      '--checkpoint <file>',
      'a signed checkpoint kept elsewhere, as a mail, that shows more than the file here',
    )
    .addOption(jsonOption())
    .action(async ({ because, checkpoint, json }: ContinueFlags) => {
      const shown = checkpoint === undefined ? undefined : await readKeptNote(checkpoint)
      const done = await withStore((desk) => goOn(desk, because, shown))
      if (json) await writeJson({ kind: 'continued', ...done })
      else await tell(done)
      ending.code = EXIT.nothingFound
    })
}

async function goOn(
  { config, store, database, signed }: StoreDesk,
  because: string,
  shown: string | undefined,
): Promise<WentOn> {
  const data = dataDirectory(config.data)
  const lock = await sequencerLock(store.config)
  try {
    const log = await logAtHand(database, data, config.ledger ?? {})
    const key = await keyOf(log)
    const asked = { database, ledger: ledgerFolder(data), log, key, because }
    return await continueLog({ ...asked, ...(shown !== undefined && { shown }) }, signed())
  } finally {
    await lock.release()
  }
}

async function sequencerLock(config: Parameters<typeof holdLock>[0]): Promise<Held> {
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    const lock = await holdLock(config, SEQUENCER_LOCK)
    if (lock) return lock
    await delay(LOCK_MILLISECONDS)
  }
  throw new Fault('store.conflict', 'another process numbers leaves: it does not find itself behind')
}

async function tell({ origin, key, kept, before, exported }: WentOn): Promise<void> {
  await write(
    `The ledger goes on as ${plain(origin)}, with ${counted(kept, 'leaf', 'leaves')} of the one before.\n`,
  )
  for (const [nth, { origin: name, size }] of before.entries()) {
    const from = nth === 0 ? kept : 0
    if (size > from) await write(`Lost: leaves ${from} to ${size - 1} of ${plain(name)}.\n`)
  }
  await write(`Key: ${key}\n`)
  if (exported !== undefined) say(`What the database has of the ledger before is in ${exported}.`)
  say('Give the new key to whoever verifies, and have witnesses take the new name.')
}
