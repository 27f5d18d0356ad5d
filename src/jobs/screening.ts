/** Screening: items of cases are looked up as they come, and again when the register changes; claims that ran out end. */
import { errorFields } from '#ground/log'
import { Fault } from '#terms/fault'
import { clockOld } from '#workflow/intake/clocks'
import { lapseClaims } from '#workflow/queue/claim'
import type { ScreenDesk } from '#workflow/screen/desk'
import { recheckKnown } from '#workflow/screen/fallen'
import { orderCases, type Prioritiser } from '#workflow/screen/prioritise'
import { type Rescreening, rescreen, screenDue } from '#workflow/screen/screen'
import { settleRest } from '#workflow/screen/settle'
import type { DeskJobs, Job } from './job.ts'

/** While one batch is written down the decoders have the next. */
const LANES = 2

/** The jobs of the desk. */
export function deskJobs(desk: DeskJobs): Job[] {
  const { prioritiser } = desk
  return [
    screeningJob(desk),
    rescreeningJob(desk),
    claimsJob(desk),
    clocksJob(desk),
    ...(prioritiser ? [orderingJob(desk, prioritiser)] : []),
  ]
}

/** Goes on as long as something is due; while the index is built it waits. */
function screeningJob(desk: ScreenDesk): Job {
  return {
    name: 'screening',
    everySeconds: 1,
    run: async (_, stop) => {
      if (desk.index.state.kind === 'building') return
      const lane = async (): Promise<void> => {
        while (!stop.aborted && (await whileReady(() => screenDue(desk, stop))) > 0);
      }
      const ended = await Promise.allSettled(Array.from({ length: LANES }, lane))
      for (const one of ended) if (one.status === 'rejected') throw one.reason
      while (!stop.aborted && (await settleRest(desk)) > 0);
    },
  }
}

function rescreeningJob(desk: ScreenDesk): Job {
  let done: Rescreening | undefined
  let known: Rescreening | undefined
  return {
    name: 'rescreening',
    everySeconds: 2,
    run: async (_, stop) => {
      if (desk.index.state.kind === 'building') return
      do known = await recheckKnown(desk, known, stop)
      while (known.behind !== undefined && !stop.aborted)
      do done = await rescreen(desk, done, stop)
      while (done.behind !== undefined && !stop.aborted)
    },
  }
}

function claimsJob(desk: ScreenDesk): Job {
  return {
    name: 'claims',
    everySeconds: 5,
    run: async ({ log }) => {
      const ended = await lapseClaims(desk)
      if (ended > 0) log.info('claims ran out', { ended })
    },
  }
}

/** Reports that came before there was a table of clocks have theirs from now on. */
function clocksJob(desk: ScreenDesk): Job {
  return {
    name: 'clocks',
    everySeconds: 60,
    run: async ({ clocks, log }, stop) => {
      for (let set = 1; clocks && set > 0 && !stop.aborted; ) {
        set = await clockOld(desk, clocks)
        if (set > 0) log.info('clocks were set', { cases: set })
      }
    },
  }
}

function orderingJob(desk: ScreenDesk, prioritiser: Prioritiser): Job {
  return {
    name: 'ordering',
    everySeconds: 5,
    run: async ({ log }, stop) => {
      const { ordered, because } = await orderCases(desk, prioritiser, stop)
      if (because && !stop.aborted)
        log.warn('the prioritiser did not answer', { ordered, ...errorFields(because) })
    },
  }
}

/** An index that is being built again is no failure of a round. */
async function whileReady(work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Fault && error.code === 'index.not-ready') return 0
    throw error
  }
}
