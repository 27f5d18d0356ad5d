/** Desk: what the HMA routes answer with, out of what the whole service has. */
import type { Log } from '#ground/log'
import type { Fetching, HmaDesk } from '#workflow/hma/desk'
import type { Gatehouse } from '../guard.ts'
import type { Service } from '../server.ts'
import type { HmaSettings } from './access.ts'

/** What the service is given for the HMA interface. */
export interface HmaOptions extends HmaSettings {
  /** Fetches what a client names by its address; absent where fetching is not enabled. */
  readonly fetch?: Fetching
  /** Absolute path of the folder of the exchanges that HMA clients make, and of their credentials; absent: they make none. */
  readonly exchangesFolder?: string
}

export interface HmaServerDesk extends HmaDesk {
  readonly gatehouse: Gatehouse
  readonly log: Log
  readonly settings: HmaSettings
}

/** Largest video, in bytes: none of it is held. */
const VIDEO_BYTES_MAX = 4 * 1024 ** 3

/** The desk of the HMA interface. */
export function hmaDesk(service: Service): HmaServerDesk {
  const { hma = {}, database, index, decoders, settings, room, log } = service
  const { fetch, exchangesFolder } = hma
  return {
    database,
    index,
    log,
    room,
    now: () => service.now(),
    readBytes: (bytes, asked) => decoders.readBytes(bytes, asked),
    bytesMax: { photo: settings.uploadBytesMax, video: VIDEO_BYTES_MAX },
    gatehouse: service,
    settings: hma,
    ...(fetch && { fetch }),
    ...(exchangesFolder !== undefined && { exchangesFolder }),
  }
}
