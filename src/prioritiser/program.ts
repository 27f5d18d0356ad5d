/** Program: what a prioritiser's child runs, and where its packages are, which are no part of the program's own. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFolders } from '#ground/sandbox/node'
import { Fault } from '#terms/fault'

/** The folder of package.json; this file lies two folders below it, in `src` as in `dist`. */
const ROOT = join(fileURLToPath(new URL('.', import.meta.url)), '..', '..')
/** Where `npm run prioritiser` installs. */
const FOLDER = join(ROOT, 'prioritisers')

/** A child's program, and which files and folders it reads; absolute and without links. */
export interface PrioritiserProgram {
  readonly file: string
  readonly packages: string
  readonly readable: readonly string[]
}

/** The version of an installed package; undefined where it is not installed. */
export function installedVersion(name: string): string | undefined {
  const file = join(FOLDER, 'node_modules', name, 'package.json')
  if (!existsSync(file)) return undefined
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** The child, as built. @throws Fault `decoder.unavailable` where it has not been built */
export function prioritisingChild(): PrioritiserProgram {
  const file = join(ROOT, 'dist', 'prioritiser', 'child.js')
  if (!existsSync(file)) throw new Fault('decoder.unavailable', `${file} is missing: run npm run build`)
  const packages = join(FOLDER, 'package.json')
  const own = [join(ROOT, 'package.json'), join(ROOT, 'dist', 'prioritiser'), FOLDER]
  const readable = [...own, ...nodeFolders()].map((path) => realpathSync(path))
  return { file: realpathSync(file), packages: realpathSync(packages), readable }
}
