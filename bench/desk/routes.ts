/** Routes: how soon the queue's page and a vote are answered by the whole server, among many open cases. */
import type { FastifyInstance } from 'fastify'
import { allocate } from '#store/allocations'
import type { Database } from '#store/database'
import { type Figure, median } from '../../kernels/bench/figure.ts'
import { grade } from '../../tests/support/casework.ts'
import { asked, itemNumber, milliseconds, p95, SIGNED, serverOf, type Worker, worker } from './ground.ts'

const ROUNDS = 60
const FIRST_ROUNDS = 5
const GRADES = [grade('B')]

/** Grades the item of a case of the ground. */
export function voted(app: FastifyInstance, who: Worker, n: number): Promise<unknown> {
  const body = { item: itemNumber(n), grades: GRADES, basis: 'hash' }
  return asked(app, who, 'POST', `/v1/cases/b-${n}/votes`, body)
}

/** Yields `desk.queueRoute` and `desk.decision`; the cases are filled in. */
export async function* routeFigures(database: Database, cases: number): AsyncGenerator<Figure> {
  const app = await serverOf(database)
  try {
    const [first, second] = [await worker(database, ['analyst']), await worker(database, ['reviewer'])]
    const [opens, firsts, seconds]: [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round < FIRST_ROUNDS + ROUNDS; round++) {
      const n = 3 * (1 + round * 40)
      await database.transaction(async (tx) => {
        for (const { id } of [first, second]) await allocate(tx, `b-${n}`, id, SIGNED)
      })
      const page = `/v1/queue?limit=100&offset=${(round % 20) * 100}`
      const opened = await milliseconds(() => asked(app, first, 'GET', page))
      const one = await milliseconds(() => voted(app, first, n))
      const other = await milliseconds(() => voted(app, second, n))
      if (round < FIRST_ROUNDS) continue // what is compiled and prepared once
      opens.push(opened)
      firsts.push(one)
      seconds.push(other)
    }
    const shared = { unit: 'ms', lowerIsBetter: true } as const
    const beside = `${cases} open cases, ${ROUNDS} rounds through the whole server without a network`
    yield {
      ...{ name: 'desk.queueRoute', value: median(opens), reach: 200, goal: 50, ...shared },
      note: `GET of 100 cases; ${beside}; p95 ${p95(opens).toFixed(0)} ms`,
    }
    yield {
      ...{ name: 'desk.decision', value: median([...firsts, ...seconds]), reach: 50, goal: 20, ...shared },
      note:
        `POST of a vote; ${beside}; first votes ${median(firsts).toFixed(1)}, seconds, which decide and write the entry, ` +
        `${median(seconds).toFixed(1)}, p95 ${p95(seconds).toFixed(1)} ms`,
    }
  } finally {
    await app.close()
  }
}
