/** Enable: the commands that switch a source on and off. */
import { Command } from 'commander'
import { disableSource } from '#store/sources'
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
    .description('Switch a source on, with its list; its secret files must be there.')
    .argument('<name>', 'the source')
    .addOption(jsonOption())
    .action(async (name: string, { json }: { json?: boolean }) => {
      await withStore(async (atHand) => {
        const source = await sourceOf(atHand, name)
        const [{ enable }, { pullDesk }] = await Promise.all([
          import('#workflow/pull/enable'), // heavy: other commands need not wait
          import('#workflow/pull/at-hand'),
        ])
        const list = await enable(pullDesk(atHand.store), source, atHand.signed())
        if (json) await writeJson({ kind: 'source-enabled', name, list: list.name })
        else
          await write(
            `${plain(name)} fills the list ${plain(list.name)} from now on. Pull it now: tutela source pull ${plain(name)}\n`,
          )
      })
      ending.code = EXIT.nothingFound
    })
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
