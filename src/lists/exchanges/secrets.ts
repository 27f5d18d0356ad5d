/** Secrets: the credentials of a source, each in a file of its own, read when they are needed and never kept. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Fault } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'

const CHARACTERS_MAX = 4096

/** A credential by its name in the source's file. */
export type Secrets = Readonly<Record<string, string>>

/**
 * Reads the secret files of a source. White space around a secret is no part of it.
 *
 * @throws Fault `source.invalid` naming the first file that is absent, empty or too long; never what it holds
 */
export async function readSecrets({ name, secrets, secretsFolder }: SourceDefinition): Promise<Secrets> {
  const read: Record<string, string> = {}
  for (const [key, path] of Object.entries(secrets)) {
    const file = resolve(secretsFolder, path)
    const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? 'is not there' : `cannot be read: ${cause.code}`
      throw new Fault('source.invalid', `${name}: the secret file ${file} (${key}) ${why}`, { cause })
    })
    const secret = text.trim()
    if (secret === '' || secret.length > CHARACTERS_MAX || /[\0\r\n]/.test(secret))
      throw new Fault('source.invalid', `${name}: the secret file ${file} (${key}) must hold one line`)
    read[key] = secret
  }
  return read
}

/** One of them. @throws Fault `source.invalid` when the source does not name it */
export function secretOf(secrets: Secrets, key: string): string {
  const secret = secrets[key]
  if (secret === undefined) throw new Fault('source.invalid', `the source names no secret "${key}"`)
  return secret
}
