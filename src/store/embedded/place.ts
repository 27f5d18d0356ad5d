/** Place: where things are in a data directory, and the short private folder of the server's socket. */
import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Fault } from '#terms/fault'
import { type Account, isRoot } from './account.ts'

/** The places of one data directory, all absolute. */
export interface Place {
  /** The data directory. */
  readonly folder: string
  /** What is made whole or not at all: the cluster, its passwords, its log. */
  readonly store: string
  /** What PostgreSQL calls its data directory. */
  readonly cluster: string
  readonly password: string
  readonly superuserPassword: string
  readonly log: string
  /** Folder of the socket. */
  readonly socket: string
}

/** The socket's name is fixed by the port; its whole path must fit into the system's address, 104 bytes on some. */
export const PORT = 5432
const SOCKET_NAME = `.s.PGSQL.${PORT}`
const SOCKET_PATH_BYTES_MAX = 103
const HASH_CHARACTERS = 16
const PRIVATE = 0o700

/** The data directory that is meant where none is named: root has one place, everybody else the working folder. */
export function dataDirectory(named: string | undefined): string {
  return resolve(named ?? (isRoot() ? '/var/lib/tutela' : 'tutela-data'))
}

/** The places of a data directory; nothing is looked at. */
export function placeOf(folder: string): Place {
  const store = join(folder, 'store')
  return {
    folder,
    store,
    cluster: join(store, 'postgres'),
    password: join(store, 'password'),
    superuserPassword: join(store, 'password.superuser'),
    log: join(store, 'log'),
    socket: socketFolder(folder),
  }
}

/** Inside the data directory, so that everybody who finds the one finds the other; in /tmp where that path is too long. */
function socketFolder(folder: string): string {
  const inside = join(folder, 'socket')
  if (Buffer.byteLength(join(inside, SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX) return inside
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, HASH_CHARACTERS)
  return `/tmp/tutela-${hash}`
}

/**
 * Makes the data directory, and parents that are missing, so that the server's account may pass; what is there is left as it is.
 *
 * @throws Fault `store.unavailable` when it cannot be made
 */
export async function makeDataDirectory(place: Place, account: Account): Promise<void> {
  try {
    const first = await mkdir(place.folder, { recursive: true, mode: PRIVATE })
    if (first === undefined || !account.isAnother) return
    for (let made = dirname(place.folder); made.length >= first.length; made = dirname(made)) {
      await chmod(made, 0o711)
    }
    await chown(place.folder, 0, account.gid)
    await chmod(place.folder, 0o710)
  } catch (cause) {
    const code = codeOf(cause)
    const mend =
      account.isAnother && code === 'EPERM'
        ? `root may not give files to ${account.name} here: run this as an ordinary user, or set DATABASE_URL`
        : 'name another place with TUTELA_DATA'
    throw new Fault('store.unavailable', `${place.folder} cannot be made (${code}): ${mend}`, { cause })
  }
}

/**
 * Makes the folder of the socket, private to the server's account.
 *
 * @throws Fault `store.unavailable` when somebody else has one of that name
 */
export async function makeSocketFolder(place: Place, account: Account): Promise<void> {
  const isNew = await mkdir(place.socket, { mode: PRIVATE }).then(
    () => true,
    (cause: unknown) => {
      if (codeOf(cause) === 'EEXIST') return false
      throw new Fault('store.unavailable', `${place.socket} cannot be made (${codeOf(cause)})`, { cause })
    },
  )
  if (isNew && account.isAnother) await chown(place.socket, account.uid, account.gid)
  const found = await lstat(place.socket)
  const isAbandoned = account.isAnother && found.uid === 0 // whoever made it ended before it was handed over
  if (!found.isDirectory() || (found.uid !== account.uid && !isAbandoned)) {
    throw new Fault(
      'store.unavailable',
      `${place.socket} should hold the database's socket and belongs to user number ${found.uid}: remove it`,
    )
  }
  if (isAbandoned) await chown(place.socket, account.uid, account.gid)
  if ((found.mode & 0o777) !== PRIVATE) await chmod(place.socket, PRIVATE)
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
}
