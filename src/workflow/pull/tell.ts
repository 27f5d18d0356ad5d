/** Tell: sends feedback on entries to the partner that they came from, each once. */

import type { Signed } from '#store/append'
import { type DueFeedback, dueFeedback, endFeedback, type FeedbackEnding } from '#store/feedback-sending'
import { sourceNamed } from '#store/sources'
import type { Exchange } from '#terms/exchange'
import { Fault } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'
import type { PullDesk } from './desk.ts'
import { openExchange } from './partners.ts'

const AT_ONCE_MAX = 100
const BACKOFF_SECONDS_FIRST = 300
const BACKOFF_SECONDS_MAX = 86_400
/** After so many tries, over some weeks, nobody waits any more. */
const ATTEMPTS_MAX = 30

/** What became of the feedback of a source. */
export interface ToldCounts {
  readonly sent: number
  readonly givenUp: number
  readonly putOff: number
}

const NOTHING: ToldCounts = { sent: 0, givenUp: 0, putOff: 0 }

/**
 * Tells a source's partner what is due. A partner that does not answer is not asked for the rest now.
 *
 * @throws Fault `store.*`
 */
export async function tellSource(
  desk: PullDesk,
  source: SourceDefinition,
  stop?: AbortSignal,
): Promise<ToldCounts> {
  const state = await sourceNamed(desk.database, source.name)
  if (!state?.isEnabled || state.list === undefined) return NOTHING
  const due = await dueFeedback(desk.database, state.list, desk.now(), AT_ONCE_MAX)
  if (due.length === 0) return NOTHING
  const counts = { sent: 0, givenUp: 0, putOff: 0 }
  const opened = await openExchange(source, desk.ask).catch(onlyFault)
  for (const one of due) {
    if (stop?.aborted) break
    const ending = opened instanceof Fault ? putOff(desk, one, opened) : await told(desk, opened, one, stop)
    if (stop?.aborted && ending.kind === 'put-off') break
    const signed: Signed = { actor: `source:${source.name}`, at: desk.now() }
    await endFeedback(desk.database, source.name, one.id, ending, signed)
    if (ending.kind === 'sent') counts.sent++
    else if (ending.kind === 'given-up') counts.givenUp++
    else counts.putOff++
    if (ending.kind === 'put-off') break
  }
  return counts
}

async function told(
  desk: PullDesk,
  exchange: Exchange,
  due: DueFeedback,
  stop: AbortSignal | undefined,
): Promise<FeedbackEnding> {
  if (!exchange.tell) return { kind: 'given-up', because: 'this partner takes no feedback' }
  try {
    const answer = await exchange.tell(due, { now: desk.now(), ...(stop && { stop }) })
    return answer.kind === 'taken' ? { kind: 'sent' } : { kind: 'given-up', because: answer.because }
  } catch (error) {
    if (stop?.aborted) return putOff(desk, due, new Fault('source.unreachable', 'the service stopped'))
    return putOff(desk, due, onlyFault(error))
  }
}

function putOff(desk: PullDesk, { attempts }: DueFeedback, { code, message }: Fault): FeedbackEnding {
  const because = `${code}: ${message}`
  if (attempts + 1 >= ATTEMPTS_MAX) return { kind: 'given-up', because }
  const seconds = Math.min(BACKOFF_SECONDS_FIRST * 2 ** Math.min(attempts, 20), BACKOFF_SECONDS_MAX)
  return { kind: 'put-off', because, nextAt: new Date(desk.now().getTime() + seconds * 1000) }
}

function onlyFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  throw error
}
