/** Entry: the commands on one entry: what it is, what is thought of it, and what is told to its source. */
import { Command, Option } from 'commander'
import type { Signed } from '#store/append'
import type { Transaction } from '#store/database'
import type { Feedback } from '#store/feedback'
import type { Judgement } from '#store/judgements'
import type { Applied } from '#store/steps'
import { HASH_BYTES } from '#terms/hash'
import { type ListChange, TRUSTS, type Trust } from '#terms/register'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption, wholeNumber } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import { momentOf } from './show.ts'
import { appliedText, entryLine, tellChange } from './told.ts'

interface Flags {
  readonly because: string
  readonly json?: boolean
}

const ENTRY_MAX = 2 ** 31 - 1

/** `tutela list entry NUMBER` */
export function entryCommand(ending: Ending): Command {
  return onEntry(new Command('entry'))
    .description('Show an entry: every version, what is thought of it here, what was told to its source.')
    .action(async (number: number, { json }: { json?: boolean }) => {
      const [{ entryOf, versionsOf }, { judgementOn }, { feedbackOn }, { numbersOfChanges }] =
        await Promise.all([
          import('#store/entries'),
          import('#store/judgements'),
          import('#store/feedback'),
          import('#store/history'),
        ])
      const { changes, ...told } = await withStore(async ({ database }) => {
        await entryOf(database, number) // a fault for a number that is none
        const [versions, judged, feedback] = [
          await versionsOf(database, number),
          await judgementOn(database, number),
          await feedbackOn(database, number),
        ]
        const ids = versions.flatMap(({ since, until }) => [since, until ?? since])
        const changes = await numbersOfChanges(database, ids)
        return { versions, ...(judged && { judged }), feedback, changes }
      })
      if (json) await writeJson({ kind: 'entry-history', entry: number, ...told })
      else {
        const lines = [
          ...told.versions.map((version) => `${entryLine(version)}  ${sinceWords(version, changes)}`),
          ...(told.judged ? [judgedLine(told.judged)] : []),
          ...told.feedback.map(feedbackLine),
        ]
        await write(`${lines.join('\n')}\n`)
      }
      ending.code = EXIT.nothingFound
    })
}

function feedbackLine({ kind, at, actor, because, sentAt }: Feedback): string {
  const sent = sentAt === undefined ? 'not sent yet' : `sent ${sentAt}`
  const why = because === undefined ? '' : `, because ${plain(because)}`
  return `told its source: ${kind} by ${plain(actor)} at ${at}, ${sent}${why}`
}

/** From which change to which a version stood, by the numbers that "tutela list changes" shows. */
function sinceWords(
  { since, until, because }: { since: number; until?: number; because?: string },
  numbers: ReadonlyMap<number, number>,
): string {
  const why = because === undefined ? '' : `, because ${plain(because)}`
  const ended = until === undefined ? '' : ` to ${numbers.get(until)}${why}`
  return `(changes ${numbers.get(since)}${ended})`
}

/** What is thought of an entry, in one line. */
export function judgedLine({ trust, disabledUntil, because, actor, at }: Judgement): string {
  const off =
    disabledUntil === 'always' ? 'off for good' : disabledUntil && `off until ${disabledUntil.toISOString()}`
  const what = [trust, off].filter((word) => word !== undefined).join(', ')
  return `judged here: ${what} by ${plain(actor)} at ${at}, because ${plain(because)}`
}

/** `tutela list withdraw NUMBER --because` */
export function withdrawCommand(ending: Ending): Command {
  return edit(
    ending,
    'withdraw',
    'Withdraw an entry from its list, with a reason.',
    async (tx, number, because, signed) => {
      const { withdrawEntry } = await import('#store/edits')
      return withdrawEntry(tx, number, because, signed)
    },
  )
}

/** `tutela list restore NUMBER --because` */
export function restoreCommand(ending: Ending): Command {
  return edit(
    ending,
    'restore',
    'Undo the last edit or withdrawal of an entry.',
    async (tx, number, because, signed) => {
      const { restoreEntry } = await import('#store/edits')
      return restoreEntry(tx, number, because, signed)
    },
  )
}

function edit(
  ending: Ending,
  name: string,
  description: string,
  work: (tx: Transaction, number: number, because: string, signed: Signed) => Promise<Applied>,
): Command {
  return becauseOption(onEntry(new Command(name)))
    .description(description)
    .action(async (number: number, flags: Flags) => {
      const applied = await withStore(({ database, signed }) =>
        database.transaction((tx) => work(tx, number, flags.because, signed())),
      )
      await (flags.json ? writeJson({ kind: 'applied', applied }) : write(`${appliedText(applied)}\n`))
      ending.code = EXIT.nothingFound
    })
}

/** `tutela list judge NUMBER --as TRUST --because` */
export function judgeCommand(ending: Ending): Command {
  return becauseOption(onEntry(new Command('judge')))
    .description(
      'Say what is thought of an entry here, whatever its publisher says. A pull does not undo it.',
    )
    .addOption(new Option('--as <trust>', 'what it is').choices(TRUSTS).makeOptionMandatory())
    .action(async (number: number, flags: Flags & { as: Trust }) => {
      await judged(number, { trust: flags.as, because: flags.because }, flags)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela list unjudge NUMBER --because` */
export function unjudgeCommand(ending: Ending): Command {
  return becauseOption(onEntry(new Command('unjudge')))
    .description('Take back what was judged of an entry, and switch it on again.')
    .action(async (number: number, flags: Flags) => {
      await judged(number, { trust: null, disabledUntil: null, because: flags.because }, flags)
      ending.code = EXIT.nothingFound
    })
}

/** `tutela list disable NUMBER --because` */
export function disableCommand(ending: Ending): Command {
  return becauseOption(onEntry(new Command('disable')))
    .description('Switch an entry off: its matches are told as suppressed.')
    .option('--until <date>', 'a day (its end, UTC) or a moment; for good without it', momentOf)
    .action(async (number: number, flags: Flags & { until?: Date }) => {
      await judged(number, { disabledUntil: flags.until ?? 'always', because: flags.because }, flags)
      ending.code = EXIT.nothingFound
    })
}

async function judged(
  number: number,
  given: Parameters<typeof import('#store/judgements')['judge']>[2],
  flags: { readonly json?: boolean },
): Promise<void> {
  const { judge } = await import('#store/judgements')
  const change: ListChange | undefined = await withStore(({ database, signed }) =>
    database.transaction((tx) => judge(tx, number, given, signed())),
  )
  if (change) await tellChange(change, flags)
  else await (flags.json ? writeJson({ kind: 'unchanged' }) : write('it is judged so already\n'))
}

/** `tutela list feedback NUMBER affirm|dispute` */
export function feedbackCommand(ending: Ending): Command {
  const kinds = [...Object.keys(HASH_BYTES), 'photodna'] as const
  return onEntry(new Command('feedback'))
    .description('Tell the source of an entry what is thought of it. It is sent where the partner takes it.')
    .argument('<says>', 'affirm or dispute')
    .option('--because <text>', 'why; where the partner has a list of reasons, one of them')
    .addOption(new Option('--hash <kind>', 'about this hash alone').choices(kinds))
    .action(
      async (number: number, says: string, flags: { because?: string; hash?: 'md5'; json?: boolean }) => {
        if (says !== 'affirm' && says !== 'dispute')
          throw new (await import('#terms/fault')).Fault('usage.invalid', 'feedback is affirm or dispute')
        const { feedBack } = await import('#store/feedback')
        const { because, hash } = flags
        const given = { kind: says, ...(hash && { hashKind: hash }), ...(because && { because }) } as const
        const id = await withStore(({ database, signed }) =>
          database.transaction((tx) => feedBack(tx, number, given, signed())),
        )
        await (flags.json
          ? writeJson({ kind: 'feedback', id, entry: number, says })
          : write(`feedback ${id} waits to be sent\n`))
        ending.code = EXIT.nothingFound
      },
    )
}

function onEntry(command: Command): Command {
  return command
    .argument('<number>', 'the number of the entry', wholeNumber(1, ENTRY_MAX))
    .addOption(jsonOption())
}

function becauseOption(command: Command): Command {
  return command.requiredOption('--because <text>', 'why; it stays with the change')
}
