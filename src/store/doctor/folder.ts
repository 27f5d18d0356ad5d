/** Folder: a look at the data directory: whose it is, who may read it, what lies about, and how much space there is. */
import { stat, statfs } from 'node:fs/promises'
import { Fault } from '#terms/fault'
import { type Aside, asides } from '../embedded/abandoned.ts'
import { accountFor } from '../embedded/account.ts'
import { type Place, placeOf } from '../embedded/place.ts'
import { running } from '../embedded/postmaster.ts'
import { findPrograms } from '../embedded/programs.ts'
import { barrier } from '../embedded/reach.ts'
import { hasCluster, refuseRestoring } from '../embedded/server.ts'
import { type Finding, looked, ok, warn, wrong } from './finding.ts'

const GIGABYTE = 1e9
const SPACE_BYTES = { warn: 5 * GIGABYTE, wrong: 0.5 * GIGABYTE }
const OTHERS = 0o007

/** Looks at the data directory of the embedded database. */
export async function* examineFolder(folder: string): AsyncIterable<Finding> {
  const place = placeOf(folder)
  const found = await looked('data directory', () => whose(place))
  yield found
  if (found.state === 'wrong') return
  yield await looked('secrets', () => secrets(place))
  yield await looked('database programs', () => programs(place))
  yield await looked('disk space', () => space(folder))
  yield* await leftovers(place)
  yield await looked('server', () => serving(place))
}

async function whose(place: Place): Promise<Finding> {
  const check = 'data directory'
  if (!(await hasCluster(place))) {
    await refuseRestoring(place)
    throw new Fault('store.missing', `there is no Tutela data directory at ${place.folder}`)
  }
  const account = await accountFor(place.cluster)
  const stop = account.isAnother ? await barrier(place.folder, account) : undefined
  if (stop !== undefined)
    return wrong(
      check,
      `user ${account.name}, who runs the database, may not pass ${stop}`,
      `chmod o+x ${stop}`,
    )
  if (((await stat(place.folder)).mode & OTHERS) !== 0)
    return warn(check, `${place.folder} is open to every user`, `chmod o-rwx ${place.folder}`)
  return ok(check, `${place.folder}, the database run by ${account.name}`)
}

async function secrets(place: Place): Promise<Finding> {
  for (const path of [place.password, place.superuserPassword]) {
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0) return wrong('secrets', `${path} is readable by others`, `chmod 600 ${path}`)
  }
  return ok('secrets', 'readable by nobody else')
}

async function programs(place: Place): Promise<Finding> {
  const { postgres, version } = await findPrograms(place.folder, await accountFor(place.cluster))
  return ok('database programs', `PostgreSQL ${version} at ${postgres}`)
}

async function space(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const says = `${(free / GIGABYTE).toFixed(1)} GB free at ${folder}`
  const mend = 'free some space, or move the data directory to a larger disk while nothing runs'
  if (free < SPACE_BYTES.wrong) return wrong('disk space', says, mend)
  return free < SPACE_BYTES.warn ? warn('disk space', says, mend) : ok('disk space', says)
}

/** Only what was left by processes that are gone. */
async function leftovers(place: Place): Promise<Finding[]> {
  const kinds: readonly Aside[] = ['store', 'restoring']
  const found = (await Promise.all(kinds.map((kind) => asides(place.folder, kind)))).flat()
  const left = found.filter(({ isAbandoned }) => isAbandoned)
  if (left.length === 0) return [ok('leftovers', 'none')]
  return left.map(({ path }) =>
    warn(
      'leftovers',
      `${path} is of a command that was cut off`,
      `run it again, or remove it: rm -r ${path}`,
    ),
  )
}

async function serving(place: Place): Promise<Finding> {
  const lock = await running(place)
  if (lock) return ok('server', `process ${lock.pid} serves it`)
  return ok('server', 'not running: whoever opens the store starts it')
}
