/** Show: the commands that say which lists there are, what they are or were, and how they came to be so. */
import { Command, InvalidArgumentError } from 'commander'
import type { ChangeTold } from '#store/changes'
import type { RegisteredList } from '#terms/register'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { grouped } from '../numbers.ts'
import { jsonOption, wholeNumber } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { type StoreDesk, withStore } from '../store.ts'
import { changeLine, entryLine, listLine } from './told.ts'

interface AtFlags {
  readonly at?: Date
  readonly json?: boolean
}

/** Entries printed unless asked otherwise, and at most: this is for looking, `list export` is for taking. */
const ENTRIES_SHOWN = 100
const ENTRIES_SHOWN_MAX = 10_000
const CHANGES_SHOWN = 50

/** `tutela list ls` */
export function lsCommand(ending: Ending): Command {
  return new Command('ls')
    .description('Say which lists the register has.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const { allLists } = await import('#store/lists')
      const lists = await withStore(({ database }) => allLists(database))
      for (const list of lists)
        await (json ? writeJson({ kind: 'registered-list', list }) : write(`${listLine(list)}\n`))
      if (lists.length === 0 && !json) await write('The register has no list yet: tutela list create\n')
      ending.code = EXIT.nothingFound
    })
}

/** `tutela list show NAME` */
export function showCommand(ending: Ending): Command {
  return atOption(new Command('show'))
    .description('Say what a list is, or was on a date.')
    .argument('<name>', 'the list')
    .action(async (name: string, flags: AtFlags) => {
      const { list, change } = await withStore((desk) => listThen(desk, name, flags.at))
      await (flags.json
        ? writeJson({ kind: 'registered-list', list, change })
        : write(showText(list, change)))
      ending.code = EXIT.nothingFound
    })
}

/** `tutela list entries NAME` */
export function entriesCommand(ending: Ending): Command {
  return atOption(new Command('entries'))
    .description('Print entries of a list, as they stand or stood on a date. "list export" writes them all.')
    .argument('<name>', 'the list')
    .option('--limit <n>', 'entries at most', wholeNumber(1, ENTRIES_SHOWN_MAX), ENTRIES_SHOWN)
    .action(async (name: string, flags: AtFlags & { limit: number }) => {
      const { entriesOf } = await import('#store/entries')
      await withStore(async (desk) => {
        const { list, change } = await listThen(desk, name, flags.at)
        let shown = 0
        for await (const batch of entriesOf(desk.database, list, { at: change.id })) {
          for (const entry of batch.slice(0, flags.limit - shown))
            await (flags.json ? writeJson({ kind: 'entry', entry }) : write(`${entryLine(entry)}\n`))
          shown += batch.length
          if (shown >= flags.limit) break
        }
        if (!flags.json && shown > flags.limit)
          await write(`and more: the list has ${grouped(list.entries)} entries\n`)
      })
      ending.code = EXIT.nothingFound
    })
}

/** `tutela list changes NAME` */
export function changesCommand(ending: Ending): Command {
  return new Command('changes')
    .description('Say what was done to a list, the newest first.')
    .argument('<name>', 'the list')
    .option('--limit <n>', 'changes at most', wholeNumber(1, ENTRIES_SHOWN_MAX), CHANGES_SHOWN)
    .option('--verify', 'work out again the digest of each from the tables')
    .addOption(jsonOption())
    .action(async (name: string, flags: { limit: number; verify?: boolean; json?: boolean }) => {
      const [{ changeDigest, changesOf }, { listNamed }] = await Promise.all([
        import('#store/changes'),
        import('#store/lists'),
      ])
      ending.code = await withStore(async ({ database }) => {
        const { id } = await listNamed(database, name)
        let isSound = true
        for (const change of await changesOf(database, id, flags.limit)) {
          const digest = flags.verify ? await changeDigest(database, change.id) : change.digest
          const verified = flags.verify && { verified: digest === change.digest }
          isSound &&= digest === change.digest
          const sound = flags.verify ? '  as recorded' : ''
          const word = digest === change.digest ? sound : '  NOT AS RECORDED'
          if (flags.json) await writeJson({ kind: 'change', change, ...verified })
          else await write(`${changeLine(change)}${word}\n`)
        }
        return isSound ? EXIT.nothingFound : EXIT.data
      })
    })
}

function atOption(command: Command): Command {
  return command
    .option('--at <date>', 'a day (its end, UTC) or a moment: what was committed by then', momentOf)
    .addOption(jsonOption())
}

/** A day as 2026-01-31, at its end, or a moment with its zone. */
export function momentOf(untrusted: string): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(untrusted)
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(untrusted)
  const date = new Date(isDay ? `${untrusted}T23:59:59.999Z` : untrusted)
  if ((!isDay && !isMoment) || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('It must be as 2026-01-31 or 2026-01-31T08:30:00Z.')
  return date
}

/** A list and its last change, now or by a date. */
async function listThen(
  { database }: StoreDesk,
  name: string,
  at: Date | undefined,
): Promise<{ list: RegisteredList; change: ChangeTold }> {
  const [{ listAt }, { listNamed }, { lastChange }] = await Promise.all([
    import('#store/history'),
    import('#store/lists'),
    import('#store/changes'),
  ])
  if (at) return listAt(database, name, at)
  const list = await listNamed(database, name)
  return { list, change: await lastChange(database, list.id) }
}

function showText(list: RegisteredList, change: ChangeTold): string {
  const lines = [
    listLine(list),
    `  terms: ${list.terms === '' ? 'none stated' : plain(list.terms)}`,
    ...(list.scheme === undefined ? [] : [`  scheme: ${plain(list.scheme)}`]),
    ...(list.enabledRatio < 1 ? [`  takes part in ${list.enabledRatio * 100} % of look-ups`] : []),
    `  last change: ${changeLine(change)}`,
    `  digest: ${change.digest}`,
  ]
  return `${lines.join('\n')}\n`
}
