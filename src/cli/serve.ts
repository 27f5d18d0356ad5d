/** Serve: the whole service brought up at an address, told of, and taken down gently once it is asked to stop. */
import type { Config } from '#ground/config'
import { dataDirectory } from '#store/embedded/place'
import { Fault } from '#terms/fault'
import type { Platform } from '../platform.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { interruption } from './interruption.ts'
import { say } from './output.ts'

/** Where it listens. */
export interface ServedAt {
  readonly host: string
  readonly port: number
}

/**
 * Serves until it is asked to stop.
 *
 * @param announce told of the service once it listens, and of its address
 * @throws Fault `config.invalid` where the address cannot be had; those of `openPlatform`
 */
export async function serve(
  config: Config,
  at: ServedAt,
  announce: (platform: Platform, url: string) => Promise<void>,
): Promise<ExitCode> {
  // The largest thing to be read, by a thread of its own, while the rest is loaded and the database starts.
  const { beginSnapshot } = await import('#index/service/snapshots')
  const begun = beginSnapshot(dataDirectory(config.data))
  // Heavy: other commands need not wait for it.
  const [{ openLog }, { openPlatform }] = await Promise.all([import('#ground/log'), import('../platform.ts')])
  const log = openLog({ level: config.log?.level ?? 'info' })
  const stop = interruption('Finishing the requests in hand; press Ctrl-C again to stop at once.')
  try {
    const platform = await openPlatform(config, log, begun)
    try {
      const url = await listening(platform, at)
      await announce(platform, url)
      await untilStopped(stop.signal)
    } finally {
      const cutOff = await platform.close()
      if (cutOff > 0) say(`${cutOff} requests were cut off.`)
    }
    return EXIT.nothingFound // being asked to stop is how a service ends well
  } finally {
    stop.release()
  }
}

/** Why a port cannot be taken, by the code of the system. */
const REFUSALS: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'another program listens there already: a service that runs, or take another --port (TUTELA_PORT)',
  EACCES: 'this user may not: take a --port from 1024 on',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'there is no machine of that name',
}

/** @throws Fault `config.invalid` where the address cannot be had */
async function listening({ server }: Platform, at: ServedAt): Promise<string> {
  try {
    return await server.listen(at)
  } catch (cause) {
    const because = REFUSALS[(cause as NodeJS.ErrnoException).code ?? '']
    if (because === undefined) throw cause
    throw new Fault('config.invalid', `cannot listen at ${at.host}, port ${at.port}: ${because}`, { cause })
  }
}

function untilStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
