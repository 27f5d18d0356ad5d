/** Pull: the command that pulls a source now, tries what that would do, or applies what was held. */
import { Command } from 'commander'
import { Fault } from '#terms/fault'
import type { PullOutcome } from '#workflow/pull/desk'
import { EXIT, type ExitCode } from '../exit.ts'
import { interruption } from '../interruption.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import { sourceOf } from './at-hand.ts'

interface PullFlags {
  readonly dryRun?: boolean
  readonly beyondBounds?: boolean
  readonly json?: boolean
}

/** `tutela source pull NAME` */
export function pullCommand(ending: Ending): Command {
  return new Command('pull')
    .description(
      'Pull a source now: all that its partner changed becomes one change of its list, or nothing.',
    )
    .argument('<name>', 'the source')
    .option(
      '--dry-run',
      'fetch, and say what would change; nothing of the list is changed, and the source need not be switched on',
    )
    .option('--beyond-bounds', 'apply what was held, or what comes, whatever its size; on record')
    .addOption(jsonOption())
    .action(async (name: string, flags: PullFlags) => {
      ending.code = await withStore(async (atHand) => {
        const source = await sourceOf(atHand, name)
        const [{ pull }, { pullDesk }] = await Promise.all([
          import('#workflow/pull/pull'), // heavy: other commands need not wait
          import('#workflow/pull/at-hand'),
        ])
        const stop = interruption('Stopping; the next pull goes on where this one was.')
        try {
          const outcome = await pull(pullDesk(atHand.store), source, {
            actor: atHand.signed().actor,
            isDryRun: flags.dryRun ?? false,
            isBeyondBounds: flags.beyondBounds ?? false,
            stop: stop.signal,
          })
          return await told(name, outcome, flags.json ?? false, stop.exitCode())
        } finally {
          stop.release()
        }
      })
    })
}

async function told(
  name: string,
  outcome: PullOutcome,
  json: boolean,
  stopped: ExitCode | undefined,
): Promise<ExitCode> {
  if (json) await writeJson({ source: name, ...outcome })
  switch (outcome.kind) {
    case 'applied':
    case 'unchanged':
    case 'dry-run':
      if (!json) await write(`${plain(name)}: ${wordsOf(outcome)}\n`)
      return EXIT.nothingFound
    case 'held':
      throw new Fault('register.held', outcome.held.because)
    case 'failed':
      throw new Fault(outcome.code, outcome.because)
    case 'busy':
      throw new Fault('store.conflict', `${name} is being pulled by another process`)
    case 'stopped':
      return stopped ?? EXIT.tryAgain
  }
}

function wordsOf(outcome: PullOutcome & { readonly kind: 'applied' | 'unchanged' | 'dry-run' }): string {
  const { counts, fetched, kind } = outcome
  const { added, replaced, withdrawn } = counts
  const what = `${added} added, ${replaced} replaced, ${withdrawn} withdrawn`
  const left = fetched.leftOut > 0 ? `; ${fetched.leftOut} records left out` : ''
  const pages = `${fetched.rows} records on ${fetched.pages} pages${left}`
  if (kind === 'unchanged') return `nothing to change (${pages}).`
  if (kind === 'dry-run') return `would be ${what} (${pages}). Nothing was changed.`
  return `${what} (${pages}).`
}
