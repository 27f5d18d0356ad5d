/** Ground: a ledger to try things on: a database, a folder with its key and checkpoint file, and leaves to put into it. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { SILENT } from '#ground/log'
import { openCheckpointFile } from '#notary/checkpoint-file'
import { openLogKey } from '#notary/log-key'
import { leafHash } from '#store/append'
import type { Database } from '#store/database'
import { holdLock } from '#store/lock'
import { canonical } from '#terms/event'
import { catchUp } from '#workflow/ledger/catch-up'
import type { LedgerDesk } from '#workflow/ledger/desk'
import { sequence } from '#workflow/ledger/sequence'
import { temporaryDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'

export const ORIGIN = 'example.com/ledger'

export interface LedgerGround extends LedgerDesk {
  readonly config: pg.ClientConfig
  /** The ledger's folder. */
  readonly folder: string
  /** Writes events into streams `thing:0`, `thing:1` and so on, several to a stream. */
  write(count: number): Promise<void>
  /** Numbers all there is, as the sequencer does. */
  number(): Promise<void>
}

export async function ledgerGround(
  now = (): Date => new Date('2026-05-01T10:00:00Z'),
): Promise<LedgerGround> {
  const { database, config } = await temporaryDatabase()
  const folder = join(await temporaryFolder(), 'ledger')
  const open: LedgerDesk['open'] = async (mayMake) => ({
    key: await openLogKey({ folder, origin: ORIGIN, mayMake }),
    file: await openCheckpointFile(join(folder, 'checkpoints')),
  })
  const versions = new Map<string, number>()
  return {
    database,
    config,
    folder,
    log: SILENT,
    open,
    lock: (name) => holdLock(config, name),
    now,
    pause: async (seconds, stop) => {
      await delay(Math.min(seconds, 0.01) * 1000, undefined, { signal: stop })
    },
    write: (count) => write(database, versions, count, now()),
    number: async () => {
      const notary = await open(true)
      try {
        await catchUp(database, notary)
        for (;;) {
          const batch = await sequence(database, notary.key, now())
          if (!batch) return
          await notary.file.append({ at: batch.checkpoint.at, note: batch.checkpoint.note })
        }
      } finally {
        await notary.file.close()
      }
    },
  }
}

const EVENTS_A_STREAM = 3

/** As `append` does, many at once. */
async function write(
  database: Database,
  versions: Map<string, number>,
  count: number,
  at: Date,
): Promise<void> {
  const events = Array.from({ length: count }, (_, place) => {
    const stream = `thing:${Math.floor(place / EVENTS_A_STREAM)}`
    const version = (versions.get(stream) ?? 0) + 1
    versions.set(stream, version)
    const body = { place, word: 'as it was' }
    return { stream, version, kind: 'thing.done', actor: 'tutela', at: at.toISOString(), body } as const
  })
  const salts = events.map(() => randomBytes(32))
  await database.query(
    `WITH given AS (SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::bytea[], $5::bytea[])
                      WITH ORDINALITY AS g (stream, version, body, salt, hash, place)),
          written AS (INSERT INTO event (stream, version, kind, actor, at, body, salt)
                        SELECT stream, version, 'thing.done', 'tutela', $6, body::jsonb, salt FROM given ORDER BY place
                        RETURNING id, stream, version)
     INSERT INTO leaf (event, hash)
       SELECT written.id, given.hash FROM written JOIN given USING (stream, version) ORDER BY place`,
    [
      events.map(({ stream }) => stream),
      events.map(({ version }) => version),
      events.map(({ body }) => canonical(body)),
      salts,
      events.map((event, place) => leafHash(salts[place] ?? Buffer.alloc(0), event)),
      at,
    ],
  )
}
