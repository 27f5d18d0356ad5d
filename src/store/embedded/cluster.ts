/** Cluster: a new PostgreSQL data directory with its users and passwords, built aside and then given its name. */
import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#terms/fault'
import { asidePath, asides } from './abandoned.ts'
import type { Account } from './account.ts'
import type { Place } from './place.ts'
import type { Programs } from './programs.ts'
import { run } from './run.ts'

/** The database in the cluster, and the user that owns it and nothing else. */
export const DATABASE = 'tutela'
export const USER = 'tutela'
export const SUPERUSER = 'postgres'

const PASSWORD_BYTES = 24

/**
 * Makes the cluster of a data directory; where another process is faster, its cluster stands.
 *
 * @param isForced false for a cluster that holds nothing worth keeping: it is not forced to the disk
 * @throws Fault `store.full`, `store.unavailable`; nothing half-made is left then
 */
export async function makeCluster(
  place: Place,
  programs: Programs,
  account: Account,
  isForced: boolean,
): Promise<void> {
  await removeAbandoned(place.folder)
  const part = asidePath(place.folder, 'store')
  try {
    await mkdir(part, { mode: 0o700 })
    await hand(part, account)
    await build(part, programs, account, isForced)
    await rename(part, place.store)
    await force(place.folder)
  } catch (cause) {
    await rm(part, { recursive: true, force: true })
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new Fault('store.full', `${place.folder} has no space for a database`, { cause })
    if (cause instanceof Fault) throw cause
    throw new Fault('store.unavailable', `no database can be made in ${place.folder} (${code})`, { cause })
  }
}

/**
 * Checks that this program's PostgreSQL is of the cluster's version.
 *
 * @throws Fault `store.newer`, `store.damaged`, `store.unavailable` for an older one
 */
export async function checkVersion(place: Place, programs: Programs): Promise<void> {
  const text = await readFile(join(place.cluster, 'PG_VERSION'), 'utf8').catch(() => '')
  if (!/^\d{2}\n?$/.test(text))
    throw new Fault('store.damaged', `${place.cluster} is no database: it states no version`)
  const major = Number(text)
  if (major > programs.major) {
    throw new Fault(
      'store.newer',
      `${place.cluster} is of PostgreSQL ${major}, this program has ${programs.major}`,
    )
  }
  if (major === programs.major) return
  throw new Fault(
    'store.unavailable',
    `${place.cluster} is of PostgreSQL ${major}, this program has ${programs.major}: take a backup with the Tutela that ` +
      'made it, and restore that into a new place with this one',
  )
}

async function build(part: string, programs: Programs, account: Account, isForced: boolean): Promise<void> {
  const cluster = join(part, 'postgres')
  const password = secret()
  const superuserPassword = secret()
  const given = join(part, 'given')
  await writeFile(given, `${superuserPassword}\n`, { mode: 0o600 })
  await hand(given, account)
  const how = ['--auth=scram-sha-256', '--encoding=UTF8', '--data-checksums', '--no-instructions']
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const who = [`--username=${SUPERUSER}`, `--pwfile=${given}`, ...(isForced ? [] : ['--no-sync'])]
  await run(programs.initdb, ['-D', cluster, ...who, ...how, ...locale], account)
  await rm(given)
  await addUser(cluster, programs, account, password)
  await writeFile(join(cluster, 'pg_hba.conf'), 'local all all scram-sha-256\n')
  await writeFile(join(part, 'password'), `${password}\n`, { mode: 0o600 })
  await writeFile(join(part, 'password.superuser'), `${superuserPassword}\n`, { mode: 0o600 })
  await mkdir(join(part, 'log'), { mode: 0o700 })
  await hand(join(part, 'log'), account)
  await force(part)
}

/** A statement ends with a blank line where PostgreSQL runs alone; the passwords go by no command line. */
async function addUser(
  cluster: string,
  programs: Programs,
  account: Account,
  password: string,
): Promise<void> {
  const alone = [
    '--single',
    '-j',
    '-D',
    cluster,
    '-c',
    'exit_on_error=on',
    '-c',
    'log_min_error_statement=panic',
  ]
  const statements = [
    `CREATE ROLE ${USER} LOGIN PASSWORD '${password}'`,
    `CREATE DATABASE ${DATABASE} OWNER ${USER}`,
  ]
  await run(programs.postgres, [...alone, 'postgres'], account, `${statements.join(';\n\n')};\n\n`)
}

function secret(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url')
}

async function hand(path: string, account: Account): Promise<void> {
  if (account.isAnother) await chown(path, account.uid, account.gid)
}

/** Removes what a process that is gone was building. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const { path, isAbandoned } of await asides(folder, 'store'))
    if (isAbandoned) await rm(path, { recursive: true, force: true })
}

/** Forces what a folder lists to the disk. */
export async function force(folder: string): Promise<void> {
  const opened = await open(folder, 'r')
  await opened.sync().catch(() => undefined) // some file systems cannot force folders
  await opened.close()
}
