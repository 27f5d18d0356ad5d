/** Secret: a password or key that is kept in a file of its own. */
import { open } from 'node:fs/promises'
import { Fault } from '#terms/fault'

const BYTES_MAX = 64 * 1024

/**
 * Reads the secret in a file; a line's end behind it does not belong to it.
 *
 * @throws Fault `config.invalid` when it cannot be read, is empty or too large; its content is never in the message
 */
export async function readSecret(path: string): Promise<string> {
  const secret = (await contentOf(path)).replace(/\r?\n$/, '')
  if (secret === '') throw new Fault('config.invalid', `${path} should hold a secret and is empty`)
  return secret
}

async function contentOf(path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(BYTES_MAX + 1), 0, BYTES_MAX + 1, 0)
      if (bytesRead > BYTES_MAX) throw new Fault('config.invalid', `${path} is too large for a secret`)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new Fault('config.invalid', `${path} should hold a secret and cannot be read (${code})`, { cause })
  }
}
