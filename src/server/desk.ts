/** Desk: what the server is given to answer with, and what is set of it. */
import type { LookClocks } from '#cases/look-clock'
import type { IntakeConfig } from '#ground/intake-config'
import type { Log } from '#ground/log'
import type { SigningKey } from '#ledger/key'
import type { Decoders } from '#media/decoders'
import type { Database } from '#store/database'
import type { ClientDirectory } from '#terms/client'
import type { ExposurePolicy } from '#terms/exposure'
import type { RegisterIndex } from '#terms/register-index'
import type { RemoteMatcher } from '#terms/remote'
import type { AssessDesk } from '#workflow/assess/desk'
import type { EvidenceDesk } from '#workflow/evidence/desk'
import type { FetchItem } from '#workflow/gate/fetch'
import type { PeopleDesk } from '#workflow/people/desk'
import type { QueueDesk } from '#workflow/queue/desk'
import type { Live } from '#workflow/queue/live'
import type { PassedRecorder } from '#workflow/retro/record'
import type { HmaOptions } from './hma/desk.ts'

/** What is set of the server. Everything has a limit. */
export interface ServerSettings {
  /** Bytes of one uploaded file. */
  readonly uploadBytesMax: number
  /** Bytes of all files in hand at once: above it new ones are told to come back. */
  readonly uploadsBytesMax: number
  /** Time in which a request must have arrived whole. */
  readonly requestSecondsMax: number
  readonly connectionsMax: number
  /** Requests that take longer are written to the log. */
  readonly slowSeconds: number
  /** Time that requests in hand have when the service stops. */
  readonly stopSecondsMax: number
  /** True behind a proxy of one's own, whose forwarding headers name the peer: of these the last entry counts. */
  readonly trustProxy: boolean
}

export const SERVER_SETTINGS: ServerSettings = {
  uploadBytesMax: 64 * 1024 * 1024,
  uploadsBytesMax: 512 * 1024 * 1024,
  requestSecondsMax: 60,
  connectionsMax: 4096,
  slowSeconds: 5,
  stopSecondsMax: 20,
  trustProxy: false,
}

/** What routes answer with. */
export interface ServerDesk {
  readonly index: RegisterIndex
  readonly decoders: Pick<Decoders, 'readBytes'>
  readonly clients: ClientDirectory
  readonly database: Database
  readonly log: Log
  /** Matchers that others run, asked beside the index. */
  readonly remote?: readonly RemoteMatcher[]
  /** Fetches items by their address; absent where that is not allowed. */
  readonly fetchItem?: FetchItem
  /** Keeps what passed for clients that are told of later matches; absent where that is switched off. */
  readonly passed?: Pick<PassedRecorder, 'record'>
  readonly settings?: Partial<ServerSettings>
  /** People who sign in; absent where this service keeps none. */
  readonly people?: PeopleDesk
  /** The vault and what is done with its items; absent where the service has none. */
  readonly evidence?: EvidenceDesk
  /** Renders what a viewing shows; absent where the service shows nothing. */
  readonly render?: Decoders['render']
  /** Renders frames of a video; absent where the service shows none. */
  readonly renderVideo?: Decoders['renderVideo']
  /** What looking costs; as `EXPOSURE_POLICY` says unless given. */
  readonly exposure?: ExposurePolicy
  /** The key by which the ledger's checkpoints and manifests of handovers are signed; absent where this service signs none. */
  readonly ledgerKey?: () => Promise<SigningKey>
  /** What grading works with; absent where this service grades nothing. */
  readonly assess?: AssessDesk
  /** The queue and its claims; absent where this service has no desk. */
  readonly queue?: QueueDesk
  /** What happens at the desk, as it happens. */
  readonly live?: Live
  /** The folder of the built console; absent where this service shows no pages. */
  readonly console?: string
  /** True where everything is generated, and every page says so. */
  readonly demonstration?: boolean
  /** What is set of the HMA interface, and what it is given. */
  readonly hma?: HmaOptions
  /** What is set of reports. */
  readonly intake?: IntakeConfig
  /** Until when somebody must have looked at a report; without it the jobs of another process say so. */
  readonly clocks?: LookClocks
  now(): Date
}
