/** Show: the command that says all of one source: what its file states, how it stands, and what was done. */
import { Command } from 'commander'
import { eventsOf } from '#store/append'
import { type SourceState, sourceNamed, sourceStream } from '#store/sources'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { withStore } from '../store.ts'
import { sourceOf } from './at-hand.ts'
import { standingOf } from './list.ts'

const EVENTS_SHOWN = 20

/** `tutela source show NAME` */
export function showCommand(ending: Ending): Command {
  return new Command('show')
    .description('Show what a source states, how it stands, and its last pulls.')
    .argument('<name>', 'the source')
    .addOption(jsonOption())
    .action(async (name: string, { json }: { json?: boolean }) => {
      await withStore(async (atHand) => {
        const { database } = atHand.store
        const source = await sourceOf(atHand, name)
        const state = await sourceNamed(database, name)
        const events = (await eventsOf(database, sourceStream(name))).slice(-EVENTS_SHOWN)
        const standing = standingOf(source, state, new Date())
        if (json) return writeJson({ kind: 'source', standing, source, state: state && shown(state), events })
        const { title, publisher, list, uses, trust, schedule, api, file } = source
        const lines = [
          [title, standing],
          ['publisher', publisher],
          ['list', `${list} (${uses.join(', ') || 'no use'}; ${trust})`],
          ['asks', `${api.kind} at ${api.base}`],
          ['schedule', `${schedule} (UTC)`],
          ['file', file],
          ...stateLines(state),
          ...events.map(({ at, kind, actor, body }) => [at, `${kind} by ${actor} ${JSON.stringify(body)}`]),
        ]
        await write(lines.map(([word = '', said = '']) => `${plain(word)}: ${plain(said)}\n`).join(''))
      })
      ending.code = EXIT.nothingFound
    })
}

function stateLines(state: SourceState | undefined): string[][] {
  if (!state) return []
  const { checkpoint, checkpointAt, nextAt, failedBecause, failures, held, staging } = state
  return [
    ...(checkpoint ? [['read up to', new Date(checkpoint.time * 1000).toISOString()]] : []),
    ...(checkpointAt ? [['read at', checkpointAt.toISOString()]] : []),
    ...(nextAt ? [['next pull', nextAt.toISOString()]] : []),
    ...(staging ? [['staged', `${staging.rows} records of ${staging.pages} pages, not applied`]] : []),
    ...(failedBecause === undefined ? [] : [['failed', `${failures} times: ${failedBecause}`]]),
    ...(held ? [['held', `${held.because} ${JSON.stringify(held.figures)}`]] : []),
  ]
}

/** A state without what only the program reads. */
function shown({ definition: _, staging, ...state }: SourceState): object {
  if (!staging) return state
  const { resume: __, ...said } = staging
  return { ...state, staging: said }
}
