/** Staging: the steps of a change, copied as they come to where only their transaction sees them. */
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { Fault } from '#terms/fault'
import type { EntryHashes, EntryPut, EntryStep, Trust } from '#terms/register'
import { entryKey } from '#terms/register'
import { trustNumber } from './columns.ts'
import type { Transaction } from './database.ts'
import { KeysSeen } from './keys-seen.ts'

/** Longest key of an entry, in UTF-16 units: an index holds it. */
const KEY_LENGTH_MAX = 512
/** Longest text of an entry beside its hashes, in UTF-16 units. */
const TEXT_LENGTH_MAX = 1 << 20
/** Characters that are handed to the database together: little enough that it has work while the next are made. */
const CHUNK_CHARACTERS = 1 << 16

/** The digests of a file without content, which is on no list of anybody's making (spec 03, 6). */
const EMPTY = {
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
  sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
} as const

/** Batches of steps, some thousand each; gone through once, as fast as the database takes them. */
export type Steps = AsyncIterable<readonly EntryStep[]> | Iterable<readonly EntryStep[]>

/** Steps as they were counted on their way in. */
export interface StepTally {
  /** Steps that were staged. */
  steps: number
  /** Entries left out for want of a hash, or of another than those of a file without content. */
  left: number
  /** Whether any key may have come twice. */
  readonly keys: KeysSeen
}

/** Nothing was staged yet. */
export function newTally(): StepTally {
  return { steps: 0, left: 0, keys: new KeysSeen() }
}

/**
 * Where steps are copied to. `aside`: a table of their own, to be compared with what stands. `entry`: among the entries at once,
 * for a list that never had any; a withdrawal is then a row that ends with the change that brought it.
 */
export type Staging =
  | { readonly kind: 'aside' }
  | {
      readonly kind: 'entry'
      readonly list: number
      readonly change: number
      readonly trust: Trust
      /** The last row number given out before; those of the steps are higher. */
      readonly after: number
    }

const COLUMNS =
  'key, trust, md5, sha1, sha256, pdq, photodna, categories, label, source, provenance, extra, because'

/** Makes the table for steps aside; it goes with the transaction. */
export async function openAside(transaction: Transaction): Promise<Staging> {
  await transaction.query(
    `CREATE TEMP TABLE step (
       n int, gone boolean, key text COLLATE "C", trust smallint, md5 bytea, sha1 bytea, sha256 bytea, pdq bytea,
       photodna text, categories jsonb, label text, source text, provenance jsonb, extra json, because text) ON COMMIT DROP`,
  )
  return { kind: 'aside' }
}

/** The staged steps, to be selected from under the name `step`: those of `openAside` also as they came, `n`. */
export function stagedAs(staging: Staging): string {
  if (staging.kind === 'aside') return 'step'
  const { change, after } = staging
  return `(SELECT row AS n, until IS NOT NULL AS gone, ${COLUMNS} FROM entry WHERE row > ${after} AND since = ${change}) step`
}

/**
 * Copies steps to where they are staged, no faster than the database takes them.
 *
 * @param tally is added to; its `steps` numbers the steps
 * @throws Fault `list.invalid` for a key or text that cannot be kept; whatever the steps throw
 */
export async function copySteps(
  transaction: Transaction,
  staging: Staging,
  steps: Steps,
  tally: StepTally,
): Promise<void> {
  const into =
    staging.kind === 'aside' ? `step (n, gone, ${COLUMNS})` : `entry (list, since, until, ${COLUMNS})`
  const copy = transaction.connection.query(copyFrom(`COPY ${into} FROM STDIN`))
  await pipeline(chunks(staging, steps, tally), copy)
}

async function* chunks(staging: Staging, steps: Steps, tally: StepTally): AsyncGenerator<Buffer> {
  const trust = staging.kind === 'aside' ? '\\N' : String(trustNumber(staging.trust))
  const put = staging.kind === 'aside' ? 'f' : `${staging.list}\t${staging.change}\t\\N`
  const gone = staging.kind === 'aside' ? 't' : `${staging.list}\t${staging.change}\t${staging.change}`
  const front = (place: string): string => (staging.kind === 'aside' ? `${tally.steps}\t${place}` : place)
  let text = ''
  for await (const batch of steps) {
    for (const step of batch) {
      const line =
        step.kind === 'put' ? putLine(step.entry, trust, tally.keys) : goneLine(step, trust, tally.keys)
      if (line === undefined) tally.left++
      else {
        text += `${front(step.kind === 'put' ? put : gone)}\t${line}`
        tally.steps++
      }
      if (text.length < CHUNK_CHARACTERS) continue
      yield Buffer.from(text)
      text = ''
    }
  }
  yield Buffer.from(text)
}

/**
 * An entry in PostgreSQL's own text form, from its key on: tabs between columns, `\N` for none; undefined for an entry without a
 * hash.
 *
 * @param unstated the trust of an entry that states none
 */
function putLine(given: EntryPut, unstated: string, keys: KeysSeen): string | undefined {
  const entry = given.md5 || given.sha1 || given.sha256 ? withoutEmpty(given) : given
  const key = given.key ?? entryKey(entry)
  if (key === undefined || entryKey(entry) === undefined) return undefined
  keys.add(key)
  const trust = entry.trust === undefined ? unstated : trustNumber(entry.trust)
  return (
    `${keyText(key)}\t${trust}\t` +
    `${hex(entry.md5)}\t${hex(entry.sha1)}\t${hex(entry.sha256)}\t${hex(entry.pdq)}\t${text(entry.photodna)}\t` +
    `${json(entry.categories)}\t${text(entry.label)}\t${text(entry.source)}\t${json(entry.provenance)}\t` +
    `${entry.extra === undefined ? '\\N' : text(JSON.stringify(entry.extra))}\t\\N\n`
  )
}

function goneLine(
  { key, because }: Extract<EntryStep, { kind: 'withdraw' }>,
  unstated: string,
  keys: KeysSeen,
): string {
  keys.add(key)
  return `${keyText(key)}\t${unstated}\t${'\\N\t'.repeat(10)}${text(because)}\n`
}

function withoutEmpty(entry: EntryPut): EntryPut {
  const { md5, sha1, sha256 } = entry
  if (md5 !== EMPTY.md5 && sha1 !== EMPTY.sha1 && sha256 !== EMPTY.sha256) return entry
  const left: { -readonly [F in keyof EntryPut]: EntryPut[F] } = { ...entry }
  if (md5 === EMPTY.md5) delete left.md5
  if (sha1 === EMPTY.sha1) delete left.sha1
  if (sha256 === EMPTY.sha256) delete left.sha256
  return left
}

function hex(hash: EntryHashes['md5' | 'sha1' | 'sha256' | 'pdq']): string {
  return hash === undefined ? '\\N' : `\\\\x${hash}`
}

function keyText(key: string): string {
  if (key === '' || key.length > KEY_LENGTH_MAX)
    throw new Fault('list.invalid', `an entry's key has from 1 to ${KEY_LENGTH_MAX} characters`)
  return text(key)
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function text(value: string | undefined): string {
  if (value === undefined) return '\\N'
  if (value.length > TEXT_LENGTH_MAX)
    throw new Fault('list.invalid', `an entry has a text of more than ${TEXT_LENGTH_MAX} characters`)
  if (!/[\\\t\n\r\0\ud800-\udfff]/.test(value)) return value // nearly every text: one look at it is enough
  if (/[\0\p{Surrogate}]/u.test(value))
    throw new Fault('list.invalid', 'an entry has a text with a NUL or half a character')
  return value.replace(/[\\\t\n\r]/g, (mark) => ESCAPES[mark] ?? mark)
}

/** A value for jsonb, which takes neither NUL nor half a character. */
function json(value: object | undefined): string {
  if (value === undefined) return '\\N'
  const written = JSON.stringify(value)
  if (written === '{}') return '\\N'
  if (/\\u(?:0000|d[89a-f])/.test(written))
    throw new Fault('list.invalid', 'an entry has a category or provenance with a NUL or half a character')
  return text(written)
}
