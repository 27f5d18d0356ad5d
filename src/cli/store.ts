/** Store: the store as commands open it, and who signs for what they change. */
import { userInfo } from 'node:os'
import { type Config, databaseUrl, readConfig } from '#ground/config'
import type { Signed } from '#store/append'
import type { Store } from '#store/open'
import type { Actor } from '#terms/event'

/** The store and what goes with it, for the length of a command. */
export interface AtHand {
  readonly store: Store
  readonly config: Config
  /** The person at the terminal, now. */
  signed(): Signed
}

/**
 * Opens the store that the configuration names, and closes it when the work is done, well or not.
 *
 * @throws Fault `store.missing` where there is none: commands make none
 */
export async function withStore<T>(work: (atHand: AtHand) => Promise<T>): Promise<T> {
  const config = await readConfig(process.env)
  const { openStore } = await import('#store/open') // heavy: other commands need not wait
  const store = await openStore({ data: config.data, url: await databaseUrl(config), create: false })
  try {
    return await work({ store, config, signed: () => ({ actor: operator(), at: new Date() }) })
  } finally {
    await store.close()
  }
}

/** Who is at the terminal, as the system knows them. */
export function operator(): Actor {
  try {
    return `operator:${userInfo().username}`
  } catch {
    return 'operator:unknown' // a container's user may have no entry
  }
}
