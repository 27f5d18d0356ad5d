/** Log key: the ledger's own key, in a file of the data directory that nobody else reads. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isKeyName, type SigningKey, signingKey } from '#ledger/key'
import { Fault } from '#terms/fault'

const FILE = 'key'
const SEED_BYTES = 32
const ED25519 = 1

export interface LogKeyAsked {
  /** The ledger's folder in the data directory. */
  readonly folder: string
  /** The log's name; where none is given a new key gets a random one. */
  readonly origin?: string
  /** True only where nothing was signed yet: a key that was lost is not made anew unseen. */
  readonly mayMake: boolean
}

/**
 * Reads the key, or makes it. Its file holds `PRIVATE+KEY+name+id+base64`, as other programs for signed notes write theirs.
 *
 * @throws Fault `config.invalid` where it cannot be read, is none, or belongs to another origin than the configured one;
 *   `ledger.damaged` where it is gone though checkpoints were signed
 */
export async function openLogKey({ folder, origin, mayMake }: LogKeyAsked): Promise<SigningKey> {
  const path = join(folder, FILE)
  if (!(await isThere(path))) {
    if (!mayMake)
      throw new Fault('ledger.damaged', `${path} is gone, and checkpoints were signed with it: put it back`)
    await make(path, origin ?? `tutela-${randomBytes(4).toString('hex')}`)
  }
  const key = parse(await readFile(path, 'utf8').catch((cause: unknown) => unreadable(path, cause)), path)
  const { name } = key.verifier
  if (origin !== undefined && origin !== name)
    throw new Fault('config.invalid', `ledger.origin is ${origin}, and ${path} is the key of ${name}`)
  return key
}

async function isThere(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    return unreadable(path, cause)
  })
  await file?.close()
  return file !== undefined
}

/** Written aside, forced to the disk and linked: nobody reads half of it, and the first one stands. */
async function make(path: string, origin: string): Promise<void> {
  if (!isKeyName(origin)) throw new Fault('config.invalid', `${origin} cannot be the origin of a ledger`)
  const seed = randomBytes(SEED_BYTES)
  const { verifier } = signingKey(origin, seed)
  const body = Buffer.concat([Buffer.from([ED25519]), seed]).toString('base64')
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    const file = await open(aside, 'wx', 0o600)
    try {
      await file.writeFile(`PRIVATE+KEY+${origin}+${verifier.id}+${body}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await link(aside, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await forceFolder(dirname(path))
  } catch (cause) {
    unreadable(path, cause)
  } finally {
    await rm(aside, { force: true })
  }
}

function parse(untrusted: string, path: string): SigningKey {
  const [, name, id, body = ''] =
    /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(untrusted.trim()) ?? []
  const bytes = Buffer.from(body, 'base64')
  const isOne =
    name !== undefined && isKeyName(name) && bytes.length === 1 + SEED_BYTES && bytes[0] === ED25519
  const key = isOne ? signingKey(name, bytes.subarray(1)) : undefined
  if (!key || key.verifier.id !== id)
    throw new Fault('config.invalid', `${path} does not hold the ledger's key`)
  return key
}

async function forceFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r')
  await opened.sync().finally(() => opened.close())
}

function unreadable(path: string, cause: unknown): never {
  if (cause instanceof Fault) throw cause
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  throw new Fault('config.invalid', `${path} cannot be read or made (${code})`, { cause })
}
