/** Overtaking: small changes that only add are shown while a very large one before them is still being taken in. */
import type { FeedChange, IndexFeed } from '#terms/index-feed'
import type { IndexedRegisterList } from '#terms/lookup'
import { TRUSTS } from '#terms/register'
import type { Contents } from './contents.ts'
import { readSmall, type SmallRead, showAhead } from './taking.ts'

/** Place of a trust in the feed. */
const FALSE_POSITIVE = TRUSTS.indexOf('false-positive') + 1

export interface OvertakingAsked {
  readonly contents: Contents
  readonly feed: IndexFeed
  /** Rows of a change that is small. */
  readonly rowsMax: number
  /** How often the feed is asked although nothing was told. */
  readonly pollSeconds: number
  /** Told of every change that was shown. */
  readonly shown: (change: FeedChange) => void
}

/**
 * Looks for changes behind a large one, for as long as that is being taken in. What takes anything away, of whatever list, waits
 * for its turn: an item that was moved from one list to another must not be on neither of them for a while. So does everything
 * behind it in its list, so that the changes of one list are shown in their order.
 */
export class Overtaking {
  readonly #asked: OvertakingAsked
  /** Lists with a change that waits for its turn. */
  readonly #waiting: Set<number>
  /** The last change that was looked at. */
  #last: number
  readonly #poll: NodeJS.Timeout
  #look: Promise<void> | undefined
  #isAgain = false
  #isOver = false

  constructor(asked: OvertakingAsked, large: FeedChange) {
    this.#asked = asked
    this.#waiting = new Set([large.listId])
    this.#last = large.number
    this.#poll = setInterval(() => this.look(), asked.pollSeconds * 1_000).unref()
    this.look()
  }

  /** Looks now, and once more after a look that is under way. */
  look(): void {
    if (this.#isOver) return
    if (this.#look) {
      this.#isAgain = true
      return
    }
    // What fails here is met again by whoever reads the large change, or is shown when its turn has come.
    this.#look = this.#looked()
      .catch(() => undefined)
      .finally(() => {
        this.#look = undefined
        if (!this.#isAgain) return
        this.#isAgain = false
        this.look()
      })
  }

  /** Ends the looking: nothing is shown any more once this is fulfilled. */
  async end(): Promise<void> {
    this.#isOver = true
    clearInterval(this.#poll)
    await this.#look
  }

  async #looked(): Promise<void> {
    const { contents, feed, shown } = this.#asked
    for await (const change of feed.after(this.#last)) {
      if (this.#isOver) return
      if (!contents.ahead.has(change.number)) {
        const read = await this.#addition(change)
        if (this.#isOver) return
        if (read) {
          showAhead(contents, change, read)
          shown(change)
        } else this.#waiting.add(change.listId)
      }
      this.#last = change.number
    }
  }

  /** @returns undefined for a change that is to wait */
  async #addition(change: FeedChange): Promise<SmallRead | undefined> {
    const { contents, rowsMax } = this.#asked
    if (this.#waiting.has(change.listId) || change.rows > rowsMax) return undefined
    if (change.judgementsBegun.length > 0 || change.judgementsEnded.length > 0) return undefined
    if (!isAsKnown(change.list, contents.lists.get(change.listId))) return undefined
    const read = await readSmall(change)
    const takesAway =
      read.ended.some(({ rows }) => rows.length > 0) ||
      read.begun.some(({ trusts }) => trusts.includes(FALSE_POSITIVE))
    return takesAway ? undefined : read
  }
}

/** True of a list whose entries raise an alert, and whose terms are new or stay as they are. */
function isAsKnown(list: IndexedRegisterList | undefined, known: IndexedRegisterList | undefined): boolean {
  if (list?.kind !== 'alert') return false
  if (!known) return true
  const { name, kind, enabledRatio, uses } = known
  const isSame = list.name === name && list.kind === kind && list.enabledRatio === enabledRatio
  return isSame && uses.every((use) => list.uses.includes(use))
}
