/** Key backup: the wrapped keys of many items in one file; what opens them is not in it. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { SIGN_IN } from '#ground/digest-key'
import { isId } from '#ground/id'
import { writeWholeFile } from '#ground/whole-file'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { codeOf } from './disk.ts'
import type { KeyStore } from './keys.ts'

/** What a backup says of itself. */
export interface KeyBackupHead {
  /** Id of the copy under which it is registered. */
  readonly copy: string
  /** ISO 8601, UTC: by then it is to be destroyed. */
  readonly expiresAt: string
  readonly madeAt: string
  /** Id of the copy under which the keys of people in it are registered; absent where it has none. */
  readonly peopleCopy?: string
}

/** A key in a backup: of an item, or by the name that it has among the keys of people; each is wrapped. */
export type BackedUpKey = { readonly wrapped: Buffer } & (
  | { readonly item: ItemId }
  | { readonly person: string }
)

/** The keys of people: their names, and each one's wrapped form; undefined once it is gone. */
export interface PeopleToBackUp {
  readonly names: readonly string[]
  wrapped(name: string): Promise<Uint8Array | undefined>
}

/** A person, a report, or the words of a case. */
const OWNERS = ['p', 'r', 'c'] as const
const FORMAT = 'tutela key backup 1'
const LINE_CHARACTERS_MAX = 100_000
/** More than the first line has. */
const HEAD_BYTES_MAX = 4096

/**
 * Writes every key of a store into one file, which appears whole or not at all.
 *
 * @returns how many
 * @throws Fault `output.failed`
 */
export function writeKeyBackup(
  file: string,
  keys: KeyStore,
  head: KeyBackupHead,
  people?: PeopleToBackUp,
): Promise<number> {
  return writeWholeFile(file, { mode: 0o600 }, async (sink) => {
    const hash = createHash('sha256')
    const put = async (value: object): Promise<void> => {
      const line = Buffer.from(`${JSON.stringify(value)}\n`)
      hash.update(line)
      await sink.write(line)
    }
    await put({ format: FORMAT, ...head })
    let count = 0
    for (const item of await keys.names()) {
      const wrapped = await keys.read(item)
      if (!wrapped) continue // it was shredded since
      await put({ item, key: wrapped.toString('base64') })
      count++
    }
    for (const person of people?.names ?? []) {
      const wrapped = await people?.wrapped(person)
      if (!wrapped) continue // it was shredded since
      await put({ person, key: Buffer.from(wrapped).toString('base64') })
      count++
    }
    await sink.write(Buffer.from(`${JSON.stringify({ keys: count, sha256: hash.digest('hex') })}\n`))
    return count
  })
}

/**
 * Reads a backup to its end: no key of one that is torn or changed is given.
 *
 * @throws Fault `backup.damaged`, `input.missing`
 */
export async function readKeyBackup(
  untrusted: AsyncIterable<Uint8Array>,
  file: string,
): Promise<{ readonly head: KeyBackupHead; readonly keys: readonly BackedUpKey[] }> {
  const damaged = (): Fault => new Fault('backup.damaged', `${file} is no whole backup of keys`)
  const hash = createHash('sha256')
  const keys: BackedUpKey[] = []
  let head: KeyBackupHead | undefined
  let isWhole = false
  for await (const line of createInterface({ input: Readable.from(untrusted), crlfDelay: Infinity })) {
    const value = line.length > LINE_CHARACTERS_MAX ? undefined : parsed(line)
    if (!value || isWhole) throw damaged()
    if ('sha256' in value) isWhole = value['sha256'] === hash.digest('hex') && value['keys'] === keys.length
    else {
      hash.update(`${line}\n`)
      if (head) keys.push(keyOf(value) ?? fail(damaged()))
      else head = headOf(value) ?? fail(damaged())
    }
  }
  if (!head || !isWhole) throw damaged()
  return { head, keys }
}

/**
 * True where the backup that is registered as a copy lies in a file. What cannot be looked at is taken to lie there;
 * where there is
 * nothing, or something else, it does not.
 */
export async function isKeyBackupAt(file: string, copy: string): Promise<boolean> {
  try {
    const opened = await open(file, 'r')
    try {
      const { buffer, bytesRead } = await opened.read(Buffer.alloc(HEAD_BYTES_MAX), 0, HEAD_BYTES_MAX, 0)
      const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n')
      const head = headOf(parsed(line) ?? {})
      return head !== undefined && (head.copy === copy || head.peopleCopy === copy)
    } finally {
      await opened.close()
    }
  } catch (error) {
    return !['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(codeOf(error))
  }
}

function fail(fault: Fault): never {
  throw fault
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function headOf(value: Record<string, unknown>): KeyBackupHead | undefined {
  const { format, copy, expiresAt, madeAt, peopleCopy } = value as Partial<KeyBackupHead> & {
    format?: unknown
  }
  const isOurs = format === FORMAT && typeof copy === 'string' && isId('c', copy)
  if (!isOurs || typeof expiresAt !== 'string' || typeof madeAt !== 'string') return undefined
  return { copy, expiresAt, madeAt, ...(typeof peopleCopy === 'string' && { peopleCopy }) }
}

function keyOf({ item, person, key }: Record<string, unknown>): BackedUpKey | undefined {
  if (typeof key !== 'string') return undefined
  const wrapped = Buffer.from(key, 'base64')
  if (typeof item === 'string' && isId('v', item)) return { item, wrapped }
  if (typeof person !== 'string') return undefined
  const isOwner = person === SIGN_IN || OWNERS.some((prefix) => isId(prefix, person))
  return isOwner ? { person, wrapped } : undefined
}
