/** Check: the command that reads a source's file, and asks its partner whether it knows us. */
import { Command } from 'commander'
import { readSource } from '#lists/exchanges/source'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'

interface CheckFlags {
  readonly ask?: boolean
  readonly json?: boolean
}

const TRIES_MAX = 2

/** `tutela source check FILE` */
export function checkCommand(ending: Ending): Command {
  return new Command('check')
    .description('Read the file of a source strictly; with --ask also its secrets, and ask the partner.')
    .argument('<file>', 'the YAML file')
    .option('--ask', 'ask the partner whether it takes the credentials')
    .addOption(jsonOption())
    .action(async (file: string, { ask, json }: CheckFlags) => {
      const source = await readSource(file)
      const knownAs = ask ? await asked(source) : undefined
      if (json) await writeJson({ kind: 'source-check', name: source.name, ...(knownAs && { knownAs }) })
      else {
        const said = knownAs === undefined ? '' : ` The partner knows us: ${plain(knownAs)}.`
        await write(`${plain(source.name)} is well stated.${said}\n`)
      }
      ending.code = EXIT.nothingFound
    })
}

async function asked(source: Awaited<ReturnType<typeof readSource>>): Promise<string> {
  const [{ ask }, { retrying }, { openExchange }] = await Promise.all([
    import('#ground/wire/ask'), // heavy: other commands need not wait
    import('#ground/wire/retrying'),
    import('#workflow/pull/partners'),
  ])
  const exchange = await openExchange(source, retrying(ask, { triesMax: TRIES_MAX }))
  return exchange.check({ now: new Date() })
}
