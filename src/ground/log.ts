/** Log: structured lines of what the service does, without bytes, keys, addresses of material or whole digests. */
import pino from 'pino'
import { Fault } from '#terms/fault'

/** What a line says besides its words: short values only. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where lines go. What looks like a key, an address or a digest is shortened in every value before it leaves. */
export interface Log {
  debug(what: string, fields?: LogFields): void
  info(what: string, fields?: LogFields): void
  warn(what: string, fields?: LogFields): void
  error(what: string, fields?: LogFields): void
}

export interface LogOptions {
  readonly level: LogLevel
  /** Where lines are written; standard error unless given, since standard output is for results. */
  readonly destination?: { write(line: string): void }
}

/** Characters of a value that are kept. */
const CHARACTERS_MAX = 2000
/** Names of fields that never leave, whatever they hold: a net below the shortening. */
const NEVER = ['key', 'authorization', 'password', 'secret', 'token', 'cookie', 'url', 'bytes']

/** Opens a log: one JSON object a line. */
export function openLog({ level, destination }: LogOptions): Log {
  const options = { level, base: null, redact: { paths: NEVER, censor: '[withheld]' } }
  const lines = pino(options, destination ?? pino.destination({ dest: 2, sync: true }))
  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (what: string, fields: LogFields = {}): void => {
      if (lines.isLevelEnabled(name)) lines[name](shortenedAll(fields), shortened(what))
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** A log that says nothing. */
export const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** What may be said of an error: the code of a fault; of a bug its name and where it happened. */
export function errorFields(error: unknown): LogFields {
  if (error instanceof Fault) return { fault: error.code, because: error.message }
  if (!(error instanceof Error)) return { error: 'a value that is no error' }
  return { error: error.name, because: error.message, stack: error.stack }
}

/**
 * Text in which nothing is left that could name material or open a door: of an address only its scheme, of a key its kind, of a
 * long run of hexadecimal or of base64 its first eight.
 */
export function shortened(text: string): string {
  return text
    .slice(0, CHARACTERS_MAX)
    .replace(/\b([a-z][a-z0-9+.-]*):\/\/[^\s"'<>]+/gi, '$1://…')
    .replace(/\btut_[A-Za-z0-9_-]+/g, 'tut_…')
    .replace(/\b(Bearer|Basic)\s+\S+/gi, '$1 …')
    .replace(/[0-9a-f]{24,}/gi, (run) => `${run.slice(0, 8)}…`)
    .replace(/[A-Za-z0-9+_-]{40,}={0,2}/g, (run) => `${run.slice(0, 8)}…`)
}

function shortenedAll(fields: LogFields): LogFields {
  const safe = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? shortened(value) : value,
  ])
  return Object.fromEntries(safe)
}
