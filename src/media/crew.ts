/** Crew: the children at work; each file goes to the one with the least in hand, and one that is lost is replaced. */
import type { Launch } from '#ground/sandbox/confinement'
import type { PictureFormat } from '#terms/media'
import type { DecoderLimits } from './limits.ts'
import { Line, type LineWatch, type Task } from './line.ts'
import type { ChildAnswer, Wanted } from './wire.ts'

/** Files that one child may have in hand: the next one waits in its pipe while it works. */
const IN_HAND_MAX = 2

/** A file that is fed to a child in chunks. */
export interface Feed {
  chunk(bytes: Buffer): Promise<void>
  /** Ends the file, whole or to be forgotten, and gives what became of it. */
  end(isWhole: boolean): Promise<ChildAnswer>
}

/** A task that waits for a child; one without bytes wants a child of its own and is told which, if one is left. */
interface Waiting {
  readonly task: Task
  readonly begun?: (line: Line | undefined) => void
}

const FAILED: ChildAnswer = { kind: 'unknown', because: 'decoder-failed' }

/**
 * The children, never more than `jobs` at a time. They are started when there is work for them.
 *
 * Once the crew is closed none is started any more: a file that still waits, or comes later, is `decoder-failed`.
 */
export class Crew {
  readonly #launch: Launch
  readonly #limits: DecoderLimits
  readonly #jobs: number
  readonly #lines = new Set<Line>()
  readonly #waiting: Waiting[] = []
  #closed = false
  #complaint = ''

  constructor(launch: Launch, jobs: number, limits: DecoderLimits) {
    this.#launch = launch
    this.#jobs = jobs
    this.#limits = limits
  }

  /** Has a child look at a picture whose bytes are at hand. */
  look(wanted: Wanted, format: PictureFormat, bytes: Buffer): Promise<ChildAnswer> {
    return new Promise((settle) => {
      this.#waiting.push({ task: { wanted, format, bytes, sizeBytes: bytes.length, settle } })
      this.#assign()
    })
  }

  /** Takes a child for a picture too large to hold, and gives back where its bytes go. */
  feed(wanted: Wanted, format: PictureFormat, sizeBytes: number): Promise<Feed> {
    return new Promise((resolve) => {
      const answer = new Promise<ChildAnswer>((settle) => {
        const task: Task = { wanted, format, bytes: undefined, sizeBytes, settle }
        const begun = (line: Line | undefined): void =>
          resolve({
            chunk: async (bytes) => line?.chunk(bytes),
            end: (isWhole) => {
              line?.end(isWhole)
              return answer
            },
          })
        this.#waiting.push({ task, begun })
        this.#assign()
      })
    })
  }

  /** What the child that was lost last said on its error output; for the probe, before any file was sent. */
  get untrustedComplaint(): string {
    return this.#complaint
  }

  /**
   * Lets the children finish what they have in hand, and waits until all are gone; what only waits for one is given up.
   * A child that does not end on its own time is killed.
   */
  async close(): Promise<void> {
    this.#closed = true
    this.#assign()
    const lines = [...this.#lines]
    for (const line of lines) line.retire()
    await Promise.all(lines.map((line) => line.ended))
  }

  /** The open child with the least in hand, or a new one while there may be more. */
  #free(most: number): Line | undefined {
    let least: Line | undefined
    for (const line of this.#lines) {
      if (line.isOpen && line.load < (least?.load ?? most)) least = line
    }
    if (least?.load === 0) return least
    return this.#lines.size < this.#jobs ? this.#start() : least
  }

  #start(): Line {
    let line: Line | undefined
    const watch: LineWatch = {
      replied: () => this.#assign(),
      gone: (unbegun) => {
        if (line !== undefined) {
          this.#lines.delete(line)
          this.#complaint = line.untrustedComplaint
        }
        this.#waiting.unshift(...unbegun.map((task) => ({ task })))
        this.#assign()
      },
    }
    line = new Line(this.#launch, this.#limits, watch)
    this.#lines.add(line)
    return line
  }

  #giveUp(): void {
    for (const { task, begun } of this.#waiting.splice(0)) {
      task.settle(FAILED)
      begun?.(undefined)
    }
  }

  #assign(): void {
    if (this.#closed) this.#giveUp()
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { task, begun } = next
      const line = this.#free(begun === undefined ? IN_HAND_MAX : 1)
      if (line === undefined) return
      this.#waiting.shift()
      if (begun !== undefined) {
        line.begin(task)
        begun(line)
      } else if (task.bytes !== undefined) line.send({ ...task, bytes: task.bytes })
    }
  }
}
