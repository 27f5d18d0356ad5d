/** Index feed: what the index in service is told of the register, in the order in which it was committed. */
import type { HashKind } from './hash.ts'
import type { IndexedRegisterList } from './lookup.ts'
import type { Trust } from './register.ts'

/** Hashes of one kind, each with the version of an entry that carries it. */
export interface FeedHashes {
  readonly rows: Uint32Array
  /** `HASH_BYTES` of the kind each, one after the other. */
  readonly bytes: Uint8Array
}

/** Some versions of entries, column by column, so that millions of them are no objects. */
export interface FeedRows {
  /** Numbers of the versions. */
  readonly rows: Uint32Array
  readonly entries: Uint32Array
  /** Ids of their lists. */
  readonly lists: Uint32Array
  /** What their publishers say: places in `TRUSTS`, counted from 1. */
  readonly trusts: Uint8Array
  /** The kinds of hash of each: `KIND_BITS` together. */
  readonly kinds: Uint8Array
  /** Places in `categoryTexts`. */
  readonly categories: Uint32Array
  /** Categories as JSON, each once. */
  readonly categoryTexts: readonly string[]
  readonly hashes: Readonly<Record<HashKind, FeedHashes>>
}

/** Versions that stand no more, and the PDQ hashes by which they are found. */
export interface FeedEnded {
  readonly rows: Uint32Array
  readonly pdq: FeedHashes
}

/** What whoever keeps the register thinks of an entry now. */
export interface FeedJudgement {
  readonly entry: number
  readonly trust?: Trust
  /** Milliseconds since 1970; Infinity for good. */
  readonly disabledUntil?: number
}

/** One committed change of one list. */
export interface FeedChange {
  readonly number: number
  readonly mark: string
  readonly listId: number
  /** The list as it is, its entries and date as of this change; absent once it was removed. */
  readonly list?: IndexedRegisterList
  /** Rows that it begins and ends together, about. */
  readonly rows: number
  readonly judgementsEnded: readonly number[]
  readonly judgementsBegun: readonly FeedJudgement[]
  /** The versions that began with it. */
  begun(): AsyncIterable<FeedRows>
  /** The versions that ended with it. */
  ended(): AsyncIterable<FeedEnded>
}

/** All that stands, as of one change. */
export interface FeedWhole {
  readonly number: number
  readonly mark: string
  readonly lists: readonly IndexedRegisterList[]
  readonly judgements: readonly FeedJudgement[]
  /** How many rows there are, about. */
  readonly rowsAbout: number
  rows(): AsyncIterable<FeedRows>
}

/** Where the index learns what stands in the register. Everything may throw a Fault `store.unreachable`. */
export interface IndexFeed {
  /**
   * A text that only this database has, and only while its change of this number is the one it is: it tells a copy of another
   * database, or of one that was taken back to an earlier state. Undefined where there is no such change.
   */
  mark(number: number): Promise<string | undefined>
  /** All that stands, as of one moment, which lasts as long as `take` runs. */
  everything<T>(take: (whole: FeedWhole) => Promise<T>): Promise<T>
  /** The changes above a number, in the order of their commits. */
  after(number: number): AsyncIterable<FeedChange>
}
