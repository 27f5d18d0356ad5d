/** Reach: whether another account may pass through the folders above a place. */
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '#terms/fault'
import type { Account } from './account.ts'

/** @returns the first folder, from the root, that an account may not search; undefined when it may reach the place */
export async function barrier(path: string, account: Account): Promise<string | undefined> {
  for (const folder of above(path)) {
    const found = await stat(folder).catch(() => undefined)
    if (!found) return undefined // it is made later, with the right modes
    const { uid, gid, mode } = found
    const bits = uid === account.uid ? mode >> 6 : gid === account.gid ? mode >> 3 : mode
    if ((bits & 1) === 0) return folder
  }
  return undefined
}

/** @throws Fault `store.unavailable` where the server's account cannot come to its data directory */
export async function refuseBarrier(folder: string, account: Account): Promise<void> {
  const stop = await barrier(folder, account)
  if (stop === undefined) return
  throw new Fault(
    'store.unavailable',
    `as root the database runs as user ${account.name}, who may not pass ${stop} on the way to ${folder}: name a place that ` +
      'it can reach with TUTELA_DATA (/var/lib/tutela without it), or run this as an ordinary user',
  )
}

function above(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [] : [...above(parent), parent]
}
