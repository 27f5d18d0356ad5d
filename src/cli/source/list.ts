/** List: the command that shows every source, and how it stands. */
import { Command } from 'commander'
import { allSources, type SourceState } from '#store/sources'
import type { SourceDefinition } from '#terms/source'
import { isStale } from '#workflow/pull/schedule'
import { EXIT } from '../exit.ts'
import type { Ending } from '../main.ts'
import { jsonOption } from '../options.ts'
import { write, writeJson } from '../output.ts'
import { plain } from '../plain.ts'
import { type StoreDesk, withStore } from '../store.ts'
import { sourcesOf } from './at-hand.ts'

/** How a source stands, in a word. */
export type Standing = 'off' | 'ready' | 'waiting' | 'held' | 'failing' | 'stale' | 'wrong'

/** `tutela source ls` */
export function listSourcesCommand(ending: Ending): Command {
  return new Command('ls')
    .description('Show every source, and how it stands.')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      await withStore(async (atHand) => {
        for (const line of await linesOf(atHand)) {
          if (json) await writeJson({ kind: 'source', ...line })
          else await write(`${readable(line)}\n`)
        }
      })
      ending.code = EXIT.nothingFound
    })
}

interface SourceLine {
  readonly name: string
  readonly standing: Standing
  readonly list?: string
  readonly partner?: string
  readonly succeededAt?: string
  readonly nextAt?: string
  readonly because?: string
}

async function linesOf(atHand: StoreDesk): Promise<SourceLine[]> {
  const { sources, wrong } = await sourcesOf(atHand)
  const states = new Map((await allSources(atHand.store.database)).map((state) => [state.name, state]))
  const now = new Date()
  const known = [...sources.values()].map((source) => lineOf(source, states.get(source.name), now))
  const bad = wrong.map(({ name, fault }) => ({ name, standing: 'wrong' as const, because: fault.message }))
  return [...known, ...bad].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function lineOf(source: SourceDefinition, state: SourceState | undefined, now: Date): SourceLine {
  const because = state?.held?.because ?? state?.failedBecause
  return {
    name: source.name,
    standing: standingOf(source, state, now),
    list: source.list,
    partner: source.api.kind,
    ...(state?.succeededAt && { succeededAt: state.succeededAt.toISOString() }),
    ...(state?.nextAt && { nextAt: state.nextAt.toISOString() }),
    ...(because !== undefined && { because }),
  }
}

/** What is worst about it comes first. */
export function standingOf(source: SourceDefinition, state: SourceState | undefined, now: Date): Standing {
  if (!state?.isEnabled) return 'off'
  if (state.held) return 'held'
  if (isStale(source, state.succeededAt, now)) return 'stale'
  if (state.failures > 0) return 'failing'
  return state.succeededAt ? 'ready' : 'waiting'
}

function readable({ name, standing, list, succeededAt, nextAt, because }: SourceLine): string {
  const said = [
    `${plain(name).padEnd(40)} ${standing.padEnd(8)}`,
    succeededAt ? `pulled ${succeededAt.slice(0, 16)}Z` : 'never pulled',
    ...(nextAt ? [`next ${nextAt.slice(0, 16)}Z`] : []),
    ...(list === undefined ? [] : [`list ${plain(list)}`]),
  ]
  return because === undefined ? said.join('  ') : `${said.join('  ')}\n    ${plain(because)}`
}
