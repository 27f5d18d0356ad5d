/** At hand: where the ledger's key and file lie in a data directory, and where its checkpoints go, from the configuration. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Log } from '#ground/log'
import { readSecret } from '#ground/secret'
import type { LedgerConfig } from '#ground/service-config'
import { ask } from '#ground/wire/ask'
import { parseVerifierKey, type SigningKey } from '#ledger/key'
import { openCheckpointFile } from '#notary/checkpoint-file'
import { openLogKey } from '#notary/log-key'
import type { TimestampService } from '#notary/timestamp/service'
import type { Witness } from '#notary/witness'
import type { Database } from '#store/database'
import { holdLock } from '#store/lock'
import { Fault } from '#terms/fault'
import type { Outside } from './anchoring.ts'
import type { LedgerDesk } from './desk.ts'

const ANCHOR_SECONDS = 60

/** The ledger's folder in a data directory. */
export function ledgerFolder(data: string): string {
  return join(data, 'ledger')
}

/** The file outside the database. */
export function checkpointFileIn(data: string): string {
  return join(ledgerFolder(data), 'checkpoints')
}

/** The key of a data directory, where there is one. @throws Fault as `openLogKey` */
export function ledgerKey(data: string, { origin }: LedgerConfig): Promise<SigningKey> {
  return openLogKey({ folder: ledgerFolder(data), mayMake: false, ...(origin !== undefined && { origin }) })
}

/** What the sequencer of a service works at. */
export function ledgerDesk(
  store: { readonly database: Database; readonly config: pg.ClientConfig },
  data: string,
  { origin }: LedgerConfig,
  log: Log,
): LedgerDesk {
  return {
    database: store.database,
    log,
    open: async (mayMake) => ({
      key: await openLogKey({ folder: ledgerFolder(data), mayMake, ...(origin !== undefined && { origin }) }),
      file: await openCheckpointFile(checkpointFileIn(data)),
    }),
    lock: (name) => holdLock(store.config, name),
    now: () => new Date(),
    pause: async (seconds, stop) => {
      await delay(seconds * 1000, undefined, { signal: stop })
    },
  }
}

/** Where checkpoints are put outside. @throws Fault `config.invalid` for a key that is none, or a file that cannot be read */
export async function outsideOf(config: LedgerConfig): Promise<Outside> {
  return {
    ask,
    everySeconds: config.anchorSeconds ?? ANCHOR_SECONDS,
    witnesses: witnessesOf(config),
    timestamps: await Promise.all(
      (config.timestamps ?? []).map(
        async ({ url, rootsFile, addresses }): Promise<TimestampService> => ({
          url,
          addresses: addresses ?? 'public',
          ...(rootsFile !== undefined && { roots: await readSecret(rootsFile) }),
        }),
      ),
    ),
  }
}

/** The witnesses that the configuration names. @throws Fault `config.invalid` */
export function witnessesOf({ witnesses = [] }: LedgerConfig): Witness[] {
  return witnesses.map(({ url, key: text, addresses }) => {
    const key = parseVerifierKey(text)
    if (key?.kind !== 'cosignature')
      throw new Fault('config.invalid', `ledger.witnesses: ${text} is not the key of a witness`)
    return { url, key, addresses: addresses ?? 'public' }
  })
}
