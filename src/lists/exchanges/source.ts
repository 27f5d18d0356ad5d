/** Source: reads the YAML file of a source, strictly: what it does not know stops it. `docs/formats/sources.md` */
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Cron } from 'croner'
import { PARTNERS, type Partner } from '#terms/exchange'
import { Fault } from '#terms/fault'
import { LIST_KINDS, TRUSTS, USES } from '#terms/register'
import type { PullLimits, SourceAssertions, SourceDefinition } from '#terms/source'
import { Fields } from '../fields.ts'

const FILE_BYTES_MAX = 1 << 16
const YAML = /\.ya?ml$/
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/
const NAME_EXPECTED = 'up to 200 letters, digits, ".", "_" and "-"'
const MEBIBYTE = 1 << 20
const ROWS_MAX = 100_000_000

const LIMITS: PullLimits = {
  pageBytesMax: 64 * MEBIBYTE,
  bytesMax: 8192 * MEBIBYTE,
  rowsMax: 20_000_000,
  pagesMax: 100_000,
  secondsMax: 120,
}

/** What each partner needs to know us by, and what may be said of how to ask it. */
const NEEDS: Readonly<Record<Partner, { secrets: readonly string[]; options: readonly string[] }>> = {
  ncmec: { secrets: ['username', 'password'], options: ['members', 'windowRowsMax'] },
  stopncii: {
    secrets: ['subscriptionKey', 'fetchKey', 'feedbackKey'],
    options: ['pageSize', 'tokenSecondsMax'],
  },
  threatexchange: { secrets: ['token'], options: ['privacyGroup', 'types', 'pageSize', 'owner'] },
  tat: { secrets: ['username', 'password'], options: ['ideology', 'pageSize'] },
}
const OPTIONAL_SECRETS: ReadonlySet<string> = new Set(['feedbackKey'])

/**
 * Reads one source.
 *
 * @param secretsFolder where the paths of its secrets start; the folder of the file unless given
 * @throws Fault `source.invalid` naming the file and the field
 */
export async function readSource(file: string, secretsFolder = dirname(file)): Promise<SourceDefinition> {
  const { parse } = await import('yaml')
  let untrusted: unknown
  try {
    const text = await readFile(file, 'utf8')
    if (text.length > FILE_BYTES_MAX) throw new Error('it is larger than 64 KiB')
    untrusted = parse(text, { strict: true, uniqueKeys: true, maxAliasCount: 0 })
  } catch (cause) {
    throw new Fault('source.invalid', `${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
  return parseSource(untrusted, file, secretsFolder)
}

/** A folder of sources, and where the paths of their secrets start. */
export interface SourceFolder {
  readonly folder: string
  readonly secretsFolder: string
  /** Nothing is wrong when it is not there. */
  readonly isOptional: boolean
}

/** What some folders hold. */
export interface SourcesRead {
  readonly sources: ReadonlyMap<string, SourceDefinition>
  /** Files that are no source, with what is wrong; their sources are not pulled. */
  readonly wrong: readonly { readonly name: string; readonly file: string; readonly fault: Fault }[]
}

/**
 * Every source of some folders, by name. Of two with one name that of the later folder stands: an operator's own file takes
 * the place of a shipped one. A file that is wrong stops its own source only.
 *
 * @throws Fault `source.invalid` when a folder cannot be read
 */
export async function readSources(folders: readonly SourceFolder[]): Promise<SourcesRead> {
  const sources = new Map<string, SourceDefinition>()
  const wrong = new Map<string, { name: string; file: string; fault: Fault }>()
  for (const { folder, secretsFolder, isOptional } of folders) {
    const files = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
      if (isOptional && cause.code === 'ENOENT') return []
      throw new Fault('source.invalid', `${folder} cannot be read: ${cause.message}`, { cause })
    })
    for (const file of files.filter((one) => YAML.test(one)).sort()) {
      const name = file.replace(YAML, '')
      const read = await readSource(join(folder, file), secretsFolder).catch(onlyFault)
      sources.delete(name)
      wrong.delete(name)
      if (read instanceof Fault) wrong.set(name, { name, file: join(folder, file), fault: read })
      else sources.set(name, read)
    }
  }
  return { sources, wrong: [...wrong.values()] }
}

function onlyFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  throw error
}

export function parseSource(untrusted: unknown, file: string, secretsFolder: string): SourceDefinition {
  const fields = new Fields(untrusted, file)
  const name = fields.word('name', NAME, NAME_EXPECTED)
  if (basename(file).replace(YAML, '') !== name) throw fields.wrong('name', 'the name of its file')
  const api = apiOf(fields)
  const source: SourceDefinition = {
    name,
    title: fields.text('title'),
    publisher: fields.text('publisher'),
    terms: fields.text('terms', 10_000),
    uses: fields.choices('uses', USES),
    list: fields.word('list', NAME, NAME_EXPECTED),
    kind: fields.has('kind') ? fields.choice('kind', LIST_KINDS) : 'alert',
    trust: fields.choice('trust', TRUSTS),
    ...(fields.has('scheme') && { scheme: fields.word('scheme', NAME, NAME_EXPECTED) }),
    api,
    secrets: secretsOf(fields, api.kind),
    schedule: scheduleOf(fields),
    assertions: assertionsOf(fields.below('assertions')),
    limits: fields.has('limits') ? limitsOf(fields.below('limits')) : LIMITS,
    file,
    secretsFolder,
  }
  fields.end()
  return source
}

function apiOf(above: Fields): SourceDefinition['api'] {
  const fields = above.below('api')
  const kind = fields.choice('kind', PARTNERS)
  const base = fields.text('base').replace(/\/+$/, '')
  const addresses = fields.has('addresses') ? fields.choice('addresses', ['public', 'any']) : 'public'
  const url = URL.canParse(base) ? new URL(base) : undefined
  const isBare = url?.username === '' && url.search === '' && url.hash === ''
  if (!url || !isBare) throw fields.wrong('base', 'an address without user, query or fragment')
  // Credentials go with every request: in the clear only where the operator said that the network is his own.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && addresses === 'any'))
    throw fields.wrong('base', 'an https address (http only with "addresses: any")')
  const options = fields.has('options') ? fields.below('options') : new Fields({}, '', '')
  const known = NEEDS[kind].options.filter((key) => options.has(key))
  const read = Object.fromEntries(known.map((key) => [key, options.option(key)]))
  options.end()
  fields.end()
  return { kind, base, addresses, options: read }
}

function secretsOf(above: Fields, kind: Partner): Record<string, string> {
  const fields = above.below('secrets')
  const wanted = NEEDS[kind].secrets.filter((key) => !OPTIONAL_SECRETS.has(key) || fields.has(key))
  const secrets = Object.fromEntries(wanted.map((key) => [key, fields.text(key, 4096)]))
  fields.end()
  return secrets
}

function scheduleOf(fields: Fields): string {
  const text = fields.text('schedule')
  try {
    if (text.split(/\s+/).length !== 5) throw new Error('it has not five fields')
    if (!new Cron(text, { paused: true, timezone: 'UTC' }).nextRun()) throw new Error('it never comes')
    return text
  } catch (cause) {
    throw fields.wrong('schedule', `a cron text of five fields: ${(cause as Error).message}`)
  }
}

function assertionsOf(fields: Fields): SourceAssertions {
  const optional = (key: 'entriesMin' | 'entriesMax') =>
    fields.has(key) && { [key]: fields.number(key, 0, ROWS_MAX) }
  const assertions = {
    shrinkMax: fields.number('shrinkMax', 0, 1, false),
    growMax: fields.number('growMax', 0, 1000, false),
    ...optional('entriesMin'),
    ...optional('entriesMax'),
    staleAfterDays: fields.number('staleAfterDays', 1, 3650),
    dateSkewSeconds: fields.has('dateSkewSeconds') ? fields.number('dateSkewSeconds', 0, 86_400) : 300,
  }
  fields.end()
  return assertions
}

function limitsOf(fields: Fields): PullLimits {
  const read = (key: keyof PullLimits, most: number): number =>
    fields.has(key) ? fields.number(key, 1, most) : LIMITS[key]
  const limits = {
    pageBytesMax: read('pageBytesMax', 1024 * MEBIBYTE),
    bytesMax: read('bytesMax', 1024 * 1024 * MEBIBYTE),
    rowsMax: read('rowsMax', ROWS_MAX),
    pagesMax: read('pagesMax', 10_000_000),
    secondsMax: read('secondsMax', 3600),
  }
  fields.end()
  return limits
}
