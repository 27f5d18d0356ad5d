/** Credentials: what a partner knows us by, each in a file of its own that only this program reads; never given back. */
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWholeFile } from '#ground/whole-file'
import { Fault } from '#terms/fault'
import { EXCHANGE_APIS, type ExchangeApi, whyWrong } from './exchange-apis.ts'

const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600

/** Path of the file that holds a credential. @param folder where HMA clients' exchanges are kept */
export function credentialFile(folder: string, api: string, name: string): string {
  return join(folder, 'credentials', api, name)
}

/** True where every credential that a partner needs is there. */
export async function hasCredentials(folder: string, api: string): Promise<boolean> {
  const required = EXCHANGE_APIS.get(api)?.credentials.filter((field) => field.required) ?? []
  const there = await Promise.all(required.map(({ name }) => isThere(credentialFile(folder, api, name))))
  return there.every(Boolean)
}

/**
 * Keeps the credentials of a partner in place of any there were; none at all clears them.
 *
 * @throws Fault `request.invalid` that never says a value
 */
export async function setCredentials(
  folder: string,
  api: string,
  untrusted: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { credentials } = EXCHANGE_APIS.get(api) ?? { credentials: [] }
  const isCleared = Object.keys(untrusted).length === 0
  const why = isCleared ? undefined : whyWrong(credentials, untrusted)
  if (why !== undefined) throw new Fault('request.invalid', `credential_json: ${why}`)
  await mkdir(join(folder, 'credentials', api), { recursive: true, mode: PRIVATE_FOLDER })
  for (const { name } of credentials) {
    const value = untrusted[name]
    const file = credentialFile(folder, api, name)
    if (typeof value !== 'string' || value.trim() === '') await rm(file, { force: true })
    else
      await writeWholeFile(file, { overwrite: true, mode: PRIVATE_FILE }, (sink) =>
        sink.write(Buffer.from(`${value.trim()}\n`)),
      )
  }
}

/** The address that the credentials of a partner name in place of its own, where they name one. */
export async function addressOverride(
  folder: string,
  api: string,
  { baseFrom, credentials }: ExchangeApi,
): Promise<string | undefined> {
  if (baseFrom === undefined || !credentials.some(({ name }) => name === baseFrom)) return undefined
  const text = await readFile(credentialFile(folder, api, baseFrom), 'utf8').catch(unlessAbsent)
  return text?.trim()
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(unlessAbsent)) !== undefined
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw new Fault('config.invalid', `a credential cannot be read: ${error.code}`, { cause: error })
}
