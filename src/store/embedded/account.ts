/** Account: the user that the database server runs as; never root, which it refuses. */
import { readFile, stat } from 'node:fs/promises'
import { Fault } from '#terms/fault'

/** A user of the machine. */
export interface Account {
  readonly uid: number
  readonly gid: number
  /** Its name where the machine has one. */
  readonly name: string
  /** True when it is not the user of this process. */
  readonly isAnother: boolean
}

/** Whom root hands the server to, the first that the machine has. */
const STAND_INS = ['tutela', 'postgres', 'nobody']

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * The account for the cluster in a folder: its owner where it exists, else this process's user, and for root a stand-in.
 *
 * @throws Fault `store.unavailable` when there is none that may be used
 */
export async function accountFor(cluster: string): Promise<Account> {
  const own = process.getuid?.()
  if (own === undefined) {
    throw new Fault('store.unavailable', 'there is no embedded database for this system: set DATABASE_URL')
  }
  const owner = await stat(cluster).catch(() => undefined)
  if (owner && owner.uid !== own && own !== 0) {
    throw new Fault(
      'store.unavailable',
      `${cluster} belongs to user number ${owner.uid}: run this as that user, or name another place with TUTELA_DATA`,
    )
  }
  if (own !== 0) return { uid: own, gid: process.getgid?.() ?? own, name: `user ${own}`, isAnother: false }
  const users = await passwd()
  return owner && owner.uid !== 0 ? ownerOf(users, owner) : standIn(users)
}

function ownerOf(users: readonly Account[], { uid, gid }: { uid: number; gid: number }): Account {
  return users.find((user) => user.uid === uid) ?? { uid, gid, name: `user ${uid}`, isAnother: true }
}

function standIn(users: readonly Account[]): Account {
  const found = STAND_INS.map((name) => users.find((user) => user.name === name)).find((user) => user)
  if (found) return found
  throw new Fault(
    'store.unavailable',
    `PostgreSQL does not run as root, and none of the users ${STAND_INS.join(', ')} exists: make one with ` +
      '"useradd --system tutela", or set DATABASE_URL',
  )
}

/** The users of /etc/passwd other than root. passwd(5): name, password, uid, gid, … */
async function passwd(): Promise<Account[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = ''] = line.split(':')
    const isUser = /^[1-9]\d{0,9}$/.test(uid) && /^\d{1,10}$/.test(gid)
    return isUser ? [{ uid: Number(uid), gid: Number(gid), name, isAnother: true }] : []
  })
}
