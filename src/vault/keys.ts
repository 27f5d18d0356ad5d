/** Keys: one file for each item, with the identity that opens its blob, wrapped for the vault; apart from the database. */
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { diskFault, readSmall, removeFile, writeSmall } from './disk.ts'

const SUFFIX = '.age'
const PRIVATE = 0o700

/** The wrapped keys. A name is an item's id. */
export interface KeyStore {
  readonly where: string
  /** Keeps a wrapped key under a free name; it is safe when this returns. */
  write(name: string, wrapped: Uint8Array): Promise<void>
  /** Keeps a wrapped key in the place of the one that is there: one of the two stands, whatever happens. */
  replace(name: string, wrapped: Uint8Array): Promise<void>
  /** The wrapped key under a name; undefined where there is none. */
  read(name: string): Promise<Buffer | undefined>
  /** Removes a key for good; nothing there is no fault. */
  remove(name: string): Promise<void>
  names(): Promise<string[]>
}

/**
 * Keys in a folder; it is made where it is missing.
 *
 * @throws Fault `vault.unreachable`
 */
export async function keyFolder(folder: string): Promise<KeyStore> {
  await mkdir(folder, { recursive: true, mode: PRIVATE }).catch((cause) => diskFault(cause, folder))
  const path = (name: string): string => join(folder, name + SUFFIX)
  return {
    where: folder,
    write: (name, wrapped) => writeSmall(path(name), wrapped),
    replace: (name, wrapped) => writeSmall(path(name), wrapped, { replace: true }),
    read: (name) => readSmall(path(name)),
    remove: async (name) => {
      await removeFile(`${path(name)}.new`, { overwrite: true }) // of a rotation that was cut off
      await removeFile(path(name), { overwrite: true })
    },
    names: async () => {
      const files = await readdir(folder).catch((cause: unknown) => diskFault(cause, folder))
      return files
        .filter((file) => file.endsWith(SUFFIX))
        .map((file) => file.slice(0, -SUFFIX.length))
        .sort()
    },
  }
}
