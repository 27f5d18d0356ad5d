/** Config: one file and the environment, validated; every key is documented in docs/operating/configuration.md. */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '#terms/fault'
import type { FileLimits } from '#terms/scan'

/** What the configuration may set. What is absent has the default that the command's help states. */
export interface Config {
  readonly role?: string
  readonly purpose?: string
  /** Decoding children at once. */
  readonly jobs?: number
  readonly sandbox?: SandboxMode
  readonly limits?: Partial<FileLimits>
  /** The file that was read, if one was. */
  readonly file?: string
}

export const SANDBOX_MODES = ['auto', 'require', 'off'] as const
export type SandboxMode = (typeof SANDBOX_MODES)[number]

const LIMIT_KEYS = ['pixelsMax', 'bytesMax', 'secondsMax', 'memoryBytesMax', 'framesMax'] as const
/** More children than any machine has cores for. */
export const JOBS_MAX = 256
/** The longest role or purpose. */
export const STATED_CHARACTERS_MAX = 500
const FILE_BYTES_MAX = 1 << 20

/**
 * Reads the configuration: the file named by `TUTELA_CONFIG`, else `tutela/tutela.yaml` in the user's own configuration
 * folder where there is one, never one in the working folder, which may be what is scanned; then `TUTELA_ROLE`,
 * `TUTELA_PURPOSE`, `TUTELA_JOBS` and `TUTELA_SANDBOX`, which come before the file.
 *
 * @throws Fault `config.invalid` naming the place: an unknown key, a wrong value, a file that is named but absent
 */
export async function readConfig(environment: NodeJS.ProcessEnv): Promise<Config> {
  const named = environment['TUTELA_CONFIG']
  const own = join(environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'tutela', 'tutela.yaml')
  const file = named ?? (existsSync(own) ? own : undefined)
  const fromFile = file === undefined ? {} : { ...parseConfig(await readYaml(file), file), file }
  return { ...fromFile, ...fromEnvironment(environment) }
}

async function readYaml(file: string): Promise<unknown> {
  const { parse } = await import('yaml') // most runs have no file, and need not wait for its reader
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > FILE_BYTES_MAX) throw new Error('it is larger than 1 MiB')
    return parse(text)
  } catch (cause) {
    throw new Fault('config.invalid', `${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Config {
  const given = {
    role: environment['TUTELA_ROLE'],
    purpose: environment['TUTELA_PURPOSE'],
    jobs: environment['TUTELA_JOBS'] === undefined ? undefined : Number(environment['TUTELA_JOBS']),
    sandbox: environment['TUTELA_SANDBOX'],
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  return parseConfig(Object.fromEntries(set), 'the environment (TUTELA_…)')
}

function parseConfig(untrusted: unknown, place: string): Config {
  const parsers = { role: text, purpose: text, jobs, sandbox: sandboxMode, limits }
  return parseKeys(untrusted ?? {}, parsers, place) as Config
}

type Parser = (untrusted: unknown, place: string) => unknown

function parseKeys(untrusted: unknown, parsers: Record<string, Parser>, place: string): object {
  if (typeof untrusted !== 'object' || untrusted === null || Array.isArray(untrusted)) {
    throw wrong(place, 'keys with values')
  }
  const parsed = Object.entries(untrusted).map(([key, value]) => {
    const parser = Object.hasOwn(parsers, key) ? parsers[key] : undefined
    if (!parser) throw new Fault('config.invalid', `${place}: there is no key "${key}"`)
    return [key, parser(value, `${place}: ${key}`)]
  })
  return Object.fromEntries(parsed)
}

function text(untrusted: unknown, place: string): string {
  if (typeof untrusted !== 'string' || untrusted.trim() === '' || untrusted.length > STATED_CHARACTERS_MAX) {
    throw wrong(place, `some text of at most ${STATED_CHARACTERS_MAX} characters`)
  }
  return untrusted.trim()
}

function positive(untrusted: unknown, place: string): number {
  if (typeof untrusted !== 'number' || !Number.isSafeInteger(untrusted) || untrusted < 1) {
    throw wrong(place, 'a whole number from 1')
  }
  return untrusted
}

function jobs(untrusted: unknown, place: string): number {
  const count = positive(untrusted, place)
  if (count > JOBS_MAX) throw wrong(place, `at most ${JOBS_MAX}`)
  return count
}

function sandboxMode(untrusted: unknown, place: string): SandboxMode {
  const mode = SANDBOX_MODES.find((one) => one === untrusted)
  if (!mode) throw wrong(place, `one of ${SANDBOX_MODES.join(', ')}`)
  return mode
}

function limits(untrusted: unknown, place: string): Partial<FileLimits> {
  return parseKeys(untrusted, Object.fromEntries(LIMIT_KEYS.map((key) => [key, positive])), place)
}

function wrong(place: string, expected: string): Fault {
  return new Fault('config.invalid', `${place} must be ${expected}`)
}
