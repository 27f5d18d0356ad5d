/** Walk: every file below some folders, in one order that never depends on the file system. */
import type { BigIntStats } from 'node:fs'
import { lstat, realpath, stat } from 'node:fs/promises'
import { Fault } from '#terms/fault'
import type { SkipReason } from '#terms/scan'
import { type EntryKind, type Names, readNames } from './names.ts'
import { joined } from './path.ts'

/** One thing met on the way. `place` is where the walk stands after it; give it back as `after` to go on. */
export type Met = { readonly path: Buffer; readonly place: WalkPlace } & (
  | { readonly kind: 'file' }
  | { readonly kind: 'skipped'; readonly because: SkipReason }
  | { readonly kind: 'folder-unread'; readonly because: 'permission' | 'vanished' | 'unreadable' }
)

/** Where a walk stands: which of the given paths, and the last path met below it. */
export interface WalkPlace {
  readonly root: number
  readonly path: Buffer
}

export interface WalkOptions {
  /** Begin after this place: what was met up to it is not met again. */
  readonly after?: WalkPlace | undefined
  /** Patterns of paths to pass over; see `exclusion`. */
  readonly excluded?: (path: Buffer) => boolean
  /** Stay on the file system of each given path. */
  readonly oneFileSystem?: boolean
}

/**
 * Walks files and folders in ascending order of the bytes of each name, folders in their place among files.
 * Symbolic links below a given path are not followed; a given path itself may be one.
 *
 * @throws Fault `input.missing` when a given path does not exist, `input.unreadable` when it is no file or folder
 */
export async function* walk(roots: readonly Buffer[], options: WalkOptions = {}): AsyncGenerator<Met> {
  for (const [root, path] of roots.entries()) {
    if (options.after && root < options.after.root) continue
    const status = await rootStatus(path)
    const after = options.after?.root === root ? options.after.path : undefined
    const descent = new Descent(root, after, status.dev, options)
    if (status.isDirectory()) yield* descent.folder(path)
    else yield* descent.entry(await resolved(path), 'file')
  }
}

/** A given file's own path: the reader follows no link, and a link that was given is meant. */
export function resolved(path: Buffer): Promise<Buffer> {
  return realpath(path, 'buffer').catch(() => path) // the reader says what became of it
}

/**
 * Checks that every given path is there, before anything is begun.
 *
 * @throws Fault `input.missing`, `input.unreadable`
 */
export async function checkRoots(roots: readonly Buffer[]): Promise<void> {
  for (const path of roots) await rootStatus(path)
}

async function rootStatus(path: Buffer): Promise<BigIntStats> {
  const name = path.toString()
  const status = await stat(path, { bigint: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EACCES') throw new Fault('input.unreadable', `${name} may not be read`, { cause })
    throw new Fault('input.missing', `${name} does not exist`, { cause })
  })
  if (status.isFile() || status.isDirectory()) return status
  throw new Fault('input.unreadable', `${name} is a ${kindOf(status)}, not a file or folder`)
}

/** The walk below one given path. */
class Descent {
  readonly #root: number
  readonly #after: Buffer | undefined
  readonly #device: bigint
  readonly #options: WalkOptions

  constructor(root: number, after: Buffer | undefined, device: bigint, options: WalkOptions) {
    this.#root = root
    this.#after = after
    this.#device = device
    this.#options = options
  }

  async *folder(path: Buffer): AsyncGenerator<Met> {
    const names = await this.#namesOf(path)
    if (typeof names === 'string') {
      if (this.#isAhead(path)) yield { ...this.#at(path), kind: 'folder-unread', because: names }
      return
    }
    for (let place = 0; place < names.count; place++) {
      const { name, kind } = names.at(place)
      const below = joined(path, name)
      if (this.#isDone(below)) continue
      yield* this.entry(below, kind === 'unstated' ? await askedKind(below) : kind)
    }
  }

  async *entry(path: Buffer, kind: EntryKind): AsyncGenerator<Met> {
    const because = await this.#whySkipped(path, kind)
    if (because) {
      if (this.#isAhead(path)) yield { ...this.#at(path), kind: 'skipped', because }
    } else if (kind === 'folder') yield* this.folder(path)
    else if (this.#isAhead(path)) yield { ...this.#at(path), kind: 'file' }
  }

  #at(path: Buffer): { path: Buffer; place: WalkPlace } {
    return { path, place: { root: this.#root, path } }
  }

  /** True when everything at and below a path was met before the walk was broken off. */
  #isDone(path: Buffer): boolean {
    return this.#after !== undefined && !isAbove(path, this.#after) && comparePaths(path, this.#after) <= 0
  }

  #isAhead(path: Buffer): boolean {
    return this.#after === undefined || comparePaths(path, this.#after) > 0
  }

  async #namesOf(path: Buffer): Promise<Names | 'permission' | 'vanished' | 'unreadable'> {
    try {
      return await readNames(path)
    } catch (cause) {
      return whyUnread(cause)
    }
  }

  async #whySkipped(path: Buffer, kind: EntryKind): Promise<SkipReason | undefined> {
    if (this.#options.excluded?.(path)) return 'excluded'
    if (kind === 'folder') return (await this.#isElsewhere(path)) ? 'other-file-system' : undefined
    // A file whose kind nobody could state is left to the reader, who says what became of it.
    return kind === 'file' || kind === 'unstated' ? undefined : kind
  }

  async #isElsewhere(path: Buffer): Promise<boolean> {
    if (!this.#options.oneFileSystem) return false
    const status = await lstat(path, { bigint: true }).catch(() => undefined)
    return status !== undefined && status.dev !== this.#device
  }
}

/** The reason for which a file or folder could not be read, from the system's error. */
export function whyUnread(cause: unknown): 'permission' | 'vanished' | 'unreadable' {
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'EACCES' || code === 'EPERM') return 'permission'
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'vanished' : 'unreadable'
}

/** Asks for the kind of an entry, on file systems whose folders do not state it. */
async function askedKind(path: Buffer): Promise<EntryKind> {
  const status = await lstat(path, { bigint: true }).catch(() => undefined)
  return status === undefined ? 'unstated' : kindOf(status)
}

function kindOf(status: BigIntStats): EntryKind {
  if (status.isFile()) return 'file'
  if (status.isDirectory()) return 'folder'
  if (status.isSymbolicLink()) return 'symbolic-link'
  if (status.isSocket()) return 'socket'
  return status.isFIFO() ? 'fifo' : 'device'
}

const SLASH = 0x2f

/** The order of a walk: names compared byte by byte, folder by folder. */
export function comparePaths(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a[at] ?? 0
    const y = b[at] ?? 0
    if (x === y) continue
    // A slash ends a name, and a name that ended sorts before a longer one.
    return (x === SLASH ? -1 : x) - (y === SLASH ? -1 : y)
  }
  return a.length - b.length
}

function isAbove(folder: Buffer, path: Buffer): boolean {
  return path.length > folder.length && path[folder.length] === SLASH && path.indexOf(folder) === 0
}
