/** Case: the commands for the queue and its cases; nothing of a picture is shown by them. */
import { Argument, Command, Option } from 'commander'
import { CASE_STATES, type Case, type CaseState } from '#terms/casework'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { QueueDesk } from '#workflow/queue/desk'
import type { WholeCase } from '#workflow/queue/read'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withPerson } from '../session.ts'
import { sampleCommand } from './sample.ts'

interface JsonFlag {
  readonly json?: boolean
}

/** `tutela case …` */
export function caseCommand(ending: Ending): Command {
  const command = new Command('case').description('See what waits, take up a case, give it back, close it.')
  command.addCommand(listCommand(ending))
  command.addCommand(showCommand(ending))
  command.addCommand(claimCommand(ending))
  command.addCommand(releaseCommand(ending))
  command.addCommand(closeCommand(ending))
  command.addCommand(sampleCommand(ending))
  return command
}

function listCommand(ending: Ending): Command {
  return new Command('list')
    .description('Show what waits for a person, in its order, and why each stands above the next.')
    .addOption(new Option('--state <state>', 'of one state alone').choices(CASE_STATES))
    .addOption(new Option('--limit <rows>', 'rows at most').default(50).argParser(rowsOf))
    .addOption(jsonOption())
    .action(async ({ state, limit, json }: JsonFlag & { state?: CaseState; limit: number }) => {
      const { readQueue } = await import('#workflow/queue/read')
      const asked = { limit, offset: 0, ...(state && { state }) }
      const { cases, total } = await atDesk((desk, by) => readQueue(desk, by, asked))
      for (const { case: one, items, reports, why } of cases)
        await (json
          ? writeJson({ ...jsonOf(one), items, reports, why })
          : write(`${one.number}  ${one.state}${claimWords(one)}  ${items} items  ${plain(why)}\n`))
      if (!json) await write(`${cases.length} of ${total}\n`)
      ending.code = EXIT.nothingFound
    })
}

function showCommand(ending: Ending): Command {
  return new Command('show')
    .description('Show the first screen of a case: why it is here, what was told, what the machine found.')
    .addArgument(numberArgument())
    .addOption(jsonOption())
    .action(async (number: string, { json }: JsonFlag) => {
      const { readCase } = await import('#workflow/queue/read')
      const whole = await atDesk((desk, by) => readCase(desk, by, number))
      await (json ? writeJson({ kind: 'case', ...whole }) : write(wholeText(whole)))
      ending.code = EXIT.nothingFound
    })
}

function claimCommand(ending: Ending): Command {
  return new Command('claim')
    .description('Take up a case, or the first that waits for you where none is named.')
    .addArgument(numberArgument('[number]'))
    .addOption(jsonOption())
    .action(async (number: string | undefined, { json }: JsonFlag) => {
      const { claimCase, claimNext } = await import('#workflow/queue/claim')
      const found = await atDesk((desk, by) =>
        number === undefined ? claimNext(desk, by) : claimCase(desk, by, number),
      )
      await (found ? tell(found, json) : json ? writeJson({ kind: 'none' }) : write('none waits for you\n'))
      ending.code = EXIT.nothingFound
    })
}

function releaseCommand(ending: Ending): Command {
  return new Command('release')
    .description('Give a case back; no reason is asked for.')
    .addArgument(numberArgument())
    .addOption(jsonOption())
    .action(async (number: string, { json }: JsonFlag) => {
      const { releaseCase } = await import('#workflow/queue/claim')
      await tell(await atDesk((desk, by) => releaseCase(desk, by, number)), json)
      ending.code = EXIT.nothingFound
    })
}

function closeCommand(ending: Ending): Command {
  return new Command('close')
    .description('Close a case, with a reason.')
    .addArgument(numberArgument())
    .requiredOption('--because <words>', 'why')
    .addOption(jsonOption())
    .action(async (number: string, { because, json }: JsonFlag & { because: string }) => {
      const { closeCase } = await import('#workflow/queue/close')
      await tell(await atDesk((desk, by) => closeCase(desk, by, number, because)), json)
      ending.code = EXIT.nothingFound
    })
}

/** Runs a command of whoever is signed in at the desk that the configuration sets. */
function atDesk<T>(work: (desk: QueueDesk, by: PersonId) => Promise<T>): Promise<T> {
  return withPerson(async ({ database, config, people, by }) => {
    const { queueDesk } = await import('#workflow/queue/at-hand')
    const { readVocabularies } = await import('#lists/vocabularies')
    const vocabularies = readVocabularies(config.vocabularies)
    const given = { database, keys: people.keys, vocabularies, set: config.desk ?? {} }
    return work(queueDesk({ ...given, now: () => new Date() }), by)
  })
}

async function tell(one: Case, json: boolean | undefined): Promise<void> {
  await (json ? writeJson(jsonOf(one)) : write(`${one.number}  ${one.state}${claimWords(one)}\n`))
}

/** A line is of the kind `case`; what kind of case it is stands beside. */
function jsonOf({ kind, ...one }: Case): { readonly kind: 'case' } & Record<string, unknown> {
  return { kind: 'case', caseKind: kind, ...one }
}

function claimWords({ claim }: Case): string {
  return claim ? ` (${claim.by} until ${claim.until})` : ''
}

function wholeText({ case: one, why, next, reports, items, moreItems }: WholeCase): string {
  const told = reports.flatMap(({ id, channel, kind, receivedAt, address, words }) => [
    `  report  ${id}  ${receivedAt}  ${channel}, ${kind}`,
    ...(address === undefined ? [] : [`          ${plain(address)}`]),
    ...(words === undefined ? [] : [`          ${plain(words)}`]),
  ])
  const found = items.map(({ id, state, screening, stack }) => {
    const because = screening?.because === undefined ? '' : `, because ${screening.because}`
    return `  item    ${id}  ${state}${because}${stack === id ? '' : `  in the stack of ${stack}`}`
  })
  const more = moreItems > 0 ? [`  and ${moreItems} more items`] : []
  return [
    `${one.number}  ${one.kind}  ${one.state}${claimWords(one)}`,
    `  why     ${plain(why)}`,
    `  next    ${plain(next)}`,
    ...[...told, ...found, ...more, ''],
  ].join('\n')
}

function numberArgument(name = '<number>'): Argument {
  return new Argument(name, 'the number of the case')
}

const ROWS_MAX = 200

function rowsOf(untrusted: string): number {
  const rows = Number(untrusted)
  if (!Number.isSafeInteger(rows) || rows < 1 || rows > ROWS_MAX)
    throw new Fault('usage.invalid', `--limit is a whole number from 1 to ${ROWS_MAX}`)
  return rows
}
