/** Following: the contents loaded or built, and every committed change taken into them as it comes. */

import { setTimeout as wait } from 'node:timers/promises'
import { Fault } from '#terms/fault'
import { DIGEST_KINDS } from '#terms/hash'
import type { FeedChange } from '#terms/index-feed'
import { buildContents } from './build.ts'
import type { Contents } from './contents.ts'
import { Overtaking } from './overtaking.ts'
import { inSlices } from './slices.ts'
import { Snapshots, type SnapshotsOptions } from './snapshots.ts'
import { Taking, takeSmall } from './taking.ts'

export type IndexState =
  /**
   * Look-ups are answered as of the change `number`, and of `ahead` later ones that only add and are visible already, while a
   * large one before them is being taken in. `failing`: why the register could not be followed when it was last tried.
   */
  | { readonly kind: 'ready'; readonly number: number; readonly ahead?: number; readonly failing?: string }
  /** `rows` of about `rowsAbout` are in. */
  | {
      readonly kind: 'building'
      readonly rows: number
      readonly rowsAbout: number
      readonly failing?: string
    }

export interface FollowingOptions extends SnapshotsOptions {
  /** Registers who is to be told of a change; returns what takes that back. Without it, polling alone tells. */
  readonly told?: (changed: () => void) => () => void
  /** How often the register is asked although nothing was told; 5 unless given. */
  readonly pollSeconds?: number
  /** Rows of a change that is taken at one stroke altogether; 2 048 unless given. */
  readonly strokeRows?: number
  /** Rows that come or go before merges are worth their time; 4 096 unless given. */
  readonly mergeRows?: number
}

const POLL_SECONDS = 5
/** How long `catchUp` waits for a change that was named. */
const CATCH_UP_SECONDS_MAX = 60
const RETRY_MILLISECONDS = 100
const STROKE_ROWS = 2_048
const MERGE_ROWS = 4_096

export class Following {
  readonly #options: FollowingOptions
  readonly #log: (level: 'info' | 'warn', note: string) => void
  readonly #snapshots: Snapshots
  readonly #untold: () => void
  /** What look-ups are answered from. */
  #contents: Contents | undefined
  /** What was loaded and has not caught up yet. */
  #loading: Contents | undefined
  #taking: Taking | undefined
  #overtaking: Overtaking | undefined
  /** Fulfilled when a change becomes visible in the middle of a pass. */
  #shown = telling()
  #built = { rows: 0, rowsAbout: 0 }
  #failing: string | undefined
  /** Rows that came or went since the last merge. */
  #looseRows = 0
  #isClosed = false
  #poll: NodeJS.Timeout | undefined
  /** The pass that runs, or ran last, and the one that will follow it. Neither is ever rejected. */
  #pass: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  #upkeep: Promise<void> = Promise.resolve()
  readonly #closing = new AbortController()

  constructor(options: FollowingOptions) {
    this.#options = options
    this.#log = options.log ?? (() => {})
    this.#snapshots = new Snapshots(options)
    this.#untold = options.told?.(() => void this.#follow()) ?? (() => {})
    void this.#follow()
  }

  /** What look-ups are answered from; absent while it is being built. */
  get contents(): Contents | undefined {
    return this.#contents
  }

  get state(): IndexState {
    const failing = this.#failing !== undefined && { failing: this.#failing }
    if (this.#contents) {
      const { number, ahead } = this.#contents
      return { kind: 'ready', number, ...(ahead.size > 0 && { ahead: ahead.size }), ...failing }
    }
    return { kind: 'building', ...this.#built, ...failing }
  }

  async catchUp(number?: number, alone?: 'alone'): Promise<void> {
    const deadline = performance.now() + CATCH_UP_SECONDS_MAX * 1_000
    for (;;) {
      if (this.#isClosed) throw new Fault('index.not-ready', 'the index was closed')
      if (number !== undefined && this.#isReached(number, alone)) return
      const followed = this.#follow()
      await (number === undefined ? followed : Promise.race([followed, this.#shown.promise]))
      if (this.#isReached(number ?? 0, alone)) return
      if (performance.now() > deadline) {
        const because = this.#failing ?? `change ${number} has not come`
        throw new Fault('index.not-ready', `the index could not catch up: ${because}`)
      }
      await wait(RETRY_MILLISECONDS, undefined, { signal: this.#closing.signal }).catch(() => undefined)
    }
  }

  #isReached(number: number, alone?: 'alone'): boolean {
    if (!this.#contents || this.#failing !== undefined) return false
    return this.#contents.number >= number || (alone !== undefined && this.#contents.ahead.has(number))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#closing.abort()
    this.#untold()
    clearTimeout(this.#poll)
    await this.#follow()
    await this.#upkeep
    if (this.#contents && !this.#taking) await this.#snapshots.saveAtEnd(this.#contents)
  }

  /** Takes in whatever was committed until now. Fulfilled once a pass that began after this call is over. */
  #follow(): Promise<void> {
    this.#overtaking?.look()
    this.#next ??= this.#pass.then(() => {
      this.#next = undefined
      this.#pass = this.#passed()
      return this.#pass
    })
    return this.#next
  }

  async #passed(): Promise<void> {
    clearTimeout(this.#poll)
    if (this.#isClosed) return
    try {
      await this.#dropForeign()
      this.#loading = this.#contents ?? this.#loading ?? (await this.#loaded())
      const contents = this.#loading
      if (!contents || !(await this.#taken(contents))) return
      this.#contents = contents
      this.#failing = undefined
      this.#keepUp(contents)
    } catch (error) {
      this.#failed(error)
    } finally {
      const seconds = this.#options.pollSeconds ?? POLL_SECONDS
      if (!this.#isClosed) this.#poll = setTimeout(() => void this.#follow(), seconds * 1_000).unref()
    }
  }

  /** Lets go of contents when the database is not the one they are of, or was taken back to an earlier state. */
  async #dropForeign(): Promise<void> {
    const contents = this.#contents ?? this.#loading
    if (!contents || (await this.#options.feed.mark(contents.number)) === contents.mark) return
    this.#log('warn', 'the database is another or in an earlier state: the index is built anew')
    this.#contents = undefined
    this.#loading = undefined
    this.#taking = undefined
  }

  async #loaded(): Promise<Contents | undefined> {
    const { feed, distanceMax } = this.#options
    const opened = await this.#snapshots.open()
    return (
      opened ??
      feed.everything(async (whole) => {
        this.#built = { rows: 0, rowsAbout: whole.rowsAbout }
        const contents = await buildContents(whole, {
          distanceMax,
          told: (rows) => {
            this.#built = { rows, rowsAbout: whole.rowsAbout }
          },
          isStopped: () => this.#isClosed,
        })
        if (contents) this.#snapshots.want()
        return contents
      })
    )
  }

  /** Takes all changes that the contents lack. @returns false when it was stopped */
  async #taken(contents: Contents): Promise<boolean> {
    for await (const change of this.#options.feed.after(contents.number)) {
      if (this.#isClosed) return false
      if (contents.ahead.has(change.number)) contents.reach(change)
      else if (await this.#take(contents, change)) this.#counted(change)
      else return false
    }
    return true
  }

  #counted({ rows }: FeedChange): void {
    this.#looseRows += rows
    this.#snapshots.changed(rows)
  }

  /** Wakes who waits for a change. */
  #tellShown(): void {
    this.#failing = undefined // the register can be read again
    this.#shown.told()
    this.#shown = telling()
  }

  async #take(contents: Contents, change: FeedChange): Promise<boolean> {
    if (change.rows <= (this.#options.strokeRows ?? STROKE_ROWS)) {
      await takeSmall(contents, change)
      return true
    }
    if (this.#taking?.number !== change.number)
      this.#taking = new Taking(contents, change, () => this.#tellShown())
    // Nobody is answered from what is only being loaded.
    this.#overtaking = contents === this.#contents ? this.#overtakingOf(contents, change) : undefined
    try {
      const isTaken = await this.#taking.take(change, () => this.#isClosed)
      if (isTaken) this.#taking = undefined
      return isTaken
    } finally {
      await this.#overtaking?.end()
      this.#overtaking = undefined
    }
  }

  #overtakingOf(contents: Contents, large: FeedChange): Overtaking {
    const { feed, strokeRows: rowsMax = STROKE_ROWS, pollSeconds = POLL_SECONDS } = this.#options
    const shown = (change: FeedChange): void => {
      this.#counted(change)
      this.#tellShown()
    }
    return new Overtaking({ contents, feed, rowsMax, pollSeconds, shown }, large)
  }

  /** Merges and saves aside; changes are taken meanwhile. */
  #keepUp(contents: Contents): void {
    const writing = this.#snapshots.begin(contents)
    const isLoose = this.#looseRows >= (this.#options.mergeRows ?? MERGE_ROWS)
    if (isLoose) this.#looseRows = 0
    if (!writing && !isLoose) return
    this.#upkeep = this.#upkeep.then(async () => {
      try {
        await writing?.()
        if (!isLoose) return
        await contents.pdq.merge()
        for (const kind of DIGEST_KINDS) await contents.digests[kind].merge((row) => contents.isKept(row))
        await inSlices(contents.facts.dropping((group) => contents.groups.isAlive(group)))
      } catch (error) {
        this.#log('warn', `upkeep of the index: ${error instanceof Error ? error.message : String(error)}`)
      }
    })
  }

  #failed(error: unknown): void {
    const because = error instanceof Error ? error.message : String(error)
    if (because !== this.#failing) this.#log('warn', `the register cannot be followed: ${because}`)
    this.#failing = because
  }
}

function telling(): { readonly promise: Promise<void>; readonly told: () => void } {
  let told = (): void => {}
  const promise = new Promise<void>((resolve) => {
    told = resolve
  })
  return { promise, told }
}
