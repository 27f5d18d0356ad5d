/** Listen: what the database announces on a channel, through every loss of the connection. */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { asFault } from './database.ts'
import { type Watched, watched } from './watched.ts'

export interface Listening {
  /** Ends the listening. */
  readonly stop: AbortSignal
  /** Called after each reconnection, since what was announced meanwhile was not heard: catch up. */
  readonly again?: () => void
}

const AGAIN_MILLISECONDS = { least: 50, most: 5_000 }

/**
 * Listens on a channel until stopped.
 *
 * @param told called with the payload of each announcement
 * @returns once it listens; it goes on by itself from then
 * @throws Fault `store.unreachable` when it cannot begin
 */
export async function listen(
  config: pg.ClientConfig,
  channel: string,
  told: (payload: string) => void,
  { stop, again }: Listening,
): Promise<void> {
  let current: Watched | undefined
  const begin = async (): Promise<void> => {
    current = await connected(config, channel, told, () => void resume())
    if (stop.aborted) await current.end()
  }
  const resume = async (): Promise<void> => {
    for (
      let pause = AGAIN_MILLISECONDS.least;
      !stop.aborted;
      pause = Math.min(2 * pause, AGAIN_MILLISECONDS.most)
    ) {
      await wait(pause, undefined, { signal: stop, ref: false }).catch(() => undefined)
      if (stop.aborted) return
      const isBack = await begin().then(
        () => true,
        () => false,
      )
      if (isBack) return again?.()
    }
  }
  if (stop.aborted) return
  await begin()
  stop.addEventListener('abort', () => void current?.end(), { once: true })
}

async function connected(
  config: pg.ClientConfig,
  channel: string,
  told: (payload: string) => void,
  gone: () => void,
): Promise<Watched> {
  const client = new pg.Client({ ...config, application_name: `tutela ${channel}`, keepAlive: true })
  client.on('error', () => {})
  client.on('notification', ({ payload }) => told(payload ?? ''))
  try {
    await client.connect()
    await client.query(`LISTEN ${client.escapeIdentifier(channel)}`)
    return watched(client, gone)
  } catch (error) {
    await client.end().catch(() => undefined)
    return asFault(error)
  }
}
