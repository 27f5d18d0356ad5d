/** Ledger: changes of state a second, each with its leaf, by many writers at once while the sequencer numbers and signs. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { SILENT } from '#ground/log'
import { openCheckpointFile } from '#notary/checkpoint-file'
import { openLogKey } from '#notary/log-key'
import { append } from '#store/append'
import { Database } from '#store/database'
import { numberedLeaves, pendingLeaves } from '#store/leaves'
import { holdLock } from '#store/lock'
import { openStore, type Store } from '#store/open'
import { startSequencer } from '#workflow/ledger/sequencer'
import { type Bench, type Figure, median } from '../kernels/bench/figure.ts'

const CONNECTIONS = 32
const SECONDS = 4
const ROUNDS = 3
const REACH = 2_000

/** Writes for a while over all connections, each change in a transaction of its own. @returns changes a second */
async function changesPerSecond(database: Database, round: string): Promise<number> {
  const began = performance.now()
  const until = began + SECONDS * 1000
  let changes = 0
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, writer) => {
      for (let version = 0; performance.now() < until; version++, changes++)
        await database.transaction((tx) =>
          append(tx, `bench:${round}-${writer}`, version, [{ kind: 'bench.done', body: { version } }], {
            actor: 'tutela',
            at: new Date(),
          }),
        )
    }),
  )
  return changes / ((performance.now() - began) / 1000)
}

/** Numbers while `work` goes on. */
async function sequencing<T>(
  { database, config }: Store,
  folder: string,
  work: () => Promise<T>,
): Promise<T> {
  const sequencer = startSequencer({
    database,
    log: SILENT,
    open: async (mayMake) => ({
      key: await openLogKey({ folder, mayMake }),
      file: await openCheckpointFile(join(folder, 'checkpoints')),
    }),
    lock: (name) => holdLock(config, name),
    now: () => new Date(),
    pause: async (seconds, stop) => {
      await delay(seconds * 1000, undefined, { signal: stop })
    },
  })
  try {
    return await work()
  } finally {
    await sequencer.stop()
  }
}

/** The longest that a leaf waits for its number once the writers have ended, in seconds. */
async function drained(store: Store): Promise<number> {
  const began = performance.now()
  while ((await pendingLeaves(store.database)) > 0) await delay(10)
  return (performance.now() - began) / 1000
}

export const bench: Bench = async function* () {
  const folder = await mkdtemp(join(tmpdir(), 'tutela-bench-'))
  await chmod(folder, 0o711) // the database may run as another user
  const store = await openStore({ data: join(folder, 'data'), create: true })
  // The pool keeps three connections free of transactions.
  const database = new Database(store.config, { connectionsMax: CONNECTIONS + 3 })
  try {
    const plain: number[] = []
    const numbered: number[] = []
    let behindSeconds = 0
    for (let round = 0; round < ROUNDS; round++) {
      plain.push(await changesPerSecond(database, `plain${round}`))
      await sequencing(store, join(folder, 'ledger'), async () => {
        await drained(store)
        numbered.push(await changesPerSecond(database, `numbered${round}`))
        behindSeconds = Math.max(behindSeconds, await drained(store))
      })
    }
    const leaves = await numberedLeaves(store.database)
    const figures: Figure[] = [
      {
        name: 'ledger.changes',
        value: median(numbered),
        unit: 'changes/s',
        reach: REACH,
        goal: null,
        peer: { name: 'without the sequencer', value: median(plain) },
        note: `${CONNECTIONS} connections, ${leaves} leaves numbered`,
      },
      {
        name: 'ledger.behind',
        value: behindSeconds,
        unit: 's',
        reach: 1,
        goal: null,
        lowerIsBetter: true,
        note: 'the last leaf numbered after the last writer ended',
      },
    ]
    yield* figures
  } finally {
    await database.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}
