/** Config: one file and the environment, validated; every key is documented in docs/operating/configuration.md. */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ExposureSettings } from '#terms/exposure'
import { Fault } from '#terms/fault'
import type { FileLimits } from '#terms/scan'
import { databaseAddress, keysOf, oneOf, type Parser, pathFrom, text, whole } from './config-values.ts'
import { type DeskConfig, deskKeys } from './desk-config.ts'
import { exposureKeys } from './exposure-config.ts'
import type { LogLevel } from './log.ts'
import { type PeopleConfig, peopleKeys } from './people-config.ts'
import { readSecret } from './secret.ts'
import { type ServiceConfig, serviceKeys } from './service-config.ts'
import { type VaultConfig, vaultKeys } from './vault-config.ts'

export { STATED_CHARACTERS_MAX } from './config-values.ts'

/** What the configuration may set. What is absent has the default that its documentation states. */
export interface Config extends ServiceConfig {
  readonly role?: string
  readonly purpose?: string
  /** Decoding children at once. */
  readonly jobs?: number
  readonly sandbox?: SandboxMode
  readonly limits?: Partial<FileLimits>
  /** The data directory, absolute. */
  readonly data?: string
  /** Connection string of a PostgreSQL of the operator's own; `databaseUrl` reads the file where that is named instead. */
  readonly databaseUrl?: string
  readonly databaseUrlFile?: string
  /** Connections to the database at most; 5 at least. */
  readonly databaseConnectionsMax?: number
  /** The folder of the operator's own source definitions, absolute. */
  readonly sources?: string
  /** The folder of the operator's own category schemes, absolute. */
  readonly vocabularies?: string
  /** Where sealed items, their keys and the vault's identity lie. */
  readonly vault?: VaultConfig
  /** Signing in. */
  readonly people?: PeopleConfig
  /** What looking costs a person, and how much of it there may be. */
  readonly exposure?: ExposureSettings
  /** The review desk. */
  readonly desk?: DeskConfig
  readonly log?: { readonly level?: LogLevel }
  /** The file that was read, if one was. */
  readonly file?: string
}

export const SANDBOX_MODES = ['auto', 'require', 'off'] as const
export type SandboxMode = (typeof SANDBOX_MODES)[number]

const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']
const LIMIT_KEYS = ['pixelsMax', 'bytesMax', 'secondsMax', 'memoryBytesMax', 'framesMax'] as const
/** More children than any machine has cores for. */
export const JOBS_MAX = 256
const FILE_BYTES_MAX = 1 << 20
/** A change that reads on one connection what it writes on another, twice, and the index beside it. */
const CONNECTIONS_MIN = 5
const CONNECTIONS_MAX = 1000

/** The variables, and the keys that they stand for. */
const VARIABLES = {
  TUTELA_ROLE: { key: 'role' },
  TUTELA_PURPOSE: { key: 'purpose' },
  TUTELA_JOBS: { key: 'jobs', isNumber: true },
  TUTELA_SANDBOX: { key: 'sandbox' },
  TUTELA_DATA: { key: 'data' },
  TUTELA_HOST: { key: 'host' },
  TUTELA_PORT: { key: 'port', isNumber: true },
  DATABASE_URL: { key: 'databaseUrl' },
} as const satisfies Record<string, { key: string; isNumber?: true }>

/**
 * Reads the configuration: the file named by `TUTELA_CONFIG`, else `tutela/tutela.yaml` in the user's own configuration
 * folder where there is one, never one in the working folder, which may be what is scanned; then the environment, which comes
 * before the file. A relative path starts from the file's folder, in the environment from the working folder.
 *
 * @throws Fault `config.invalid` naming the place: an unknown key, a wrong value, a file that is named but absent
 */
export async function readConfig(environment: NodeJS.ProcessEnv): Promise<Config> {
  const named = environment['TUTELA_CONFIG']
  const own = join(environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'tutela', 'tutela.yaml')
  const file = named ?? (existsSync(own) ? own : undefined)
  const fromFile = file === undefined ? {} : { ...parseFile(await readYaml(file), file), file }
  const set = fromEnvironment(environment)
  const { databaseUrlFile, ...others } = fromFile as Config
  // The variable stands for whichever of the two keys the file has.
  if (set.databaseUrl !== undefined || databaseUrlFile === undefined) return { ...others, ...set }
  return { ...others, ...set, databaseUrlFile }
}

/**
 * The connection string that the configuration gives, from its file where it names one.
 *
 * @returns undefined when the embedded PostgreSQL is meant
 * @throws Fault `config.invalid` when the file cannot be read or holds none
 */
export async function databaseUrl(config: Config): Promise<string | undefined> {
  const { databaseUrlFile: file } = config
  return file === undefined ? config.databaseUrl : databaseAddress(await readSecret(file), file)
}

async function readYaml(file: string): Promise<unknown> {
  const { parse } = await import('yaml') // most runs have no file, and need not wait for its reader
  try {
    const content = readFileSync(file, 'utf8')
    if (content.length > FILE_BYTES_MAX) throw new Error('it is larger than 1 MiB')
    return parse(content)
  } catch (cause) {
    throw new Fault('config.invalid', `${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}

function parseFile(untrusted: unknown, file: string): Config {
  const config = keysOf(parsers(dirname(file)))(untrusted ?? {}, file) as Config
  if (config.databaseUrl !== undefined && config.databaseUrlFile !== undefined)
    throw new Fault('config.invalid', `${file}: databaseUrl and databaseUrlFile are both set`)
  return config
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Config {
  const given = Object.entries(VARIABLES).flatMap(([name, variable]) => {
    const value = environment[name]
    const isUnset = value === undefined || (name === 'DATABASE_URL' && value === '')
    if (isUnset) return []
    return [[variable.key, 'isNumber' in variable ? numberOf(value) : value]]
  })
  return keysOf(parsers('.'))(Object.fromEntries(given), 'the environment (TUTELA_…)') as Config
}

/** An empty text is no number, though JavaScript takes it for 0. */
function numberOf(value: string): number {
  return value.trim() === '' ? Number.NaN : Number(value)
}

function parsers(folder: string): Readonly<Record<string, Parser>> {
  const path = pathFrom(folder)
  return {
    role: text,
    purpose: text,
    jobs: whole(1, JOBS_MAX),
    sandbox: oneOf(SANDBOX_MODES),
    limits: keysOf(Object.fromEntries(LIMIT_KEYS.map((key) => [key, whole(1)]))),
    data: path,
    databaseUrl: databaseAddress,
    databaseUrlFile: path,
    databaseConnectionsMax: whole(CONNECTIONS_MIN, CONNECTIONS_MAX),
    sources: path,
    vocabularies: path,
    vault: vaultKeys(folder),
    people: peopleKeys(folder),
    exposure: exposureKeys(),
    desk: deskKeys(folder),
    log: keysOf({ level: oneOf(LOG_LEVELS) }),
    ...serviceKeys(folder),
  } satisfies Record<keyof Omit<Config, 'file'>, Parser>
}
