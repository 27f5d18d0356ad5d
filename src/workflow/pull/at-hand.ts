/** At hand: the desk on which sources are pulled, and the sources that there are, from an open store and a data directory. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { ask } from '#ground/wire/ask'
import { retrying } from '#ground/wire/retrying'
import { readSources, type SourcesRead } from '#lists/exchanges/source'
import type { Database } from '#store/database'
import { holdLock } from '#store/lock'
import { hmaSourcesFolder } from '../hma/folder.ts'
import type { PullDesk } from './desk.ts'

/** The sources that come with Tutela; the same place from source and from the build. */
const SHIPPED = fileURLToPath(new URL('../../../sources', import.meta.url))
const TRIES_MAX = 4

/** The desk of a program that is not a test. */
export function pullDesk(store: { readonly database: Database; readonly config: pg.ClientConfig }): PullDesk {
  return {
    database: store.database,
    ask: retrying(ask, { triesMax: TRIES_MAX }),
    lock: (name) => holdLock(store.config, name),
    now: () => new Date(),
    pause: async (seconds, stop) => {
      await delay(seconds * 1000, undefined, stop ? { signal: stop } : {})
    },
  }
}

/**
 * Every source: those that come with Tutela, the operator's own, which take the place of shipped ones of the same name, and
 * those that HMA clients made. The secrets of shipped ones lie beside the operator's own.
 *
 * @param data the data directory
 * @param own the folder of the operator's own; `sources` in the data directory unless given
 * @throws Fault `source.invalid` when a folder cannot be read
 */
export async function sourcesAtHand(data: string, own?: string): Promise<SourcesRead> {
  const folder = own ?? join(data, 'sources')
  const hma = hmaSourcesFolder(data)
  return readSources([
    { folder: SHIPPED, secretsFolder: folder, isOptional: false },
    { folder, secretsFolder: folder, isOptional: own === undefined },
    { folder: hma, secretsFolder: hma, isOptional: true },
  ])
}
