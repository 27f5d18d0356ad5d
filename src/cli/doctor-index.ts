/** Doctor, index: a look at the search index's snapshot, of which only the beginning is read. */
import { join } from 'node:path'
import { openSnapshot } from '#index/service/snapshot-open'
import { SNAPSHOT_FILE } from '#index/service/snapshots'
import type { Finding } from '#store/doctor/finding'
import { Fault } from '#terms/fault'

const CHECK = 'index snapshot'

/** @param folder the data directory */
export async function examineSnapshot(folder: string): Promise<Finding> {
  const path = join(folder, 'index', SNAPSHOT_FILE)
  let change = 0
  try {
    await openSnapshot(path, 0, async (number) => {
      change = number
      return false
    })
    return { check: CHECK, state: 'ok', says: `as of change ${change}` }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (error.code === 'input.missing')
      return { check: CHECK, state: 'ok', says: 'none yet: the service writes one' }
    const mend =
      'remove it, and look after the disk; the service builds it again and answers unknown meanwhile'
    return { check: CHECK, state: 'warn', says: error.message, mend }
  }
}
