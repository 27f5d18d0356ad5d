/** Verify: the command that computes a ledger anew, from the database or an export, and names what is not as signed. */
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { parseVerifierKey, type VerifierKey } from '#ledger/key'
import { dataDirectory } from '#store/embedded/place'
import { Fault } from '#terms/fault'
import { keyOf as keyAtHand, laterLog, logAtHand, witnessesOf } from '#workflow/ledger/at-hand'
import { exportedKeys } from '#workflow/ledger/exported'
import { withKept } from '#workflow/ledger/kept'
import { withStoredLedger } from '#workflow/ledger/stored'
import type { Anchored } from '#workflow/ledger/verify/anchors'
import { verifyExport } from '#workflow/ledger/verify/exported'
import { refold } from '#workflow/ledger/verify/refold'
import { type LedgerTrust, type Verified, verifyLedger } from '#workflow/ledger/verify/verify'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { counted } from '../numbers.ts'
import { collected, jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withLedger } from './reading.ts'

interface VerifyFlags {
  readonly key?: string
  readonly witness?: readonly string[]
  readonly timestampRoots?: string
  readonly anchor?: readonly string[]
  readonly json?: boolean
}

/** `tutela ledger verify [FOLDER]` */
export function verifyCommand(ending: Ending): Command {
  return new Command('verify')
    .description('Compute the ledger anew, and name every place that is not as it was signed.')
    .argument('[folder]', 'an export, verified with no database; without it the database is')
    .option('--key <key>', 'the key of the log that you know (default: what is at hand, and that is said)')
    .option('--witness <key>', 'the key of a witness; may be given several times', collected)
    .option('--timestamp-roots <file>', 'certificates, in PEM, that time-stamping services must descend from')
    .option('--anchor <file>', 'a mail or a note with a checkpoint, kept elsewhere; several times', collected)
    .addOption(jsonOption())
    .action(async (folder: string | undefined, flags: VerifyFlags) => {
      const verified = folder === undefined ? await online(flags) : await offline(folder, flags)
      await tell(verified, flags)
      ending.code = verified.faultCount === 0 ? EXIT.nothingFound : EXIT.match
    })
}

/** What is verified, and how many streams were folded anew where the state is at hand. */
interface Told extends Verified {
  readonly refolded?: number
  readonly unfolded?: Readonly<Record<string, number>>
  readonly log: VerifierKey
}

async function offline(folder: string, flags: VerifyFlags): Promise<Told> {
  const trust = await trustOf(flags, await exportedKeys(folder))
  return { ...(await verifyExport(folder, trust, flags.anchor)), log: trust.log }
}

function online(flags: VerifyFlags): Promise<Told> {
  return withLedger('verify', async ({ config, database }) => {
    const data = dataDirectory(config.data)
    const ledger = config.ledger ?? {}
    const log = await logAtHand(database, data, ledger)
    const trust = await trustOf(flags, {
      log: (await keyAtHand(log)).verifier,
      witnesses: witnessesOf(ledger).map(({ key }) => key),
    })
    return withStoredLedger(database, log.file, async (copy, tx) => {
      const verified = await verifyLedger(await withKept(copy, flags.anchor ?? [], trust.log), trust)
      const folded = await refold(tx)
      const later = await laterLog(data, log)
      const behind = later ? [{ place: 'the folder of the ledger', says: later.message }] : []
      return {
        ...verified,
        log: trust.log,
        refolded: folded.streams,
        unfolded: folded.unfolded,
        faultCount: verified.faultCount + folded.faultCount + behind.length,
        faults: [...behind, ...verified.faults, ...folded.faults],
      }
    })
  })
}

async function trustOf(
  { key, witness = [], timestampRoots }: VerifyFlags,
  atHand: Pick<LedgerTrust, 'log' | 'witnesses'>,
): Promise<LedgerTrust> {
  const roots = timestampRoots === undefined ? undefined : await pemOf(timestampRoots)
  return {
    log: key === undefined ? atHand.log : keyOf(key),
    witnesses: witness.length > 0 ? witness.map(keyOf) : atHand.witnesses,
    ...(roots !== undefined && { timestampRoots: roots }),
  }
}

function keyOf(untrusted: string): VerifierKey {
  const key = parseVerifierKey(untrusted.trim())
  if (!key) throw new Fault('usage.invalid', 'a key has the form name+id+base64')
  return key
}

function pemOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('input.unreadable', `${path} cannot be read (${cause.code})`, { cause })
  })
}

async function tell(told: Told, flags: VerifyFlags): Promise<void> {
  const { root, faults, log, ...rest } = told
  if (flags.json) {
    for (const fault of faults) await writeJson({ kind: 'fault', ...fault })
    return writeJson({ kind: 'verified', ...rest, root: Buffer.from(root).toString('hex'), key: log.text })
  }
  for (const { place, says } of faults) await write(`WRONG ${plain(place)}: ${plain(says)}\n`)
  if (told.faultCount > faults.length) await write(`… and ${told.faultCount - faults.length} more\n`)
  await write(
    `${counted(told.size, 'leaf', 'leaves')}, ${counted(told.checkpoints, 'checkpoint')}, ` +
      `${counted(told.streams, 'stream')}${told.pending > 0 ? `, ${told.pending} without a number yet` : ''}` +
      `${told.refolded === undefined ? '' : `; ${told.refolded} folded anew`}: ` +
      `${told.faultCount === 0 ? 'all as it was signed' : counted(told.faultCount, 'fault')}\n`,
  )
  await write(
    `Key: ${log.text}${flags.key === undefined ? ' (as found here: hold it against one that you know)' : ''}\n`,
  )
  await tellUnfolded(told)
  await tellContinued(told)
  await tellReach(told)
}

/** Of which streams the events alone were verified. */
async function tellUnfolded({ unfolded = {} }: Told): Promise<void> {
  const nouns = Object.entries(unfolded).map(([noun, count]) => `${count} of ${plain(noun)}`)
  if (nouns.length > 0)
    await write(`By their events alone, with no state held against them: ${nouns.join(', ')}\n`)
}

/** What was lost by restored backups: on record, and no fault. */
async function tellContinued({ continued }: Told): Promise<void> {
  for (const { origin, at, by, lost } of continued) {
    const leaves = lost.map((one) => `leaves ${one.from} to ${one.to} of ${plain(one.origin)}`).join(', ')
    await write(
      `Went on as ${plain(origin)} after a restored backup (${at}, ${plain(by)}); lost: ${leaves}\n`,
    )
  }
}

/** Up to where a deleted tail would show, and from where on nothing outside speaks of it. */
async function tellReach({ anchored, size }: Told): Promise<void> {
  for (const { size: reach, at, but, ...place } of anchored)
    await write(
      `A deleted tail would show up to leaf ${reach - 1}, by ${byWhat(place)}` +
        `${at ? ` of ${at}` : ''}${but ? ` (${but})` : ''}\n`,
    )
  const others = anchored.filter(({ kind, but }) => kind !== 'file' && but === undefined)
  const reach = Math.max(0, ...others.map((one) => one.size))
  if (reach < size)
    await write(
      `No witness and no time stamp speaks of the leaves from ${reach} on: only this machine's own file does\n`,
    )
}

function byWhat({ kind, place }: Pick<Anchored, 'kind' | 'place'>): string {
  if (kind === 'file') return place
  return kind === 'kept' ? `the checkpoint kept in ${plain(place)}` : `${kind} ${plain(place)}`
}
