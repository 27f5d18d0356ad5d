/** Enable: the commands that switch a source on and off. */
import { Command } from 'commander'
import { disableSource } from '#store/sources'
import type { Enabled } from '#workflow/pull/enable'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import { sourceOf } from './at-hand.ts'

/** `tutela source enable NAME` */
export function enableCommand(ending: Ending): Command {
  return new Command('enable')
    .description(
      'Switch a source on, with its list; its secret files must be there. A service that runs pulls it at once and applies ' +
        'what it gets: to look first, "tutela source pull NAME --dry-run".',
    )
    .argument('<name>', 'the source')
    .option('--by-schedule', 'the first pull is made by its schedule, not at once')
    .addOption(jsonOption())
    .action(async (name: string, { json, bySchedule = false }: { json?: boolean; bySchedule?: boolean }) => {
      await withStore(async (atHand) => {
        const source = await sourceOf(atHand, name)
        const [{ enable }, { pullDesk }] = await Promise.all([
          import('#workflow/pull/enable'), // heavy: other commands need not wait
          import('#workflow/pull/at-hand'),
        ])
        const made = await enable(pullDesk(atHand.store), source, atHand.signed(), {
          isBySchedule: bySchedule,
        })
        const { list, nextAt, isSeen } = made
        if (json) await writeJson({ kind: 'source-enabled', name, list: list.name, nextAt, isSeen })
        else await write(enabledText(name, made, bySchedule))
      })
      ending.code = EXIT.nothingFound
    })
}

function enabledText(name: string, { list, nextAt, isSeen }: Enabled, isBySchedule: boolean): string {
  const source = plain(name)
  const when = isBySchedule ? `at ${nextAt.toISOString().slice(0, 16)}Z` : 'within seconds'
  const lines = [
    `${source} fills the list ${plain(list.name)} from now on. A service that runs pulls it ${when}, and applies what it gets.`,
    `Pull it now: tutela source pull ${source}`,
    ...(isSeen
      ? []
      : [
          `Nobody has looked at what it brings. To look first: tutela source disable ${source} --because 'to look first', ` +
            `then tutela source pull ${source} --dry-run`,
        ]),
  ]
  return `${lines.join('\n')}\n`
}

/** `tutela source disable NAME --because TEXT` */
export function disableCommand(ending: Ending): Command {
  return new Command('disable')
    .description('Switch a source off; its list stays as it is.')
    .argument('<name>', 'the source')
    .requiredOption('--because <text>', 'why, for the record')
    .addOption(jsonOption())
    .action(async (name: string, { because, json }: { because: string; json?: boolean }) => {
      await withStore(async ({ store, signed }) => {
        await store.database.transaction((transaction) => disableSource(transaction, name, because, signed()))
        if (json) await writeJson({ kind: 'source-disabled', name })
        else await write(`${plain(name)} is not pulled any more.\n`)
      })
      ending.code = EXIT.nothingFound
    })
}
