/** Terms: the commands that make a list of the register, change what is set of it, rename and remove it. */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { TermsGiven } from '#store/lists'
import { Fault } from '#terms/fault'
import {
  LIST_KINDS,
  type ListKind,
  type ListTerms,
  TRUSTS,
  type Trust,
  USES,
  type Use,
} from '#terms/register'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { withStore } from '../store.ts'
import { tellChange, tellList } from './told.ts'

interface TermsFlags {
  readonly publisher?: string
  readonly terms?: string
  readonly uses?: readonly Use[]
  readonly trust?: Trust
  readonly scheme?: string
  readonly kind?: ListKind
  readonly json?: boolean
}

/** `tutela list create NAME` */
export function createCommand(ending: Ending): Command {
  return withTerms(new Command('create'))
    .description('Make an empty list in the register, with what its publisher permits.')
    .argument('<name>', 'letters, digits, "_", "-" and "."')
    .action(async (name: string, flags: TermsFlags) => {
      const { createList } = await import('#store/lists')
      const list = await withStore(({ database, signed }) =>
        database.transaction((tx) => createList(tx, name, newTerms(flags), signed())),
      )
      await tellList(list, flags)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela list terms NAME` */
export function termsCommand(ending: Ending): Command {
  return withTerms(new Command('terms'))
    .description('Change what is set of a list. What is not given stays.')
    .argument('<name>', 'the list')
    .action(async (name: string, flags: TermsFlags) => {
      const given = termsOf(flags)
      if (Object.keys(given).length === 0) throw new Fault('usage.invalid', 'nothing to change was given')
      const { listNamed, setTerms } = await import('#store/lists')
      const list = await withStore(({ database, signed }) =>
        database.transaction(async (tx) => setTerms(tx, await listNamed(tx, name), given, signed())),
      )
      await tellList(list, flags)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela list rename NAME NEW` */
export function renameCommand(ending: Ending): Command {
  return new Command('rename')
    .description('Give a list another name.')
    .argument('<name>', 'the list')
    .argument('<new>', 'its new name')
    .addOption(jsonOption())
    .action(async (name: string, next: string, flags: TermsFlags) => {
      const { listNamed, renameList } = await import('#store/lists')
      const list = await withStore(({ database, signed }) =>
        database.transaction(async (tx) => renameList(tx, await listNamed(tx, name), next, signed())),
      )
      await tellList(list, flags)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela list remove NAME --because` */
export function removeCommand(ending: Ending): Command {
  return new Command('remove')
    .description('Remove a list: nothing is answered from it any more. What it was on a date stays known.')
    .argument('<name>', 'the list')
    .requiredOption('--because <text>', 'why; it stays with the change')
    .addOption(jsonOption())
    .action(async (name: string, flags: { because: string; json?: boolean }) => {
      const { listNamed, removeList } = await import('#store/lists')
      const change = await withStore(({ database, signed }) =>
        database.transaction(async (tx) =>
          removeList(tx, await listNamed(tx, name), flags.because, signed()),
        ),
      )
      await tellChange(change, flags)
      ending.code = EXIT.nothingFound
    })
}

function withTerms(command: Command): Command {
  return command
    .option('--publisher <text>', 'who publishes it')
    .option('--terms <text>', 'the conditions of its publisher, in words')
    .option('--uses <uses>', `what it may be used for: of ${USES.join(',')} (gate,scan when made)`, usesOf)
    .addOption(
      new Option('--trust <trust>', 'of entries that state none (reported when made)').choices(TRUSTS),
    )
    .option('--scheme <scheme>', 'of category codes that name none, as vics-us')
    .addOption(new Option('--kind <kind>', 'alert, or known-good files').choices(LIST_KINDS))
    .addOption(jsonOption())
}

function usesOf(untrusted: string): readonly Use[] {
  const words = untrusted.split(',').filter((word) => word !== '')
  const uses = USES.filter((use) => words.includes(use))
  if (uses.length !== new Set(words).size) throw new InvalidArgumentError(`Uses are ${USES.join(', ')}.`)
  return uses
}

function termsOf({ json, ...given }: TermsFlags): TermsGiven {
  return given
}

function newTerms(flags: TermsFlags): ListTerms {
  const { publisher } = flags
  if (publisher === undefined) throw new Fault('usage.invalid', 'a list has a --publisher')
  return { kind: 'alert', terms: '', uses: ['gate', 'scan'], trust: 'reported', ...termsOf(flags), publisher }
}
