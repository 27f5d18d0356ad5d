/** Fetch: brings a partner's pages into the staging table one by one, so that what broke off goes on where it was. */
import { createHash } from 'node:crypto'
import { beginPull, resumePull, stagedAfter, stagePage } from '#store/pulls'
import type { SourceState, Staging } from '#store/sources'
import type { Exchange, Page, PullMoment } from '#terms/exchange'
import { Fault } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'
import type { PullDesk } from './desk.ts'

/** Tries in a row that bring nothing. */
const TRIES_MAX = 3
const WAIT_SECONDS_FIRST = 2
const DAY_SECONDS = 86_400

/**
 * Fetches what is yet to be fetched of a source.
 *
 * @returns where the pull stands, complete: with a checkpoint
 * @throws Fault `source.*`, `wire.refused`; `store.*`
 */
export async function fetchAll(
  desk: PullDesk,
  source: SourceDefinition,
  state: SourceState,
  exchange: Exchange,
  stop?: AbortSignal,
): Promise<Staging> {
  const moment: PullMoment = { now: desk.now(), ...(stop && { stop }) }
  let staging = await begun(desk, state, exchange, moment.now)
  for (let tries = 1; staging.checkpoint === undefined; tries++) {
    const before = staging.pages
    try {
      for await (const page of watched(source, staging, exchange, moment)) {
        staging = stagedAfter(staging, { ...page, rows: page.steps.length }, desk.now())
        await stagePage(desk.database, source.name, page.steps, staging)
      }
      if (staging.checkpoint === undefined) throw damaged(source, 'the pages end before their end')
    } catch (error) {
      if (staging.pages > before) tries = 1
      if (!isPassing(error) || tries >= TRIES_MAX) throw error
      await desk.pause(WAIT_SECONDS_FIRST * 2 ** (tries - 1), stop)
    }
  }
  return staging
}

/** What is staged, where it can be gone on with; else a new beginning. */
async function begun(desk: PullDesk, state: SourceState, exchange: Exchange, now: Date): Promise<Staging> {
  const left = state.held ? undefined : state.staging // what was held is asked for again: the partner may have mended it
  const ageSeconds = left ? (now.getTime() - Date.parse(left.at)) / 1000 : 0
  const resume = left?.resume && exchange.goingOn(left.resume, ageSeconds)
  if (left && (resume || left.checkpoint)) {
    await resumePull(desk.database, state.name, now)
    return resume ? { ...left, resume } : left
  }
  const { checkpoint, checkpointAt } = state
  const from = isTooOld(exchange, checkpointAt, now) ? undefined : checkpoint
  const at = now.toISOString()
  const staging = { begunAt: at, at, ...(from && { from }), pages: 0, rows: 0, leftOut: 0, bytes: 0 }
  await beginPull(desk.database, state.name, staging)
  return staging
}

/** True where the partner may have forgotten what it withdrew since: then everything is asked for. */
function isTooOld({ refetchAfterDays }: Exchange, checkpointAt: Date | undefined, now: Date): boolean {
  if (refetchAfterDays === undefined || !checkpointAt) return false
  return now.getTime() - checkpointAt.getTime() > refetchAfterDays * DAY_SECONDS * 1000
}

/** The pages of a partner, each held against what no partner that is well would send. */
async function* watched(
  source: SourceDefinition,
  staging: Staging,
  exchange: Exchange,
  moment: PullMoment,
): AsyncGenerator<Page> {
  const { from, resume } = staging
  const seen = new Set<string>()
  let { pages, rows, bytes } = staging
  const start = { ...(from && { checkpoint: from }), ...(resume && { resume }) }
  for await (const page of exchange.pull(start, moment)) {
    pages += 1
    rows += page.steps.length + page.leftOut
    bytes += page.bytes
    if (page.isAgain) seen.clear()
    checkAmounts(source, { pages, rows, bytes })
    checkRepeat(source, page, seen)
    checkCheckpoint(source, page, staging, moment)
    yield page
    if (page.checkpoint) return
  }
}

function checkAmounts(source: SourceDefinition, had: { pages: number; rows: number; bytes: number }): void {
  const { pagesMax, rowsMax, bytesMax } = source.limits
  if (had.pages > pagesMax) throw damaged(source, `more than ${pagesMax} pages`)
  if (had.rows > rowsMax) throw damaged(source, `more than ${rowsMax} records`)
  if (had.bytes > bytesMax) throw damaged(source, `more than ${bytesMax} bytes`)
}

function checkRepeat(source: SourceDefinition, { steps }: Page, seen: Set<string>): void {
  if (steps.length === 0) return
  const digest = createHash('sha256').update(JSON.stringify(steps)).digest('base64')
  if (seen.has(digest)) throw damaged(source, 'the partner repeats a page')
  seen.add(digest)
}

function checkCheckpoint(
  source: SourceDefinition,
  { checkpoint }: Page,
  { from }: Staging,
  { now }: PullMoment,
): void {
  if (!checkpoint) return
  if (from && checkpoint.time < from.time)
    throw damaged(source, `the partner went back, from ${shown(from.time)} to ${shown(checkpoint.time)}`)
  if (checkpoint.time > now.getTime() / 1000 + source.assertions.dateSkewSeconds)
    throw damaged(source, `the partner states a date to come, ${shown(checkpoint.time)}`)
}

/** A failure that the next try may not meet. */
function isPassing(error: unknown): boolean {
  return error instanceof Fault && error.code === 'source.unreachable'
}

function shown(time: number): string {
  return new Date(Math.min(time, 8_640_000_000_000) * 1000).toISOString()
}

function damaged(source: SourceDefinition, what: string): Fault {
  return new Fault('source.damaged', `${source.name}: ${what}`)
}
