/** Gate reports: what the gate stopped is on record as a report to be before it answers, and is brought behind the answer. */
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { HashedItem } from '#contract/item'
import { errorFields, type Log } from '#ground/log'
import type { StoppedGiven } from '#store/reports-stopped'
import type { ItemHashes } from '#terms/casework'
import type { Client } from '#terms/client'
import { Fault } from '#terms/fault'
import type { GateVerdict } from '#terms/gate'
import type { IntakeDesk } from '#workflow/intake/desk'
import { bringFile, bringStopped, keepInPlaceOfFile, keepToReport } from '#workflow/intake/stopped'
import type { Service } from './server.ts'
import type { UploadRoom } from './uploads.ts'

/** PDQ hashes of one item that a report takes. */
const PDQ_MAX = 8
const DAY_CHARACTERS = 10
/** So long an answer waits for a file to be sealed, or for the database; then it goes, and the work goes on behind it. */
const ANSWER_WAITS_SECONDS = 5
/** Between two looks for what could not be brought, or was left by a process that ended. */
const AGAIN_SECONDS = 10

/** What was asked about. */
export interface Stopped {
  readonly hashes: ItemHashes
  /** The asker's own token for it. */
  readonly reference?: string | undefined
  readonly bytes?: Buffer
}

/** Brings reports one behind the other. It lives as long as the server. */
export class GateReports {
  readonly #intake: IntakeDesk
  readonly #log: Log
  readonly #counted: (outcome: 'brought' | 'failed') => void
  readonly #behind = new Set<Promise<void>>()
  #running: Promise<void> | undefined
  #isDue = false
  #again: NodeJS.Timeout | undefined

  constructor(parts: {
    readonly intake: IntakeDesk
    readonly log: Log
    counted(outcome: 'brought' | 'failed'): void
  }) {
    this.#intake = parts.intake
    this.#log = parts.log
    this.#counted = parts.counted
  }

  /** Begins with what is left of an earlier process, and looks again now and then. */
  start(): void {
    this.#wake()
    this.#again = setInterval(() => this.#wake(), AGAIN_SECONDS * 1000).unref()
  }

  /** Returns once hashes are on record as to be reported. */
  keep(given: StoppedGiven): Promise<void> {
    return this.#awaited(
      keepToReport(this.#intake, given).then(
        () => this.#wake(),
        (error: unknown) => this.#failed(error),
      ),
    )
  }

  /** Returns once a file is sealed and reported; where it cannot be, once its hashes are on record in its place. */
  file(given: StoppedGiven, bytes: Buffer, release: () => void): Promise<void> {
    const brought = bringFile(this.#intake, given, bytes)
      .then(() => this.#counted('brought'))
      .catch((error: unknown) => this.#inPlace(given, error))
      .finally(release)
    return this.#awaited(brought, () => keepInPlaceOfFile(this.#intake, given))
  }

  /** Ends when nothing is in work any more. */
  async idle(): Promise<void> {
    clearInterval(this.#again)
    await Promise.all(this.#behind)
    while (this.#running) await this.#running
  }

  /** Waits for work that never fails, and not for ever: then `late` is done, and the work goes on behind the answer. */
  async #awaited(work: Promise<void>, late?: () => Promise<void>): Promise<void> {
    this.#behind.add(work)
    void work.then(() => this.#behind.delete(work))
    const ended = new AbortController()
    const isLate = pause(ANSWER_WAITS_SECONDS * 1000, true, { signal: ended.signal, ref: false })
    const outcome = await Promise.race([work, isLate.catch(() => false)])
    ended.abort()
    if (outcome === true) await late?.().catch((error: unknown) => this.#failed(error))
  }

  async #inPlace(given: StoppedGiven, because: unknown): Promise<void> {
    this.#failed(because)
    await keepToReport(this.#intake, given).then(
      () => this.#wake(),
      (error: unknown) => this.#failed(error),
    )
  }

  #failed(error: unknown): void {
    this.#counted('failed')
    this.#log.error('what the gate stopped could not be reported', errorFields(error))
  }

  #wake(): void {
    this.#isDue = true
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      if (this.#isDue) this.#wake() // it came while the last look ended
    })
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)) // the answer goes first
    while (this.#isDue) {
      this.#isDue = false
      try {
        await bringStopped(this.#intake, (outcome, error) =>
          outcome === 'brought' ? this.#counted(outcome) : this.#failed(error),
        )
      } catch (error) {
        this.#log.error('what the gate stopped waits to be reported', errorFields(error))
      }
    }
  }
}

/**
 * Has what was stopped reported, where the configuration says so: a match that is blocked, or held as well.
 *
 * @returns what the answer waits for; undefined where nothing is reported
 */
export function reportStopped(
  service: Service,
  client: Client,
  verdict: GateVerdict,
  stopped: () => Stopped,
): Promise<void> | undefined {
  const { gateReports, intake, room } = service
  if (!gateReports || verdict.verdict !== 'match') return undefined
  if (verdict.decision === 'allow') return undefined
  if (verdict.decision === 'hold' && intake?.reportGate !== 'hold') return undefined
  const { hashes, reference, bytes } = stopped()
  const remoteId = remoteIdOf(hashes, reference, service.now())
  const given: StoppedGiven = { from: `client:${client.name}`, remoteId, hashes }
  const held = bytes && takenUp(room, bytes)
  return held ? gateReports.file(given, held.bytes, held.release) : gateReports.keep(given)
}

/** By the asker's own token; without one the same item is reported once a day. */
function remoteIdOf(hashes: ItemHashes, reference: string | undefined, now: Date): string {
  const called = reference ?? `${now.toISOString().slice(0, DAY_CHARACTERS)} ${JSON.stringify(hashes)}`
  return `gate:${createHash('sha256').update(called).digest('hex')}`
}

/** Where all files together take too much room the hashes are reported without the bytes. */
function takenUp(room: UploadRoom, bytes: Buffer): { bytes: Buffer; release(): void } | undefined {
  try {
    room.take(bytes.length)
  } catch (error) {
    if (error instanceof Fault && error.code === 'server.busy') return undefined
    throw error
  }
  return { bytes, release: () => room.give(bytes.length) }
}

/** The hashes of an item that came as hashes, as far as a report takes them. */
export function stoppedHashes({ digests, pdq = [] }: HashedItem): ItemHashes {
  const perceptual = pdq.slice(0, PDQ_MAX).map(({ hash, quality }) => ({ hash, quality }))
  return { ...digests, ...(perceptual.length > 0 && { pdq: perceptual }) }
}
