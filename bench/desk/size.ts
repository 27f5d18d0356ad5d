/** Size: a hundred thousand items are screened while the queue is read, cases are claimed, and items are voted on. */
import { setTimeout as pause } from 'node:timers/promises'
import { allocate } from '#store/allocations'
import type { Database } from '#store/database'
import type { Figure } from '../../kernels/bench/figure.ts'
import { asked, milliseconds, p95, SIGNED, serverOf, worker } from './ground.ts'
import { voted } from './routes.ts'
import { inRoom, type OpenStore, screenAll, screenBeside } from './screening.ts'

/** Sealed, and read from the vault: a hundredth of all, since to seal takes longer than to screen. */
const SEALED = 1000
const PICTURE = [640, 480] as const
const BATCHES = 50
const PER_CASE = 5
const BETWEEN_MILLISECONDS = 250
/** Cases below this number were voted on by the other figures. */
const FIRST_FREE = 3000

/** Items of cases whose bytes were read before: rows with digests and the hashes of one picture each. */
async function fillDerived(database: Database, items: number): Promise<void> {
  await database.query(
    `INSERT INTO vault_item (id, state, md5, sha1, sha256, size_bytes, media_type, custodian, sealed_at, blob_sha256,
                             blob_bytes, derived, version)
     SELECT 'v-' || lpad(n::text, 16, '0'), 'available', substr(digest, 1, 16), substr(digest, 1, 20), digest, 50000,
            'image/jpeg', 'tutela', now(), digest, 60000,
            jsonb_build_object('kind', 'picture', 'format', 'jpeg', 'width', 640, 'height', 480, 'kernels', 'bench',
              'processedAt', now(), 'frames', jsonb_build_array(jsonb_build_object('frame', 0, 'region', 'whole',
              'quality', 100, 'pdq', (SELECT jsonb_agg(encode(sha256((n::text || ' ' || turn::text)::bytea), 'hex'))
                                        FROM generate_series(1, 8) AS turn)))), 1
       FROM generate_series(1, $1::int) AS n, LATERAL (SELECT sha256(('size ' || n::text)::bytea) AS digest) AS made`,
    [items],
  )
  await database.query(
    `INSERT INTO desk_case (number, kind, state, opened_at, at_risk, severity, confidence, trust, received_at, version)
     SELECT 'z-' || n, 'platform', 'screening', now(), false, 1, 0, 1, now(), 1 FROM generate_series(0, $1::int / $2::int) AS n`,
    [items, PER_CASE],
  )
  await database.query(
    `INSERT INTO case_item (id, case_number, item, kind, state, stack, version, sha256, hashes, screen_after)
     SELECT id, 'z-' || (n / $2::int), 'v-' || lpad(n::text, 16, '0'), 'material', 'new', id, 1, digest,
            jsonb_build_object('sha256', encode(digest, 'hex')), now()
       FROM generate_series(1, $1::int) AS n, LATERAL (
         SELECT 'i-z' || lpad(n::text, 15, '0') AS id, sha256(('size ' || n::text)::bytea) AS digest) AS made`,
    [items, PER_CASE],
  )
  await database.query('ANALYZE')
}

/** People at work until `stop`: what each of their acts took, in milliseconds. */
async function atWork(database: Database, stop: AbortSignal) {
  const app = await serverOf(database)
  const times = { queue: [] as number[], claim: [] as number[], vote: [] as number[] }
  try {
    const [first, second] = [await worker(database, ['analyst']), await worker(database, ['reviewer'])]
    for (let n = FIRST_FREE; !stop.aborted; n += 3) {
      times.queue.push(await milliseconds(() => asked(app, first, 'GET', '/v1/queue?limit=100')))
      times.claim.push(await milliseconds(() => asked(app, first, 'POST', '/v1/cases/next')))
      await database.transaction(async (tx) => {
        for (const { id } of [first, second]) await allocate(tx, `b-${n}`, id, SIGNED)
      })
      for (const who of [first, second]) times.vote.push(await milliseconds(() => voted(app, who, n)))
      await pause(BETWEEN_MILLISECONDS)
    }
    return times
  } finally {
    await app.close()
  }
}

/** Yields `desk.sizeRatio`, `desk.sizeRate`, and what people's acts took beside; the cases are filled in. */
export async function* sizeFigures(store: OpenStore, data: string, items: number): AsyncGenerator<Figure> {
  const { database } = store
  const rest = items - SEALED
  const ended = new AbortController()
  const { ratio, seconds, times } = await inRoom(store, data, async (room) => {
    const working = atWork(database, ended.signal)
    try {
      const { scanned, screened } = await screenBeside(room, 1_000_000, SEALED, PICTURE)
      await fillDerived(database, rest)
      const taken = await milliseconds(async () => {
        for (let at = 0; at < BATCHES; at++) await screenAll(room.desk, Math.ceil(rest / BATCHES))
      })
      return { ratio: scanned / screened, seconds: taken / 1000, times: working }
    } finally {
      ended.abort()
      await working
    }
  })
  const { queue, claim, vote } = await times
  const beside = `while a queue was read, a case claimed and two votes given every ${BETWEEN_MILLISECONDS} ms and more`
  yield {
    ...{ name: 'desk.sizeRatio', value: ratio, unit: 'ratio', reach: 0.5, goal: 0.8 },
    note: `${SEALED} sealed pictures of ${PICTURE.join('×')} screened from the vault, beside their scan, both ${beside}`,
  }
  const rows = `${rest} items in cases of ${PER_CASE}, their bytes not sealed but their hashes filled in as read before`
  yield {
    ...{ name: 'desk.sizeRate', value: rest / seconds, unit: 'items/s', reach: null, goal: null },
    note: `${rows}; ${beside}; an index of one entry`,
  }
  const shared = {
    unit: 'ms',
    lowerIsBetter: true,
    note: `p95 of ${queue.length} while all that was screened`,
  }
  yield { name: 'desk.queueBeside', value: p95(queue), reach: 200, goal: 100, ...shared }
  yield { name: 'desk.claimBeside', value: p95(claim), reach: 200, goal: 100, ...shared }
  yield { name: 'desk.voteBeside', value: p95(vote), reach: 200, goal: 100, ...shared }
}
