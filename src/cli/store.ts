/** Store: the register's tables, opened for a command and closed whatever becomes of it. */
import { userInfo } from 'node:os'
import { databaseUrl, readConfig } from '#ground/config'
import type { Signed } from '#store/append'
import type { Database } from '#store/database'

/** What a command works at. */
export interface StoreDesk {
  readonly database: Database
  /** Who does it, and when: now. */
  signed(): Signed
}

/**
 * Opens the store that the configuration names, does the work, and closes it.
 *
 * @throws Fault those of `openStore`; whatever `work` throws
 */
export async function withStore<T>(work: (desk: StoreDesk) => Promise<T>): Promise<T> {
  const config = await readConfig(process.env)
  const { openStore } = await import('#store/open') // heavy: other commands need not wait
  const store = await openStore({ data: config.data, url: await databaseUrl(config), create: false })
  try {
    return await work({ database: store.database, signed: () => ({ actor: operator(), at: new Date() }) })
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
