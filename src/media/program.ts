/** Program: which program a child runs, and which files and folders it must be able to read. */
import { existsSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeFolders } from '#ground/sandbox/node'
import { Fault } from '#terms/fault'

/** A child's program. */
export interface ChildProgram {
  /** Absolute path of the JavaScript file. */
  readonly file: string
  /** Files and folders that it reads; absolute and without links. */
  readonly readable: readonly string[]
}

/** Packages that the child loads; each is looked for as Node does, since an installer may put it further up. */
const PACKAGES = ['sharp', 'libheif-js', '@tutela/kernels/pdq']

const HERE = fileURLToPath(new URL('.', import.meta.url))
/** The folder of package.json; this file lies two folders below it, in `src` as in `dist`. */
const ROOT = join(HERE, '..', '..')

/** The outermost `node_modules` folder on a path, so that a package's own dependencies are within. */
function modulesFolder(path: string): string | undefined {
  const at = path.indexOf(`${sep}node_modules${sep}`)
  return at < 0 ? undefined : path.slice(0, at + `${sep}node_modules`.length)
}

function foldersOf(packageName: string): readonly string[] {
  const entry = realpathSync(createRequire(join(ROOT, 'package.json')).resolve(packageName))
  const folder = modulesFolder(entry)
  return folder === undefined ? [] : [folder]
}

/**
 * The child that decodes, as built; the source runs the built child too, since what is confined should be what ships.
 *
 * @throws Fault `decoder.unavailable` when it has not been built
 */
export function decodingChild(): ChildProgram {
  return builtChild('child.js')
}

/** The child that renders. @throws Fault `decoder.unavailable` when it has not been built */
export function renderingChild(): ChildProgram {
  return builtChild(join('render', 'child.js'))
}

function builtChild(name: string): ChildProgram {
  const file = join(ROOT, 'dist', 'media', name)
  if (!existsSync(file)) throw new Fault('decoder.unavailable', `${file} is missing: run npm run build`)
  const own = ['package.json', 'dist', join('node_modules'), 'kernels'].map((name) => join(ROOT, name))
  const readable = [
    ...own.filter((path) => existsSync(path)),
    ...PACKAGES.flatMap(foldersOf),
    ...nodeFolders(),
  ]
  return { file: realpathSync(file), readable: [...new Set(readable.map((path) => realpathSync(path)))] }
}
