/** Identity: what opens the keys of all items; the vault wraps to its first, and opens with any. */
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { Fault } from '#terms/fault'
import { readSmall, writeSmall } from './disk.ts'
import { passphraseIdentity, passphraseRecipient } from './passphrase.ts'

/** Where the vault's identity comes from. */
export type IdentitySource =
  /** A file that holds it as it is. */
  | { readonly kind: 'file'; readonly path: string }
  /** A file that is sealed under a passphrase (scrypt): the vault starts locked. */
  | { readonly kind: 'passphrase'; readonly path: string; readonly workFactor?: number }
  /** A program and its arguments, which prints it: a key management service is asked that way. No shell. */
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly secondsMax?: number }

/** The identities in force: the first wraps and opens, later ones only open what is not wrapped anew yet. */
export interface Identities {
  readonly all: readonly [string, ...string[]]
  /** Public parts, in the same order. */
  readonly recipients: readonly [string, ...string[]]
}

const COMMAND_SECONDS_MAX = 30
const COMMAND_BYTES_MAX = 64 * 1024
const IDENTITIES_MAX = 16
const IDENTITY = /^AGE-SECRET-KEY-1[A-Z0-9]{58}$/

/** Parses the lines of an identity file; empty lines and comments do not count. @returns undefined when it is none */
export async function parseIdentities(untrusted: string): Promise<Identities | undefined> {
  const lines = untrusted.split('\n').map((line) => line.trim())
  const [first, ...others] = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (first === undefined || others.length >= IDENTITIES_MAX) return undefined
  if (![first, ...others].every((line) => IDENTITY.test(line))) return undefined
  try {
    return {
      all: [first, ...others],
      recipients: [await identityToRecipient(first), ...(await Promise.all(others.map(identityToRecipient)))],
    }
  } catch {
    return undefined // a line whose checksum is wrong
  }
}

/** An identity file's text. */
function printIdentities({ all, recipients }: Identities): string {
  return all.map((identity, at) => `# public key: ${recipients[at]}\n${identity}\n`).join('')
}

/** A new identity before those that were in force. */
export async function withNew(before?: Identities): Promise<Identities> {
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  return { all: [identity, ...(before?.all ?? [])], recipients: [recipient, ...(before?.recipients ?? [])] }
}

/** Only the first. */
export function firstOf({ all, recipients }: Identities): Identities {
  return { all: [all[0]], recipients: [recipients[0]] }
}

/**
 * Reads the identity where it needs no passphrase.
 *
 * @returns undefined when it is there for nobody: no such file
 * @throws Fault `vault.no-identity` where there is something else in its place, or the command fails
 */
export async function readIdentities(
  source: Exclude<IdentitySource, { kind: 'passphrase' }>,
): Promise<Identities | undefined> {
  const content = source.kind === 'command' ? await commandSays(source) : await readSmall(source.path)
  if (content === undefined) return undefined
  const place = source.kind === 'command' ? `what ${source.command[0]} printed` : source.path
  const identities = await parseIdentities(content.toString())
  if (!identities) throw new Fault('vault.no-identity', `${place} is no age identity (AGE-SECRET-KEY-1…)`)
  return identities
}

/** Opens an identity file with its passphrase. @throws Fault `vault.locked` for a wrong one; `vault.no-identity` */
export async function openIdentities(path: string, passphrase: string): Promise<Identities> {
  const sealed = await readSmall(path)
  if (!sealed) throw new Fault('vault.no-identity', `there is no identity of the vault at ${path} yet`)
  const decrypter = new Decrypter()
  decrypter.addIdentity(passphraseIdentity(passphrase))
  const text = await decrypter.decrypt(sealed, 'text').catch((error: unknown) => {
    if (error instanceof Fault) throw error
    return undefined
  })
  if (text === undefined) throw new Fault('vault.locked', 'the passphrase does not open the vault')
  const identities = await parseIdentities(text)
  if (!identities) throw new Fault('vault.no-identity', `${path} holds no age identity`)
  return identities
}

/** Writes identities to their file, over what stood there; a command keeps its own. */
export async function writeIdentities(
  source: IdentitySource,
  identities: Identities,
  passphrase: string | undefined,
): Promise<void> {
  switch (source.kind) {
    case 'command':
      return
    case 'file':
      return writeSmall(source.path, printIdentities(identities), { replace: true })
    case 'passphrase': {
      if (passphrase === undefined) throw new Fault('vault.locked', 'it takes the passphrase')
      const encrypter = new Encrypter()
      encrypter.addRecipient(passphraseRecipient(passphrase, source.workFactor))
      return writeSmall(source.path, await encrypter.encrypt(printIdentities(identities)), { replace: true })
    }
  }
}

/** When a file was written last, in a form that changes with every writing. */
export async function stampOf(path: string): Promise<string> {
  const { mtimeMs, ino, size } = await stat(path).catch(() => ({ mtimeMs: 0, ino: 0, size: 0 }))
  return `${mtimeMs} ${ino} ${size}`
}

/** What the command prints. What it says beside that is not ours to repeat: it may name what it holds. */
function commandSays({
  command,
  secondsMax = COMMAND_SECONDS_MAX,
}: Extract<IdentitySource, { kind: 'command' }>): Promise<Buffer> {
  const [program = '', ...args] = command
  const limits = {
    timeout: secondsMax * 1000,
    killSignal: 'SIGKILL' as const,
    maxBuffer: COMMAND_BYTES_MAX,
    encoding: 'buffer' as const,
    shell: false,
  }
  return new Promise((resolve, reject) => {
    execFile(program, args, limits, (error, stdout) => {
      if (!error) return resolve(stdout)
      const because = error.killed ? `took longer than ${secondsMax} s` : `failed (${error.code})`
      reject(new Fault('vault.no-identity', `the command of the vault's identity, ${program}, ${because}`))
    })
  })
}
