/** Store: the store that the configuration names, opened for the length of a command. */
import { userInfo } from 'node:os'
import { type Config, databaseUrl, readConfig } from '#ground/config'
import type { Signed } from '#store/append'
import type { Database } from '#store/database'
import type { Store } from '#store/open'

/** What a command works at. */
export interface StoreDesk {
  readonly config: Config
  readonly store: Store
  readonly database: Database
  /** Who does it, and when: now. */
  signed(): Signed
}

/**
 * Opens the store, does the work, and closes it. No command makes a store but start, init and restore.
 *
 * @throws Fault those of `openStore`; whatever `work` throws
 */
export async function withStore<T>(work: (atHand: StoreDesk) => Promise<T>): Promise<T> {
  const config = await readConfig(process.env)
  const { openStore } = await import('#store/open') // heavy: other commands need not wait
  const { data, people } = config
  const url = await databaseUrl(config)
  const store = await openStore({ data, url, keys: people?.keys, create: false })
  const signed = (): Signed => ({ actor: operator(), at: new Date() })
  try {
    return await work({ config, store, database: store.database, signed })
  } finally {
    await store.close()
  }
}

/** The account that runs the program; by its number where that has no name, as in a container. */
function operator(): Signed['actor'] {
  try {
    return `operator:${userInfo().username}`
  } catch {
    return `operator:uid-${process.getuid?.() ?? 'unknown'}`
  }
}
