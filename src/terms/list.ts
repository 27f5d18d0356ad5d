/** List: published hashes of known material, and one entry of such a list. */
import type { Md5, PdqHash, Sha1, Sha256 } from './hash.ts'
import type { Categories, Trust } from './register.ts'

/** One entry of a hash list: at least one hash, and what its publisher says of it. */
export interface ListEntry {
  readonly md5?: Md5
  readonly sha1?: Sha1
  readonly sha256?: Sha256
  readonly pdq?: PdqHash
  /** A PhotoDNA value as the publisher wrote it: carried, never computed here. */
  readonly photodna?: string
  readonly label?: string
  readonly category?: string
  readonly source?: string
  /** The publisher's own key of the entry, unique in the list. */
  readonly key?: string
  /** Categories whose scheme is known; `category` is the code as the publisher wrote it. */
  readonly categories?: Categories
  /** How far the publisher relies on it; the list's own when absent. */
  readonly trust?: Trust
  /** What the entry is of, where the publisher says. */
  readonly media?: 'image' | 'video'
  /** What the publisher says besides, as JSON under the name of its format, kept for a round trip. */
  readonly extra?: unknown
  /** A tombstone: the publisher took the entry with this key back. */
  readonly deleted?: true
}

/** A list as a scan used it. `date` is the list's own date when it states one, else the file's modification time. */
export interface ListInfo {
  readonly file: string
  readonly entries: number
  /** SHA-256 of the list file's bytes, lower-case hex. */
  readonly sha256: Sha256
  /** ISO 8601, UTC. */
  readonly date: string
}
