/** Pulls: pulls every source whose time has come, a few at once. */
import { errorFields } from '#ground/log'
import { failPull } from '#store/pulls'
import { dueSources, scheduleSource } from '#store/sources'
import { Fault } from '#terms/fault'
import { pull } from '#workflow/pull/pull'
import type { Job, JobsDesk } from './job.ts'

const EVERY_SECONDS = 5
const AGAIN_SECONDS = 600
const BUSY_SECONDS = 60

/** Lanes, each of which pulls one source at a time, so that a long pull holds up no other. */
export function pullLanes(count: number): Job[] {
  const pulling = new Set<string>()
  return Array.from({ length: count }, (_, lane) => ({
    name: `pulls ${lane + 1}`,
    everySeconds: EVERY_SECONDS,
    run: async (desk, stop) => {
      while (!stop.aborted) {
        const due = await dueSources(desk.database, desk.now())
        const name = due.find((one) => !pulling.has(one))
        if (name === undefined) return
        pulling.add(name)
        await pullDue(desk, name, stop).finally(() => pulling.delete(name))
      }
    },
  }))
}

/** Pulls a source, and sees to it that it is not due at once again, whatever came of it. */
async function pullDue(desk: JobsDesk, name: string, stop: AbortSignal): Promise<void> {
  try {
    await pullOne(desk, name, stop)
  } catch (error) {
    if (stop.aborted) return
    desk.log.error('a source could not be pulled', { source: name, ...errorFields(error) })
    const at = desk.now()
    const nextAt = new Date(at.getTime() + AGAIN_SECONDS * 1000)
    if (!(error instanceof Fault)) await scheduleSource(desk.database, name, nextAt)
    else {
      const failed = { code: error.code, because: error.message, isDropped: false, nextAt }
      await failPull(desk.database, name, failed, { actor: `source:${name}`, at })
    }
  }
}

async function pullOne(desk: JobsDesk, name: string, stop: AbortSignal): Promise<void> {
  const { sources, wrong } = await desk.sources()
  const source = sources.get(name)
  if (!source) {
    const fault = wrong.find((one) => one.name === name)?.fault
    throw fault ?? new Fault('source.invalid', `there is no file of the source ${name} any more`)
  }
  const outcome = await pull(desk, source, { actor: `source:${name}`, stop })
  const because = outcome.kind === 'failed' ? { fault: outcome.code, because: outcome.because } : {}
  const fields = { source: name, outcome: outcome.kind, ...because }
  if (outcome.kind === 'failed' || outcome.kind === 'held') desk.log.warn('a source was pulled', fields)
  else desk.log.info('a source was pulled', fields)
  // Somebody pulls it by hand: what comes of that sets the time.
  if (outcome.kind === 'busy')
    await scheduleSource(desk.database, name, new Date(desk.now().getTime() + BUSY_SECONDS * 1000))
}
