/** Into: where a backup is restored to: a data directory that is not there yet, or an empty database. */
import { rename, rm, stat } from 'node:fs/promises'
import { Fault } from '#terms/fault'
import { Database } from '../database.ts'
import { asidePath, asides } from '../embedded/abandoned.ts'
import { accountFor } from '../embedded/account.ts'
import { force } from '../embedded/cluster.ts'
import { makeDataDirectory, placeOf } from '../embedded/place.ts'
import { stop } from '../embedded/postmaster.ts'
import { refuseBarrier } from '../embedded/reach.ts'
import { Server } from '../embedded/server.ts'
import { checkServer, type Store, urlStore } from '../open.ts'
import type { BackupManifest } from './manifest.ts'
import { discarding, readBackup } from './read.ts'
import { type Restored, refuseTables, restoreBackup } from './restore.ts'
import type { Told } from './told.ts'
import { markUnfinished, takeMarkAway } from './unfinished.ts'

/**
 * Restores a backup into a database of the operator's own. Whoever is killed in the middle leaves an empty one with a mark in it,
 * which nobody opens as a store and the next restore takes away.
 *
 * @throws Fault as `restoreBackup`; the database is empty then, as before
 */
export async function restoreIntoDatabase(url: string, path: string, told?: Told): Promise<Restored> {
  const { form } = await wholeBackup(path, told)
  const store = urlStore(url)
  try {
    await checkServer(store)
    return await restoreMarked(store, path, form, told)
  } finally {
    await store.close()
  }
}

async function restoreMarked(store: Store, path: string, form: number, told?: Told): Promise<Restored> {
  const { config, database } = store
  await refuseTables(database)
  const held = await markUnfinished(config, database)
  try {
    return await restoreBackup(database, path, form, told)
  } catch (error) {
    await takeMarkAway(database).catch(() => undefined) // the first failure is the one to tell; the next restore takes it away
    throw error
  } finally {
    await held.release()
  }
}

/**
 * Restores a backup into a data directory. It is built aside and then given its place, so that nothing is there before all is.
 *
 * @param folder absolute; may be there, without a store in it
 * @throws Fault `store.exists` where a store is there, and as `restoreBackup`; no store is there then
 */
export async function restoreIntoFolder(folder: string, path: string, told?: Told): Promise<Restored> {
  const place = placeOf(folder)
  await refuseStore(place.store)
  const { form } = await wholeBackup(path, told)
  const account = await accountFor(place.cluster)
  if (account.isAnother) await refuseBarrier(folder, account)
  await makeDataDirectory(place, account)
  await removeCutOff(folder)
  const aside = asidePath(folder, 'restoring')
  try {
    const restored = await restoreAside(aside, path, form, told)
    await rename(placeOf(aside).store, place.store).catch((cause: unknown) => refuseStore(place.store, cause))
    await force(folder)
    return restored
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** Reads a backup to its end before anything is made of it. */
function wholeBackup(path: string, told: Told = () => {}): Promise<BackupManifest> {
  return readBackup(path, discarding, (done, total) => told({ step: 'read', done, total }))
}

async function restoreAside(aside: string, path: string, form: number, told?: Told): Promise<Restored> {
  const server = await Server.open({ data: aside, create: true })
  const database = new Database(server.config)
  try {
    return await restoreBackup(database, path, form, told)
  } finally {
    await database.close()
    await server.close()
  }
}

async function refuseStore(store: string, cause?: unknown): Promise<void> {
  const isThere = await stat(store).then(
    () => true,
    () => false,
  )
  if (isThere) throw new Fault('store.exists', `there is a store at ${store}`, { cause })
  if (cause !== undefined) throw cause
}

/** Removes what a restore that was killed has left, and first stops its server. */
async function removeCutOff(folder: string): Promise<void> {
  for (const { path, isAbandoned } of await asides(folder, 'restoring')) {
    if (!isAbandoned) throw new Fault('store.exists', `another restore into ${folder} is under way: ${path}`)
    await stop(placeOf(path))
    await rm(path, { recursive: true, force: true })
  }
}
