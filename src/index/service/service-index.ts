/** Service index: the register's lists in memory, followed as they change, and looked up in microseconds. */
import { DISTANCE_MAX_DEFAULT, type ManyResult } from '@tutela/kernels/hamming'
import { Fault } from '#terms/fault'
import { HASH_BYTES } from '#terms/hash'
import type { Fingerprint, IndexedRegisterList, RegisterHits } from '#terms/lookup'
import type { Contents } from './contents.ts'
import { Following, type FollowingOptions, type IndexState } from './following.ts'
import { type Asked, answersWanted, asked, type HitsOptions, hitsOf, packed } from './search.ts'
import { SearchThreads } from './threads.ts'

export type { IndexState } from './following.ts'
export type { HitsOptions } from './search.ts'

export interface ServiceIndexOptions extends Omit<FollowingOptions, 'distanceMax'> {
  /** Threads that search batches beside the calling one; 0 for none. */
  readonly threads: number
  /** Distance that PDQ look-ups are laid out for; 31 unless given. */
  readonly distanceMax?: number
}

/** Fewer PDQ hashes than this are searched here sooner than a thread is asked. */
const SHARED_QUERIES_MIN = 48

/** The index in service. Its lifetime is that of the service. */
export class ServiceIndex {
  readonly #following: Following
  readonly #threads: SearchThreads

  private constructor(options: ServiceIndexOptions) {
    this.#following = new Following({ distanceMax: DISTANCE_MAX_DEFAULT, ...options })
    this.#threads = new SearchThreads(options.threads, options.log)
  }

  /** Begins to load at once, from the snapshot in the folder or else from the feed, and does not wait for it. */
  static open(options: ServiceIndexOptions): ServiceIndex {
    return new ServiceIndex(options)
  }

  /** `ready`: every look-up is answered as of that change, and of those later ones that are visible already. */
  get state(): IndexState {
    return this.#following.state
  }

  /** Bytes that the contents take, about. */
  get bytes(): number {
    return this.#following.contents?.bytes ?? 0
  }

  /**
   * The lists that can be hit, by id; another map whenever anything became visible.
   *
   * @throws Fault `index.not-ready`
   */
  lists(): ReadonlyMap<number, IndexedRegisterList> {
    return this.#contents().lists
  }

  /**
   * The nearest hit of each entry and basis: by SHA-256 first, then SHA-1, MD5 and PDQ, the nearest first.
   *
   * @throws Fault `index.not-ready` while the contents are being built; RangeError when an option is out of range
   */
  hits(fingerprint: Fingerprint, options: HitsOptions = {}): RegisterHits {
    const contents = this.#contents()
    return hitsNow(contents, fingerprint, asked(options, contents.pdq.distanceMax))
  }

  /**
   * The same for many fingerprints, by several threads. All are answered as of one moment.
   *
   * @throws Fault `index.not-ready`; RangeError when an option is out of range
   */
  async hitsMany(
    fingerprints: readonly Fingerprint[],
    options: HitsOptions = {},
  ): Promise<readonly RegisterHits[]> {
    const contents = this.#contents()
    const given = asked(options, contents.pdq.distanceMax)
    const { hashes, firsts } = packedAll(fingerprints)
    const isShared = hashes.length >= SHARED_QUERIES_MIN * HASH_BYTES.pdq
    const parts = isShared ? await this.#shared(contents, hashes, given) : undefined
    const now = this.#contents()
    const answers = parts ?? now.pdq.searchMany(hashes, searchOptions(given))
    return fingerprints.map((fingerprint, at) =>
      hitsOf(now, fingerprint, given, { answers, first: firsts[at] ?? 0 }),
    )
  }

  /**
   * Follows the register up to now, or at least up to a change, or with `alone` until that one change is visible.
   *
   * @throws Fault `index.not-ready` when the change does not come in time; what the feed throws
   */
  catchUp(number?: number, alone?: 'alone'): Promise<void> {
    return this.#following.catchUp(number, alone)
  }

  /** Ends the threads and following, and saves a snapshot where much has changed. */
  async close(): Promise<void> {
    await Promise.all([this.#threads.close(), this.#following.close()])
  }

  /** Answers of the threads; undefined where a change became visible meanwhile, of which they know only a part. */
  async #shared(contents: Contents, hashes: Uint8Array, given: Asked): Promise<ManyResult | undefined> {
    const { lists } = contents
    const answers = await this.#threads.search(contents.pdq, hashes, searchOptions(given))
    return this.#following.contents === contents && contents.lists === lists ? answers : undefined
  }

  #contents(): Contents {
    const { contents } = this.#following
    if (!contents) throw new Fault('index.not-ready', 'the index is being built')
    return contents
  }
}

function hitsNow(contents: Contents, fingerprint: Fingerprint, given: Asked): RegisterHits {
  if (fingerprint.pdq.length === 0) return hitsOf(contents, fingerprint, given)
  const answers = contents.pdq.searchMany(packed(fingerprint), searchOptions(given))
  return hitsOf(contents, fingerprint, given, { answers, first: 0 })
}

function searchOptions(given: Asked): { distanceMax: number; limit: number } {
  return { distanceMax: given.distanceMax, limit: answersWanted(given) }
}

function packedAll(fingerprints: readonly Fingerprint[]): { hashes: Uint8Array; firsts: Uint32Array } {
  const firsts = new Uint32Array(fingerprints.length)
  let count = 0
  for (const [at, { pdq }] of fingerprints.entries()) {
    firsts[at] = count
    count += pdq.length
  }
  const hashes = new Uint8Array(count * HASH_BYTES.pdq)
  for (const [at, fingerprint] of fingerprints.entries())
    hashes.set(packed(fingerprint), (firsts[at] ?? 0) * HASH_BYTES.pdq)
  return { hashes, firsts }
}
