/** Folder id: what tells one folder of an index from every other, on whichever machine it lies. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWholeFile } from '#ground/whole-file'
import { Fault } from '#terms/fault'

/** The file in the folder of the index. */
const ID_FILE = 'id'
const ID_BYTES = 8
const ID = /^[0-9a-f]{16}\n$/

/**
 * The folder's own id, which is made when it is first asked for. Processes that ask at the same time are told the same.
 *
 * @returns 16 hex digits
 * @throws Fault `output.failed` when it cannot be made
 */
export async function folderId(folder: string): Promise<string> {
  const path = join(folder, ID_FILE)
  for (const overwrite of [false, true]) {
    const known = await idAt(path)
    if (known !== undefined) return known
    const made = randomBytes(ID_BYTES).toString('hex')
    try {
      await writeWholeFile(path, { overwrite }, (sink) => sink.write(Buffer.from(`${made}\n`)))
      return made
    } catch (error) {
      // Somebody else may have made it just now; what is there and is no id is replaced.
      if (overwrite || !(error instanceof Fault)) throw error
    }
  }
  throw new Error('a file was neither written nor refused')
}

async function idAt(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'latin1').catch(() => '')
  return ID.test(text) ? text.trim() : undefined
}
