/** Proof: the command that writes the proof of one event, or checks such a file. */
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { writeWholeFile } from '#ground/whole-file'
import { parseVerifierKey } from '#ledger/key'
import { checkStoredProof, parseStoredProof } from '#ledger/stored-proof'
import { Fault } from '#terms/fault'
import { prove } from '#workflow/ledger/prove'
import { EXIT, type ExitCode } from '../exit.ts'
import type { Ending } from '../main.ts'
import { wholeNumber } from '../options.ts'
import { say, write } from '../output.ts'
import { withLedger } from './reading.ts'

interface ProofFlags {
  readonly out?: string
  readonly check?: string
  readonly key?: string
}

const VERSION_MAX = 2 ** 31 - 1

/** `tutela ledger proof STREAM VERSION`, `tutela ledger proof --check FILE --key KEY` */
export function proofCommand(ending: Ending): Command {
  return new Command('proof')
    .description('Write the proof that an event is in the ledger, as a .tlog-proof file; or check one.')
    .argument('[stream]', 'the stream of the event, as list:7')
    .argument('[version]', 'its version in the stream', wholeNumber(1, VERSION_MAX))
    .option('--out <file>', 'write it there (default: standard output)')
    .option('--check <file>', 'check this proof instead, with no database')
    .option('--key <key>', 'the key of the log, for --check')
    .action(async (stream: string | undefined, version: number | undefined, flags: ProofFlags) => {
      if (flags.check !== undefined) ending.code = await check(flags.check, flags.key)
      else if (stream !== undefined && version !== undefined)
        ending.code = await make(stream, version, flags.out)
      else throw new Fault('usage.invalid', 'give a stream and a version, or --check and a file')
    })
}

function make(stream: string, version: number, out: string | undefined): Promise<ExitCode> {
  return withLedger('proof', async ({ database }) => {
    const proof = await prove(database, { stream, version })
    if (proof.kind === 'pending')
      throw new Fault('ledger.pending', `version ${version} of ${stream} has no number in the ledger yet`)
    if (out === undefined) await write(proof.text)
    else {
      await writeWholeFile(out, {}, (sink) => sink.write(Buffer.from(proof.text)))
      say(`${out}: leaf ${proof.leaf} of ${proof.size}`)
    }
    return EXIT.nothingFound
  })
}

/** Whether the entry that a proof carries is in the log: whoever has the event and its salt computes the entry from them. */
async function check(path: string, key: string | undefined): Promise<ExitCode> {
  const log = parseVerifierKey((key ?? '').trim())
  if (!log) throw new Fault('usage.invalid', '--check needs --key, in the form name+id+base64')
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('input.unreadable', `${path} cannot be read (${cause.code})`, { cause })
  })
  const proof = parseStoredProof(text)
  if (!proof?.extra) throw new Fault('ledger.damaged', `${path} is no proof with its entry`)
  const checked = checkStoredProof(proof, proof.extra, log)
  const entry = Buffer.from(proof.extra).toString('hex')
  await write(
    checked.kind === 'signed'
      ? `Leaf ${proof.index}, entry ${entry}, is among the ${checked.checkpoint.size} leaves signed for by ${log.name}\n`
      : `WRONG ${path}: ${checked.because}\n`,
  )
  return checked.kind === 'signed' ? EXIT.nothingFound : EXIT.match
}
