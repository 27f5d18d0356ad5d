/** Secret: the service's own secret from which those of its clients are derived, in the data directory, made once. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#terms/fault'

const FILE = 'webhook.secret'
const SECRET_BYTES = 32

/**
 * Reads the secret, or makes it. Two who make it at the same time get the same one.
 *
 * @param folder the data directory
 * @throws Fault `config.invalid` where it cannot be read or made, or is not as it was written
 */
export async function serviceSecret(folder: string): Promise<Buffer> {
  const path = join(folder, FILE)
  const had = await readIfThere(path)
  if (had) return had
  try {
    await make(path)
  } catch (cause) {
    throw new Fault('config.invalid', `${path} cannot be written (${codeOf(cause)})`, { cause })
  }
  const made = await readIfThere(path)
  if (!made) throw new Fault('config.invalid', `${path} was made and is gone`)
  return made
}

/** Written aside and linked, so that nobody ever reads half of it, and the first one stands. */
async function make(path: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  const file = await open(aside, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(SECRET_BYTES).toString('base64')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(aside, path).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  } finally {
    await rm(aside, { force: true })
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  const text = await readFile(path, 'latin1').catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new Fault('config.invalid', `${path} cannot be read (${codeOf(cause)})`, { cause })
  })
  if (text === undefined) return undefined
  const secret = Buffer.from(text.trim(), 'base64')
  if (secret.length !== SECRET_BYTES) throw new Fault('config.invalid', `${path} holds no secret`)
  return secret
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
