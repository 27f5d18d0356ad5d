/** Remote: a matcher that somebody else runs, asked beside the index by whoever is licensed to. */
import type { RemoteSaid } from './gate.ts'
import type { PdqHash } from './hash.ts'

/** What leaves the house when a matcher is asked; stated wherever it is configured. */
export type RemoteSends = 'hashes' | 'bytes'

/** Why a matcher that is asked by PDQ says nothing of a picture with too little in it: no failure of its own. */
export const NOTHING_TO_ASK = 'there is no PDQ hash of sufficient quality to ask about'

/** What can be told of one item. */
export interface RemoteItem {
  /** Hashes of sufficient quality, of every orientation that is looked up here too. */
  readonly pdq: readonly PdqHash[]
  /** The content, where it was given. Only a matcher that sends bytes looks at it. */
  readonly content?: {
    readonly bytes: Uint8Array
    /** By the content itself, as `image/jpeg`; absent when it is not known. */
    readonly mediaType?: string
    /** Pixels, where they are known. */
    readonly width?: number
    readonly height?: number
  }
}

/** A matcher beside the index. */
export interface RemoteMatcher {
  readonly name: string
  readonly sends: RemoteSends
  /** Asks about one item. Whatever fails, the answer is `unknown` with the reason, never `none`; it never throws. */
  ask(item: RemoteItem, stop?: AbortSignal): Promise<RemoteSaid>
  /** Why it is not being asked now; undefined when it is. */
  readonly pausedBecause: string | undefined
}
