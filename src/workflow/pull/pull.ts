/** Pull: brings a list to what its partner publishes: fetched page by page, applied as one change, or not at all. */

import { allLists } from '#store/lists'
import { failPull } from '#store/pulls'
import { lookAtSource, type SourceState, sourceNamed } from '#store/sources'
import type { Actor } from '#terms/event'
import { Fault, type FaultCode } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'
import { applyStaged, tryWithoutList } from './apply.ts'
import type { PullDesk, PullOutcome } from './desk.ts'
import { fetchAll } from './fetch.ts'
import { openExchange } from './partners.ts'
import { definitionOf, isMoved } from './place.ts'
import { nextAfterFailure } from './schedule.ts'

export interface PullOptions {
  /** Fetches and weighs, and changes nothing of the list. What was fetched is kept for the pull that follows. */
  readonly isDryRun?: boolean
  /** Applies what was held, or what comes, whatever its size: on record. */
  readonly isBeyondBounds?: boolean
  readonly actor: Actor
  readonly stop?: AbortSignal
}

/** Faults of the partner or of what it sent: written down, and tried again by schedule. Others are thrown. */
const RECORDED: ReadonlySet<FaultCode> = new Set([
  'source.invalid',
  'source.unreachable',
  'source.damaged',
  'source.refused',
  'wire.refused',
  'list.invalid',
  'register.unknown',
])
/** After these the next pull begins again: what was staged may be what is wrong. */
const DROPPED: ReadonlySet<FaultCode> = new Set(['source.damaged', 'list.invalid'])

/**
 * Pulls a source that is switched on; a dry run also one that is not. While a pull is held, a dry run weighs that one.
 *
 * @throws Fault `register.unknown` for a source that never was switched on, but in a dry run; `source.invalid` when it asks
 * another place than it was switched on for; `store.*`
 */
export async function pull(
  desk: PullDesk,
  source: SourceDefinition,
  options: PullOptions,
): Promise<PullOutcome> {
  const lock = await desk.lock(`source:${source.name}`)
  if (!lock) return { kind: 'busy' }
  const stop = options.stop ? AbortSignal.any([options.stop, lock.lost]) : lock.lost
  try {
    return await pullAlone(desk, source, options, stop)
  } finally {
    await lock.release()
  }
}

async function pullAlone(
  desk: PullDesk,
  source: SourceDefinition,
  { isDryRun = false, isBeyondBounds = false, actor }: PullOptions,
  stop: AbortSignal,
): Promise<PullOutcome> {
  const state = await stateOf(desk, source, { isDryRun, actor })
  checkPlace(source, state)
  try {
    const listName = await listOf(desk, source, state)
    const staging =
      (isBeyondBounds || isDryRun) && state.held && state.staging?.checkpoint
        ? state.staging // what is applied is what was looked at, and stays what is looked at
        : await fetchAll(desk, source, state, await openExchange(source, desk.ask), stop)
    const signed = { actor, at: desk.now() }
    if (listName === undefined) return await tryWithoutList(desk, source, staging, { isBeyondBounds, signed })
    return await applyStaged(desk, source, listName, staging, { isDryRun, isBeyondBounds, signed })
  } catch (error) {
    if (stop.aborted) return { kind: 'stopped' }
    return failed(desk, source, state, error, { actor, isDryRun })
  }
}

/**
 * How a source stands. One that was never switched on can be looked at all the same.
 *
 * @throws Fault `register.unknown` when it is to be pulled in earnest
 */
async function stateOf(
  { database, now }: PullDesk,
  source: SourceDefinition,
  { isDryRun, actor }: { readonly isDryRun: boolean; readonly actor: Actor },
): Promise<SourceState> {
  const state = await sourceNamed(database, source.name)
  if (state?.list !== undefined) return state
  if (!isDryRun)
    throw new Fault(
      'register.unknown',
      `the source "${source.name}" is not switched on: "tutela source enable"`,
    )
  const isElsewhere = isMoved(source, state)
  if (state && !isElsewhere) return state
  const given = { definition: definitionOf(source), isElsewhere }
  return database.transaction((transaction) =>
    lookAtSource(transaction, source.name, given, { actor, at: now() }),
  )
}

async function failed(
  desk: PullDesk,
  source: SourceDefinition,
  { failures, held }: SourceState,
  error: unknown,
  { actor, isDryRun }: { readonly actor: Actor; readonly isDryRun: boolean },
): Promise<PullOutcome> {
  if (!(error instanceof Fault) || !RECORDED.has(error.code)) throw error
  const at = desk.now()
  const { code, message: because } = error
  const nextAt = nextAfterFailure(source, failures + 1, at)
  const isDropped = DROPPED.has(code) && !(isDryRun && held) // what is held waits for a decision
  await failPull(desk.database, source.name, { code, because, isDropped, nextAt }, { actor, at })
  return { kind: 'failed', code, because }
}

/**
 * The name that the source's list has now; of one that never was switched on, that of the list which it would fill, where there
 * is one.
 *
 * @throws Fault `register.unknown` when it was removed
 */
async function listOf(
  { database }: PullDesk,
  source: SourceDefinition,
  state: SourceState,
): Promise<string | undefined> {
  const lists = await allLists(database)
  if (state.list === undefined) return lists.find(({ name }) => name === source.list)?.name
  const list = lists.find(({ id }) => id === state.list)
  if (!list) throw new Fault('register.unknown', `the list of the source "${state.name}" was removed`)
  return list.name
}

/** @throws Fault `source.invalid` when its file names another place than the one that its checkpoint is of */
function checkPlace(source: SourceDefinition, state: SourceState): void {
  if (!isMoved(source, state)) return
  throw new Fault(
    'source.invalid',
    `${source.name}: its file names another place than when it was switched on; switch it on again`,
  )
}
