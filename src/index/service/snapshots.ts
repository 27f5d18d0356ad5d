/** Snapshots: when the contents are opened from one, and when one is saved. */
import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#terms/fault'
import type { IndexFeed } from '#terms/index-feed'
import type { Contents } from './contents.ts'
import { BegunSnapshot } from './snapshot-open.ts'
import { frozen, saveSnapshot } from './snapshot-save.ts'

/** The file in the folder of the index. */
export const SNAPSHOT_FILE = 'register.snapshot'

/** The folder of the index in a data directory. */
export function indexFolder(data: string): string {
  return join(data, 'index')
}

/** Begins to read a data directory's snapshot, for `SnapshotsOptions`. Whoever never opens it drops it. */
export function beginSnapshot(data: string): BegunSnapshot {
  return new BegunSnapshot(join(indexFolder(data), SNAPSHOT_FILE))
}

/** Rows that changed before a snapshot is saved at once, before time alone calls for it, and at the end. */
const ROWS_AT_ONCE = 200_000
const ROWS_AT_END = 20_000
const SAVE_SECONDS = 900
/** After one that could not be saved, the next is not tried for so long. */
const RETRY_SECONDS = 60

export interface SnapshotsOptions {
  /** Where the snapshot lies. */
  readonly folder: string
  readonly feed: IndexFeed
  /** The snapshot of that folder, where its reading was begun before there was a feed. */
  readonly begun?: BegunSnapshot
  /** Distance that PDQ look-ups are laid out for. */
  readonly distanceMax: number
  /** Whether this process may write the snapshot now; it always may unless given. */
  readonly mayWrite?: () => boolean
  readonly log?: (level: 'info' | 'warn', note: string) => void
  /** How often a snapshot is saved where anything changed; 900 unless given. */
  readonly saveSeconds?: number
}

export class Snapshots {
  readonly #path: string
  readonly #options: SnapshotsOptions
  readonly #log: (level: 'info' | 'warn', note: string) => void
  /** Rows that changed since the last one, and when it was saved or tried. */
  #rows = 0
  #isWanted = false
  #savedAt = performance.now()
  #failedAt = Number.NEGATIVE_INFINITY
  #isWriting = false
  #early: BegunSnapshot | undefined

  constructor(options: SnapshotsOptions) {
    this.#path = join(options.folder, SNAPSHOT_FILE)
    this.#options = options
    this.#log = options.log ?? (() => {})
    this.#early = options.begun
  }

  /**
   * Opens the snapshot.
   *
   * @returns undefined when there is none that can be used; why not is logged
   * @throws what the feed throws
   */
  async open(): Promise<Contents | undefined> {
    const { feed, distanceMax } = this.#options
    const isOurs = async (number: number, mark: string): Promise<boolean> =>
      (await feed.mark(number)) === mark
    const begun = this.#early ?? new BegunSnapshot(this.#path)
    this.#early = undefined
    try {
      const contents = await begun.open(distanceMax, isOurs, (words) => this.#log('warn', words))
      if (!contents)
        this.#log('warn', `${this.#path}: is of another database or a later state: it is built anew`)
      return contents
    } catch (error) {
      if (!(error instanceof Fault) || !/^(index|input)\./.test(error.code)) throw error
      if (error.code !== 'input.missing') this.#log('warn', `${error.message}: it is built anew`)
      return undefined
    }
  }

  /** Says that so many rows changed. */
  changed(rows: number): void {
    this.#rows += rows
  }

  /** Asks for a snapshot as soon as one may be saved. */
  want(): void {
    this.#isWanted = true
  }

  /**
   * Begins a snapshot where one is due: to be called between two changes.
   *
   * @returns what writes it; undefined when none is due
   */
  begin(contents: Contents): (() => Promise<void>) | undefined {
    if (contents.ahead.size > 0) return undefined // a snapshot is of one change and all before it
    const now = performance.now()
    const isOld = this.#rows > 0 && now - this.#savedAt > (this.#options.saveSeconds ?? SAVE_SECONDS) * 1_000
    const isDue = this.#isWanted || this.#rows >= ROWS_AT_ONCE || isOld
    if (!isDue || this.#isWriting || now - this.#failedAt < RETRY_SECONDS * 1_000 || !this.#mayWrite())
      return undefined
    return this.#begun(contents)
  }

  /** Saves a snapshot where much has changed since the last. */
  async saveAtEnd(contents: Contents): Promise<void> {
    if (contents.ahead.size > 0 || !this.#mayWrite()) return
    if (this.#isWanted || this.#rows >= ROWS_AT_END) await this.#begun(contents)()
  }

  /** What was begun and never became whole, since its writer was killed; whoever may write is the only one who does. */
  async #clearAway(): Promise<void> {
    const { folder } = this.#options
    for (const name of await readdir(folder))
      if (name.startsWith(`.${SNAPSHOT_FILE}.`) && name.endsWith('.part')) await unlink(join(folder, name))
  }

  #mayWrite(): boolean {
    return this.#options.mayWrite?.() ?? true
  }

  #begun(contents: Contents): () => Promise<void> {
    this.#isWriting = true
    const given = frozen(contents)
    const rows = this.#rows
    return async () => {
      const since = performance.now()
      try {
        await this.#clearAway()
        const { bytes } = await saveSnapshot(this.#path, given)
        this.#rows -= rows
        this.#isWanted = false
        this.#savedAt = performance.now()
        const seconds = ((this.#savedAt - since) / 1_000).toFixed(1)
        this.#log('info', `snapshot of change ${given.metadata.number} saved: ${bytes} bytes in ${seconds} s`)
      } catch (error) {
        this.#failedAt = performance.now()
        this.#log('warn', `no snapshot was saved: ${error instanceof Error ? error.message : String(error)}`)
      } finally {
        contents.facts.thaw()
        this.#isWriting = false
      }
    }
  }
}
