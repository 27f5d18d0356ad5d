/** Pull: brings a list to what its partner publishes: fetched page by page, applied as one change, or not at all. */

import { allLists } from '#store/lists'
import { failPull } from '#store/pulls'
import { type SourceState, sourceNamed } from '#store/sources'
import type { Actor, Canonical } from '#terms/event'
import { canonical } from '#terms/event'
import { Fault, type FaultCode } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'
import { applyStaged } from './apply.ts'
import type { PullDesk, PullOutcome } from './desk.ts'
import { fetchAll } from './fetch.ts'
import { openExchange } from './partners.ts'
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
 * Pulls a source that is switched on.
 *
 * @throws Fault `register.unknown` for a source that never was switched on; `source.invalid` when it asks another place than it
 *   was switched on for; `store.*`
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
  const state = await sourceNamed(desk.database, source.name)
  if (!state)
    throw new Fault(
      'register.unknown',
      `the source "${source.name}" is not switched on: "tutela source enable"`,
    )
  checkPlace(source, state)
  try {
    const listName = await listOf(desk, state)
    const staging =
      isBeyondBounds && state.held && state.staging?.checkpoint
        ? state.staging // what is applied is what was looked at
        : await fetchAll(desk, source, state, await openExchange(source, desk.ask), stop)
    const signed = { actor, at: desk.now() }
    return await applyStaged(desk, source, listName, staging, { isDryRun, isBeyondBounds, signed })
  } catch (error) {
    if (stop.aborted) return { kind: 'stopped' }
    return failed(desk, source, state, error, actor)
  }
}

async function failed(
  desk: PullDesk,
  source: SourceDefinition,
  { failures }: SourceState,
  error: unknown,
  actor: Actor,
): Promise<PullOutcome> {
  if (!(error instanceof Fault) || !RECORDED.has(error.code)) throw error
  const at = desk.now()
  const { code, message: because } = error
  const nextAt = nextAfterFailure(source, failures + 1, at)
  const isDropped = DROPPED.has(code)
  await failPull(desk.database, source.name, { code, because, isDropped, nextAt }, { actor, at })
  return { kind: 'failed', code, because }
}

/** The name that the source's list has now. @throws Fault `register.unknown` when it was removed */
async function listOf({ database }: PullDesk, state: SourceState): Promise<string> {
  const list = (await allLists(database)).find(({ id }) => id === state.list)
  if (!list) throw new Fault('register.unknown', `the list of the source "${state.name}" was removed`)
  return list.name
}

/** @throws Fault `source.invalid` when its file names another place than the one that its checkpoint is of */
function checkPlace(source: SourceDefinition, { definition }: SourceState): void {
  if (definition === undefined || placeOf(definition) === placeOf(source)) return
  throw new Fault(
    'source.invalid',
    `${source.name}: its file names another place than when it was switched on; switch it on again`,
  )
}

/** Where a source asks, as one text. */
export function placeOf(definition: unknown): string {
  const { kind, base, options } = (definition as SourceDefinition).api
  return canonical({ kind, base, options } as Canonical)
}
