/** Vault config: the keys of the configuration that say where blobs, keys and the vault's identity lie. */
import { Fault } from '#terms/fault'
import {
  httpAddress,
  keysOf,
  keysWith,
  type Parser,
  pathFrom,
  several,
  text,
  whole,
} from './config-values.ts'

/** What is set of the vault; what is absent lies in the data directory. */
export interface VaultConfig {
  readonly blobs?: {
    /** A folder, or a bucket of S3-compatible storage. */
    readonly folder?: string
    readonly s3?: {
      readonly endpoint: string
      readonly region?: string
      readonly prefix?: string
      readonly accessKeyFile: string
      readonly secretKeyFile: string
    }
  }
  /** The folder of the wrapped keys. */
  readonly keys?: string
  /** One of the three. */
  readonly identity?: {
    readonly file?: string
    readonly passphraseFile?: string
    readonly command?: readonly string[]
    readonly commandSecondsMax?: number
  }
  /** Public part of an identity that is kept elsewhere, and opens everything. */
  readonly breakGlass?: string
}

const ARGUMENTS_MAX = 32
const HOUR_SECONDS = 3600

export function vaultKeys(folder: string): Parser {
  const path = pathFrom(folder)
  const s3 = { endpoint: httpAddress, region: text, prefix: text, accessKeyFile: path, secretKeyFile: path }
  return keysOf({
    blobs: oneKeyOf({
      folder: path,
      s3: keysWith(s3, ['endpoint', 'accessKeyFile', 'secretKeyFile']),
    }),
    keys: path,
    identity: oneKeyOf(
      {
        file: path,
        passphraseFile: path,
        command: several(text, ARGUMENTS_MAX),
        commandSecondsMax: whole(1, HOUR_SECONDS),
      },
      ['commandSecondsMax'],
    ),
    breakGlass: ageRecipient,
  })
}

const ageRecipient: Parser<string> = (untrusted, place) => {
  const recipient = text(untrusted, place)
  if (/^age1[a-z0-9]{58}$/.test(recipient)) return recipient
  throw new Fault('config.invalid', `${place} is no age recipient (age1…)`)
}

/** As `keysOf`, of which exactly one is given, beside those that may come with it. */
function oneKeyOf(parsers: Readonly<Record<string, Parser>>, beside: readonly string[] = []): Parser<object> {
  const parse = keysOf(parsers)
  return (untrusted, place) => {
    const parsed = parse(untrusted, place)
    const alternatives = Object.keys(parsers).filter((key) => !beside.includes(key))
    if (alternatives.filter((key) => Object.hasOwn(parsed, key)).length === 1) return parsed
    throw new Fault('config.invalid', `${place} takes one of ${alternatives.join(', ')}`)
  }
}
