/** Match: the command that asks a running service about files; only hashes leave this machine. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { shown } from '#folders/path'
import { checkRoots } from '#folders/walk'
import { Fault } from '#terms/fault'
import type { AskedFile } from '#workflow/ask-service'
import { withDecoders } from './decoding.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { interruption } from './interruption.ts'
import type { Ending } from './main.ts'
import { type DecodingFlags, decodingAsked, jobsOption, jsonOption, sandboxOption } from './options.ts'
import { write, writeJson } from './output.ts'
import { plain } from './plain.ts'

interface MatchFlags extends DecodingFlags {
  readonly server: string
  readonly keyFile?: string
}

/** `tutela match PATH… --server URL` */
export function matchCommand(ending: Ending): Command {
  return new Command('match')
    .description('Ask a running service about files. They are hashed here; only their hashes are sent.')
    .argument('<paths...>', 'files and folders')
    .requiredOption('--server <url>', 'address of the service, as http://127.0.0.1:8787')
    .option('--key-file <file>', 'file that holds the key (default: the variable TUTELA_KEY)')
    .addOption(jsonOption())
    .addOption(jobsOption())
    .addOption(sandboxOption())
    .action(async (paths: string[], flags: MatchFlags) => {
      ending.code = await match(
        paths.map((path) => Buffer.from(path)),
        flags,
      )
    })
}

async function match(paths: readonly Buffer[], flags: MatchFlags): Promise<ExitCode> {
  await checkRoots(paths)
  const asked = await decodingAsked(flags)
  const [{ TutelaClient }, { askService }] = await Promise.all([
    import('#client/client'), // heavy: other commands need not wait
    import('#workflow/ask-service'),
  ])
  const interrupted = interruption()
  const client = new TutelaClient({ url: flags.server, key: keyOf(flags), stop: interrupted.signal })
  try {
    return await withDecoders(asked, async (decoders) => {
      const counts = { match: 0, none: 0, unknown: 0 }
      const desk = { client, decoders, jobs: asked.jobs, stop: interrupted.signal }
      for await (const file of askService(paths, desk)) {
        counts[file.verdict]++
        await (flags.json ? writeJson(lineOf(file)) : write(textOf(file)))
      }
      if (!flags.json) await write(`${counts.match} match, ${counts.none} none, ${counts.unknown} unknown\n`)
      return interrupted.exitCode() ?? codeOf(counts)
    })
  } finally {
    interrupted.release()
  }
}

function codeOf(counts: Readonly<Record<AskedFile['verdict'], number>>): ExitCode {
  if (counts.match > 0) return EXIT.match
  return counts.unknown > 0 ? EXIT.unknown : EXIT.nothingFound
}

/** A key stands in a file or the environment: an argument would be seen by everybody on the machine. */
function keyOf({ keyFile }: MatchFlags): string {
  if (keyFile === undefined) {
    const key = process.env['TUTELA_KEY']
    if (key) return key
    throw new Fault('usage.invalid', 'no key was given: set TUTELA_KEY, or name a file with --key-file')
  }
  try {
    return readFileSync(keyFile, 'utf8').trim()
  } catch (cause) {
    throw new Fault('input.unreadable', `${keyFile}: the key cannot be read`, { cause })
  }
}

/** One object of the contract for `match --json` (docs/formats/output.md). */
function lineOf({ path, verdict, because, said }: AskedFile): object {
  return {
    kind: 'file',
    ...shown(path),
    verdict,
    ...(because && { because }),
    ...(said && { decision: said.decision, checked: said.checked }),
    ...(said?.matches && { matches: said.matches }),
    ...(said?.more && { more: true }),
  }
}

function textOf({ path, verdict, because, said }: AskedFile): string {
  const { file } = shown(path)
  const best = said?.matches?.find(({ suppressedBy }) => !suppressedBy)
  const found = best
    ? `${best.basis}${best.distance === undefined ? '' : ` ${best.distance}`}  ${plain(best.list)}, entry ${best.entry}`
    : (because ?? '')
  return `${verdict.padEnd(7)}  ${plain(file)}  ${found}`.trimEnd().concat('\n')
}
