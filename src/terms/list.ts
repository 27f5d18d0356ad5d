/** List: published hashes of known material, and one entry of such a list. */
import type { Md5, PdqHash, Sha1, Sha256 } from './hash.ts'

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
