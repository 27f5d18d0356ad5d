/** Rehash: the command that adds hashes of the files in hand to the entries of a list. */
import { Command, InvalidArgumentError } from 'commander'
import { shown } from '#folders/path'
import { VERSION } from '#ground/version'
import { HASH_BYTES, type HashKind } from '#terms/hash'
import type { RehashReport } from '#workflow/register/rehash'
import { withDecoders } from '../decoding.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { interruption } from '../interruption.ts'
import type { Ending } from '../main.ts'
import { counted, grouped } from '../numbers.ts'
import { type DecodingFlags, decodingAsked, jobsOption, jsonOption, sandboxOption } from '../options.ts'
import { say, write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'

interface RehashFlags extends DecodingFlags {
  readonly folder: string
  readonly with: readonly HashKind[]
  readonly dryRun?: boolean
}

const KINDS = Object.keys(HASH_BYTES) as HashKind[]

/** `tutela list rehash NAME --folder DIR` */
export function rehashCommand(ending: Ending): Command {
  return new Command('rehash')
    .description(
      'Hash the files of a folder anew, and add to the entries of a list the hashes that they lack.',
    )
    .argument('<name>', 'the list')
    .requiredOption('--folder <dir>', 'where the files are that the list names')
    .option('--with <kinds>', `hashes to add: of ${KINDS.join(',')}`, kindsOf, KINDS)
    .option('--dry-run', 'say what would be added, and add nothing')
    .addOption(jsonOption())
    .addOption(jobsOption())
    .addOption(sandboxOption())
    .action(async (name: string, flags: RehashFlags) => {
      ending.code = await rehashed(name, flags)
    })
}

async function rehashed(name: string, flags: RehashFlags): Promise<ExitCode> {
  const { rehashList } = await import('#workflow/register/rehash')
  const asked = await decodingAsked(flags)
  const { signal, exitCode, release } = interruption()
  let left = 0
  try {
    const report = await withDecoders(asked, (decoders) =>
      withStore(({ database, signed }) => {
        const desk = {
          decoders,
          jobs: asked.jobs,
          stop: signal,
          left: (path: Buffer, because: string) => {
            left += 1
            say(`tutela: ${plain(shown(path).file)}: ${because}; not all of its hashes are added`)
          },
        }
        const given = { folder: Buffer.from(flags.folder), kinds: flags.with, program: `tutela-${VERSION}` }
        return rehashList(database, { list: name, ...given, isDryRun: flags.dryRun === true }, desk, signed())
      }),
    )
    await (flags.json
      ? writeJson({ kind: 'rehash', list: name, ...report })
      : write(rehashText(report, flags)))
    return exitCode() ?? (left + report.contradicted.length > 0 ? EXIT.unknown : EXIT.nothingFound)
  } finally {
    release()
  }
}

function rehashText(report: RehashReport, { dryRun }: RehashFlags): string {
  const { files, filesNotListed, entriesFound, entriesNotFound, hashesAdded, entriesChanged } = report
  const lines = [
    `${counted(files, 'file')}, of which ${grouped(filesNotListed)} on no entry`,
    `${counted(entriesFound, 'entry', 'entries')} found`,
    `${counted(entriesNotFound, 'entry', 'entries')} of the list not found among them`,
    `${counted(hashesAdded, 'hash', 'hashes')} added to ${counted(entriesChanged, 'entry', 'entries')}`,
    ...report.contradicted.map((entry) => `entry ${entry}: its digests contradict each other; nothing added`),
    ...(dryRun ? ['a dry run: nothing was changed'] : []),
  ]
  return `${lines.join('\n')}\n`
}

function kindsOf(untrusted: string): HashKind[] {
  const words = untrusted.split(',')
  const kinds = KINDS.filter((kind) => words.includes(kind))
  if (kinds.length !== words.length || kinds.length === 0)
    throw new InvalidArgumentError(`Hashes are ${KINDS.join(', ')}.`)
  return kinds
}
