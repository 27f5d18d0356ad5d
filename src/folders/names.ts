/** Names: the sorted names of one folder, packed, so that a folder of a million files costs tens of megabytes. */
import type { Dirent } from 'node:fs'
import { opendir } from 'node:fs/promises'

/** What a folder's entry is, as far as a scan cares. */
export type EntryKind = 'file' | 'folder' | 'symbolic-link' | 'socket' | 'fifo' | 'device' | 'unstated'

const KINDS: readonly EntryKind[] = [
  'file',
  'folder',
  'symbolic-link',
  'socket',
  'fifo',
  'device',
  'unstated',
]

/** A folder's entries in ascending order of their names' bytes. */
export interface Names {
  readonly count: number
  at(place: number): { readonly name: Buffer; readonly kind: EntryKind }
}

/**
 * Reads a folder's names, sorted by their bytes.
 *
 * @throws NodeJS.ErrnoException when the folder cannot be opened or read
 */
export async function readNames(folder: Buffer): Promise<Names> {
  const packed = new PackedNames()
  // The types know only text names; with `encoding: 'buffer'` Node gives bytes.
  const entries = await opendir(folder, { encoding: 'buffer' as BufferEncoding, bufferSize: 1024 })
  for await (const entry of entries as AsyncIterable<Dirent<string | Buffer>>) {
    packed.add(Buffer.from(entry.name), kindOf(entry))
  }
  return packed.sorted()
}

class PackedNames {
  #bytes = Buffer.allocUnsafe(4096)
  #used = 0
  #starts: number[] = []
  #kinds: number[] = []

  add(name: Buffer, kind: EntryKind): void {
    if (this.#used + name.length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + name.length))
      this.#bytes.copy(larger, 0, 0, this.#used)
      this.#bytes = larger
    }
    name.copy(this.#bytes, this.#used)
    this.#starts.push(this.#used)
    this.#kinds.push(KINDS.indexOf(kind))
    this.#used += name.length
  }

  sorted(): Names {
    const starts = Uint32Array.from(this.#starts)
    const bytes = this.#bytes
    const kinds = this.#kinds
    const endOf = (entry: number): number => starts[entry + 1] ?? this.#used
    const order = starts.map((_, entry) => entry)
    order.sort((a, b) => bytes.compare(bytes, starts[b], endOf(b), starts[a], endOf(a)))
    return {
      count: order.length,
      at: (place) => {
        const entry = order[place] ?? 0
        return {
          name: Buffer.from(bytes.subarray(starts[entry], endOf(entry))),
          kind: KINDS[kinds[entry] ?? 0] ?? 'unstated',
        }
      },
    }
  }
}

function kindOf(entry: Dirent<string | Buffer>): EntryKind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return 'symbolic-link'
  if (entry.isSocket()) return 'socket'
  if (entry.isFIFO()) return 'fifo'
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return 'device'
  return 'unstated'
}
