/** Service config: the keys of the configuration that are about the service and what it may ask of others. */
import {
  flag,
  httpAddress,
  keysOf,
  keysWith,
  mailAddress,
  oneOf,
  type Parser,
  pathFrom,
  several,
  text,
  whole,
  wrong,
} from './config-values.ts'

/** Which addresses may be asked: those of the public internet, or any. */
export const ADDRESSES = ['public', 'any'] as const
type Addresses = (typeof ADDRESSES)[number]

/** What is set of the service. */
export interface ServiceConfig {
  /** Where it listens. */
  readonly host?: string
  readonly port?: number
  /** Behind a proxy of one's own, whose forwarding headers name the peer. */
  readonly trustProxy?: boolean
  readonly server?: {
    readonly uploadBytesMax?: number
    readonly uploadsBytesMax?: number
    readonly requestSecondsMax?: number
    readonly connectionsMax?: number
    readonly slowSeconds?: number
    readonly stopSecondsMax?: number
  }
  readonly index?: { readonly threads?: number }
  readonly hma?: { readonly open?: HmaOpen; readonly foldMetadata?: boolean }
  /** Matching by URL. */
  readonly fetch?: {
    readonly enabled?: boolean
    readonly bytesMax?: number
    readonly secondsMax?: number
    readonly redirectsMax?: number
    readonly fetchesMax?: number
    readonly ports?: readonly number[]
  }
  readonly retro?: { readonly enabled?: boolean; readonly addresses?: Addresses }
  readonly matchers?: { readonly shield?: ShieldConfig; readonly photodna?: PhotoDnaConfig }
  readonly ledger?: LedgerConfig
}

/** Who is served by the HMA routes without a key. */
export const HMA_OPEN = ['never', 'loopback'] as const
export type HmaOpen = (typeof HMA_OPEN)[number]

export interface ShieldConfig {
  readonly url?: string
  readonly userFile: string
  readonly passwordFile: string
  readonly sends?: 'hashes' | 'bytes'
  readonly bytesMax?: number
  readonly addresses?: Addresses
}

export interface PhotoDnaConfig {
  readonly url?: string
  readonly keyFile: string
  /** It takes nothing but the picture itself: named so that nobody configures this unawares. */
  readonly sends: 'bytes'
  readonly enhance?: boolean
  readonly addresses?: Addresses
}

/** The ledger's name, and where its checkpoints are put outside. */
export interface LedgerConfig {
  readonly origin?: string
  readonly anchorSeconds?: number
  /** Witnesses: submission prefix, and the key of the cosignatures. */
  readonly witnesses?: readonly {
    readonly url: string
    readonly key: string
    readonly addresses?: Addresses
  }[]
  /** Services of RFC 3161; `rootsFile` holds the certificates that they must descend from. */
  readonly timestamps?: readonly {
    readonly url: string
    readonly rootsFile?: string
    readonly addresses?: Addresses
  }[]
  /** People outside who are sent checkpoints, by a command that takes the message or through a folder. */
  readonly mail?: readonly {
    readonly name: string
    readonly to: readonly string[]
    readonly from: string
    readonly command?: readonly string[]
    readonly folder?: string
    readonly everyHours?: number
  }[]
}

const PORT_MAX = 65_535
const THREADS_MAX = 64
const GIB = 2 ** 30
const PORTS_MAX = 32
const HOUR_SECONDS = 3600
const OUTSIDE_MAX = 16
const ARGUMENTS_MAX = 32
const YEAR_HOURS = 8784

export function serviceKeys(folder: string): Readonly<Record<keyof ServiceConfig, Parser>> {
  return {
    host: text,
    port: whole(0, PORT_MAX),
    trustProxy: flag,
    server: keysOf({
      uploadBytesMax: whole(1, 4 * GIB),
      uploadsBytesMax: whole(1, 64 * GIB),
      requestSecondsMax: whole(1, HOUR_SECONDS),
      connectionsMax: whole(1, 100_000),
      slowSeconds: whole(1, HOUR_SECONDS),
      stopSecondsMax: whole(0, HOUR_SECONDS),
    }),
    index: keysOf({ threads: whole(0, THREADS_MAX) }),
    hma: keysOf({ open: oneOf(HMA_OPEN), foldMetadata: flag }),
    fetch: keysOf({
      enabled: flag,
      bytesMax: whole(1, 4 * GIB),
      secondsMax: whole(1, HOUR_SECONDS),
      redirectsMax: whole(0, 20),
      fetchesMax: whole(1, 1000),
      ports: several(whole(1, PORT_MAX), PORTS_MAX),
    }),
    retro: keysOf({ enabled: flag, addresses: oneOf(ADDRESSES) }),
    matchers: matcherKeys(folder),
    ledger: ledgerKeys(folder),
  }
}

function ledgerKeys(folder: string): Parser {
  const outside = { url: httpAddress, addresses: oneOf(ADDRESSES) }
  return keysOf({
    origin: text,
    anchorSeconds: whole(1, 24 * HOUR_SECONDS),
    witnesses: several(keysWith({ ...outside, key: text }, ['url', 'key']), OUTSIDE_MAX),
    timestamps: several(keysWith({ ...outside, rootsFile: pathFrom(folder) }, ['url']), OUTSIDE_MAX),
    mail: several(mailKeys(folder), OUTSIDE_MAX),
  })
}

function mailKeys(folder: string): Parser {
  const keys = {
    name: text,
    to: several(mailAddress, OUTSIDE_MAX),
    from: mailAddress,
    command: several(text, ARGUMENTS_MAX),
    folder: pathFrom(folder),
    everyHours: whole(1, YEAR_HOURS),
  }
  const parse = keysWith(keys, ['name', 'to', 'from'])
  return (untrusted, place) => {
    const parsed = parse(untrusted, place) as NonNullable<LedgerConfig['mail']>[number]
    const { to, command, folder: drop } = parsed
    if (to.length === 0) throw wrong(`${place}: to`, 'one address at least')
    if ((command === undefined) === (drop === undefined) || command?.length === 0)
      throw wrong(place, 'given either a command or a folder')
    return parsed
  }
}

function matcherKeys(folder: string): Parser {
  const path = pathFrom(folder)
  const addresses = oneOf(ADDRESSES)
  const shield = { url: httpAddress, userFile: path, passwordFile: path, addresses }
  const sends = oneOf(['hashes', 'bytes'])
  const photodna = { url: httpAddress, keyFile: path, sends: oneOf(['bytes']), enhance: flag, addresses }
  return keysOf({
    shield: keysWith({ ...shield, sends, bytesMax: whole(1, GIB) }, ['userFile', 'passwordFile']),
    photodna: keysWith(photodna, ['keyFile', 'sends']),
  })
}
