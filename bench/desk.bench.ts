/** Desk: how soon a long queue opens and a case is taken up and decided, and how fast jobs screen what lies in the vault. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '#store/database'
import { openStore } from '#store/open'
import { claimNext, releaseCase } from '#workflow/queue/claim'
import { readQueue } from '#workflow/queue/read'
import { type Bench, type Figure, median } from '../kernels/bench/figure.ts'
import { fill, milliseconds, queueDesk, worker } from './desk/ground.ts'
import { routeFigures } from './desk/routes.ts'
import { screenRatio } from './desk/screening.ts'
import { sizeFigures } from './desk/size.ts'

const CASES = 10_000
const ITEMS = 100_000
const ROUNDS = 15
const ROUTES = ['desk.queueRoute', 'desk.decision']
const QUEUE = ['desk.queue', 'desk.claim']
const SIZE = ['desk.sizeRatio', 'desk.sizeRate', 'desk.queueBeside', 'desk.claimBeside', 'desk.voteBeside']

async function queueFigures(database: Database): Promise<Figure[]> {
  const { id: by } = await worker(database, ['analyst'])
  const desk = queueDesk(database)
  const [opens, claims]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    opens.push(await milliseconds(() => readQueue(desk, by, { limit: 100, offset: round * 300 })))
    let number = ''
    claims.push(
      await milliseconds(async () => {
        number = (await claimNext(desk, by))?.number ?? ''
      }),
    )
    await releaseCase(desk, by, number)
  }
  const note = `${CASES} open cases, ${ROUNDS} rounds, the embedded database`
  const shared = { unit: 'ms', lowerIsBetter: true, note } as const
  return [
    { name: 'desk.queue', value: median(opens), reach: 200, goal: 50, ...shared },
    { name: 'desk.claim', value: median(claims), reach: 50, goal: 20, ...shared },
  ]
}

/**
 * Yields `desk.screenRatio`, `desk.queue`, `desk.claim`, `desk.queueRoute` and `desk.decision`; with `full` `desk.size…` and what
 * people's acts take beside a hundred thousand items.
 */
export const bench: Bench = async function* ({ full, wants }) {
  const isSize = full && SIZE.some(wants)
  const isFilled = isSize || [...QUEUE, ...ROUTES].some(wants)
  if (!wants('desk.screenRatio') && !isFilled) return
  const folder = await mkdtemp(join(tmpdir(), 'tutela-bench-desk-'))
  await chmod(folder, 0o711) // as root the database runs as somebody else
  const data = join(folder, 'data')
  const store = await openStore({ data, create: true })
  try {
    if (wants('desk.screenRatio')) yield await screenRatio(store, data)
    if (isFilled) await fill(store.database, CASES)
    if (QUEUE.some(wants)) yield* await queueFigures(store.database)
    if (ROUTES.some(wants)) yield* routeFigures(store.database, CASES)
    if (isSize) yield* sizeFigures(store, data, ITEMS)
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}
