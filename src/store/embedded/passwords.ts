/** Passwords: what connects to the server of a data directory. */
import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import { Fault } from '#terms/fault'
import { DATABASE, SUPERUSER, USER } from './cluster.ts'
import { type Place, PORT } from './place.ts'

/** The connection of the user that owns the database. */
export async function ownerConfig(place: Place): Promise<pg.ClientConfig> {
  return { ...socket(place), user: USER, database: DATABASE, password: await secretOf(place.password) }
}

/** The superuser's connection, for what the owner of one database may not do. */
export async function superuserConfig(place: Place): Promise<pg.ClientConfig> {
  const password = await secretOf(place.superuserPassword)
  return { ...socket(place), user: SUPERUSER, database: 'postgres', password }
}

function socket(place: Place): pg.ClientConfig {
  return { host: place.socket, port: PORT, ssl: false }
}

async function secretOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const isAbsent = cause.code === 'ENOENT'
    throw new Fault(
      isAbsent ? 'store.damaged' : 'store.unavailable',
      `${path}, the database's password, ${isAbsent ? 'is missing' : `cannot be read (${cause.code})`}`,
      { cause },
    )
  })
  return text.trim()
}
