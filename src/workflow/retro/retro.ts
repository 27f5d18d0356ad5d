/** Retro: tells clients of what passed and would match now, in one process at a time, for as long as the service runs. */
import type pg from 'pg'
import { errorFields, type Log } from '#ground/log'
import { CHANGE_CHANNEL } from '#store/changes'
import type { Database } from '#store/database'
import { forgetDeliveries, nextDelivery } from '#store/deliveries'
import { listen } from '#store/listen'
import { holdLock } from '#store/lock'
import { forgetPassed } from '#store/passed'
import { Bell } from './bell.ts'
import { type DeliverDesk, deliverDue } from './deliver.ts'
import { type SweepDesk, sweep } from './sweep.ts'

/** What later matching works with. */
export interface RetroDesk extends SweepDesk, DeliverDesk {
  /** How the database is reached, for a lock and for what it announces. */
  readonly config: pg.ClientConfig
  readonly log: Log
}

const LOCK = 'retro'
const LOCK_MILLISECONDS = 5_000
const IDLE_MILLISECONDS_MAX = 30_000
const FAILED_MILLISECONDS = 5_000
/** Sweeping takes a fifth of the time at most, and gathers what changes in the meantime. */
const SWEEP = { pauseMillisecondsMin: 500, pausePerSweep: 4 }
const FORGET_MILLISECONDS = 60_000
const DELIVERIES_KEPT_DAYS = 7
const DAY_MILLISECONDS = 86_400_000

/** Starts it. @returns how to stop it: settles when nothing of it runs any more */
export function startRetro(desk: RetroDesk): { stop(): Promise<void> } {
  const stop = new AbortController()
  const running = run(desk, stop.signal)
  return {
    stop: async () => {
      stop.abort()
      await running
    },
  }
}

/** Forgets what was kept long enough. To be called also where later matching is switched off: what was kept before goes too. */
export async function forgetRetro(database: Database, now: Date): Promise<void> {
  await forgetPassed(database, now)
  await forgetDeliveries(database, new Date(now.getTime() - DELIVERIES_KEPT_DAYS * DAY_MILLISECONDS))
}

async function run(desk: RetroDesk, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const isHeld = await withLock(desk, stop).catch((error: unknown) => {
      desk.log.warn('later matching was interrupted', errorFields(error))
      return false
    })
    if (!isHeld) await new Bell().heard(LOCK_MILLISECONDS, stop)
  }
}

/** Works while it holds the lock. @returns false when another process has it */
async function withLock(desk: RetroDesk, stop: AbortSignal): Promise<boolean> {
  const held = await holdLock(desk.config, LOCK)
  if (!held) return false
  const done = new AbortController()
  const over = AbortSignal.any([stop, held.lost, done.signal])
  const [changed, written] = [new Bell(), new Bell()]
  try {
    const announced = { stop: over, again: () => changed.ring() }
    await listen(desk.config, CHANGE_CHANNEL, () => changed.ring(), announced)
    await Promise.all([
      again(desk, over, () => sweepOnce(desk, written, over), changed),
      again(desk, over, () => deliverOnce(desk, over), written),
      again(desk, over, () => forgetOnce(desk), new Bell()),
    ])
  } finally {
    done.abort()
    await held.release()
  }
  return true
}

/** Does some work again and again: when the bell is rung, or after as many milliseconds as the work says. */
async function again(
  { log }: RetroDesk,
  over: AbortSignal,
  work: () => Promise<{ readonly leastMilliseconds: number; readonly mostMilliseconds: number }>,
  bell: Bell,
): Promise<void> {
  while (!over.aborted) {
    const pause = await work().catch((error: unknown) => {
      if (!over.aborted) log.warn('later matching failed and is tried again', errorFields(error))
      return { leastMilliseconds: FAILED_MILLISECONDS, mostMilliseconds: FAILED_MILLISECONDS }
    })
    await new Bell().heard(pause.leastMilliseconds, over)
    await bell.heard(pause.mostMilliseconds - pause.leastMilliseconds, over)
  }
}

async function sweepOnce(desk: RetroDesk, written: Bell, over: AbortSignal) {
  const since = performance.now()
  const swept = await sweep(desk, over)
  if (swept && swept.told > 0) {
    desk.log.info('items that passed match now', { told: swept.told, change: swept.number })
    written.ring()
  }
  const pause = Math.max(SWEEP.pauseMillisecondsMin, SWEEP.pausePerSweep * (performance.now() - since))
  return { leastMilliseconds: pause, mostMilliseconds: pause + IDLE_MILLISECONDS_MAX }
}

async function deliverOnce(desk: RetroDesk, over: AbortSignal) {
  const { taken, putOff, givenUp } = await deliverDue(desk, over)
  if (taken + putOff + givenUp > 0) desk.log.info('messages on later matches', { taken, putOff, givenUp })
  const next = await nextDelivery(desk.database)
  const wait = next ? Math.max(0, next.getTime() - desk.now().getTime()) : IDLE_MILLISECONDS_MAX
  return { leastMilliseconds: 0, mostMilliseconds: Math.min(wait, IDLE_MILLISECONDS_MAX) }
}

async function forgetOnce(desk: RetroDesk) {
  await forgetRetro(desk.database, desk.now())
  return { leastMilliseconds: FORGET_MILLISECONDS, mostMilliseconds: FORGET_MILLISECONDS }
}
