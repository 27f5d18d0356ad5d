/** Prioritise: a service of the operator's own, or a model, may say how soon a case should come. It orders, and never decides. */
import type { PrioritiserService } from '#ground/prioritiser-config'
import { ask, type WireAnswer, type WireRequest } from '#ground/wire/ask'
import { itemsInCase } from '#store/case-items'
import { changeCase, lockCase } from '#store/cases'
import { casesToOrder } from '#store/screenings'
import type { Case, CaseItem } from '#terms/casework'
import { Fault } from '#terms/fault'
import { POINTS_MAX } from '#terms/prioritiser'
import type { ScreenDesk } from './desk.ts'

/** What a prioritiser is told of a case: codes and numbers, no hash, no address, no word of a report. */
export interface CaseOutlined {
  readonly case: string
  readonly kind: Case['kind']
  readonly receivedAt: string
  readonly severity: number
  readonly confidence: number
  readonly items: readonly Pick<CaseItem, 'kind' | 'state'>[]
}

/** Says how soon a case should come: −10 to 10. */
export interface Prioritiser {
  readonly name: string
  /** True while it is not to be asked: after a failure, or where it could see nothing. */
  readonly isResting?: boolean
  /** @throws Fault where it does not say */
  points(outlined: CaseOutlined, stop: AbortSignal): Promise<number>
}

const ANSWER_BYTES_MAX = 4096
const SECONDS = 5
const CASES_AT_ONCE = 50
const ITEMS_TOLD_MAX = 200

/** A prioritiser that is asked over HTTP: `POST` the outline, and `{"points": 3}` comes back. */
export function httpPrioritiser(
  { http, addresses = 'public', secondsMax = SECONDS }: PrioritiserService,
  asking: (given: WireRequest) => Promise<WireAnswer> = ask,
): Prioritiser {
  return {
    name: new URL(http).hostname,
    points: async (outlined, stop) => {
      const answer = await asking({
        ...{ url: http, method: 'POST', body: JSON.stringify(outlined), addresses, secondsMax, stop },
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        ...{ ports: 'any', bytesMax: ANSWER_BYTES_MAX },
      })
      const bytes = await answer.bytes()
      if (answer.status !== 200) throw failed(`answered ${answer.status}`)
      return pointsIn(Buffer.from(bytes).toString('utf8'))
    },
  }
}

function pointsIn(untrusted: string): number {
  let answered: unknown
  try {
    answered = JSON.parse(untrusted)
  } catch (cause) {
    throw failed('answered no JSON', cause)
  }
  const points = (answered as { points?: unknown } | null)?.points
  if (typeof points !== 'number' || !Number.isInteger(points) || Math.abs(points) > POINTS_MAX)
    throw failed(`gave no whole number from -${POINTS_MAX} to ${POINTS_MAX}`)
  return points
}

function failed(what: string, cause?: unknown): Fault {
  return new Fault('remote.failed', `the prioritiser ${what}`, { cause })
}

/** Asks about cases that wait and were not ordered yet. One that fails is asked about again in the next round. */
export async function orderCases(
  desk: Pick<ScreenDesk, 'database' | 'now'>,
  prioritiser: Prioritiser,
  stop: AbortSignal,
): Promise<{ readonly ordered: number; readonly failed: number; readonly because?: Fault }> {
  let ordered = 0
  if (prioritiser.isResting) return { ordered, failed: 0 }
  for (const found of await casesToOrder(desk.database, CASES_AT_ONCE)) {
    if (stop.aborted) break
    const items = await itemsInCase(desk.database, found.number, ITEMS_TOLD_MAX)
    try {
      await order(desk, prioritiser.name, found, await prioritiser.points(outlineOf(found, items), stop))
      ordered++
    } catch (error) {
      // It is not there, or says nothing of use: the order stands without it, and a later round asks again.
      if (error instanceof Fault) return { ordered, failed: 1, because: error }
      throw error
    }
  }
  return { ordered, failed: 0 }
}

function outlineOf({ number, kind, priority }: Case, items: readonly CaseItem[]): CaseOutlined {
  const { receivedAt, severity, confidence } = priority
  const told = items.map((item) => ({ kind: item.kind, state: item.state }))
  return { case: number, kind, receivedAt, severity, confidence, items: told }
}

async function order(
  { database, now }: Pick<ScreenDesk, 'database' | 'now'>,
  by: string,
  { number }: Case,
  points: number,
): Promise<void> {
  await database.transaction(async (tx) => {
    const before = await lockCase(tx, number)
    if (before.state === 'closed' || before.priority.ordered) return
    const priority = { ...before.priority, ordered: { by, points } }
    await changeCase(
      tx,
      before,
      { priority },
      { kind: 'case.ordered', body: {} },
      { actor: 'tutela', at: now() },
    )
  })
}
