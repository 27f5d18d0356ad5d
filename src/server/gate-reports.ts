/** Gate reports: what the gate stopped, brought to the desk behind the answer, which never waits for it. */
import { createHash } from 'node:crypto'
import type { HashedItem } from '#contract/item'
import { errorFields, type Log } from '#ground/log'
import type { ItemHashes } from '#terms/casework'
import type { Client } from '#terms/client'
import { Fault } from '#terms/fault'
import type { GateVerdict } from '#terms/gate'
import { bringReport } from '#workflow/intake/bring'
import type { Bearer, ReportBrought } from '#workflow/intake/brought'
import type { IntakeDesk } from '#workflow/intake/desk'
import type { Service } from './server.ts'
import type { UploadRoom } from './uploads.ts'

/** Reports that wait at once; what comes beyond is not reported, and counted. */
const WAITING_MAX = 1000
/** PDQ hashes of one item that a report takes. */
const PDQ_MAX = 8
const DAY_CHARACTERS = 10

/** What was asked about. */
export interface Stopped {
  readonly hashes: ItemHashes
  /** The asker's own token for it. */
  readonly reference?: string | undefined
  readonly bytes?: Buffer
}

interface Waiting {
  readonly brought: ReportBrought
  readonly bearer: Bearer
  release(): void
}

/** Brings reports one behind the other. It lives as long as the server. */
export class GateReports {
  readonly #intake: IntakeDesk
  readonly #log: Log
  readonly #counted: (outcome: 'brought' | 'failed' | 'dropped') => void
  readonly #waiting: Waiting[] = []
  #running: Promise<void> | undefined

  constructor(parts: {
    readonly intake: IntakeDesk
    readonly log: Log
    counted(outcome: 'brought' | 'failed' | 'dropped'): void
  }) {
    this.#intake = parts.intake
    this.#log = parts.log
    this.#counted = parts.counted
  }

  /** Takes a report to be brought; returns at once. */
  add(waiting: Waiting): void {
    if (this.#waiting.length >= WAITING_MAX) {
      waiting.release()
      this.#counted('dropped')
      return
    }
    this.#waiting.push(waiting)
    this.#running ??= this.#run()
  }

  /** Ends when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)) // the answer goes first
    for (let one = this.#waiting.shift(); one; one = this.#waiting.shift()) {
      try {
        await bringReport(this.#intake, one.brought, one.bearer)
        this.#counted('brought')
      } catch (error) {
        this.#counted('failed')
        this.#log.error('what the gate stopped could not be reported', errorFields(error))
      } finally {
        one.release()
      }
    }
    this.#running = undefined
  }
}

/** Has what was stopped reported, where the configuration says so: a match that is blocked, or held as well. */
export function reportStopped(
  service: Service,
  client: Client,
  verdict: GateVerdict,
  stopped: () => Stopped,
): void {
  const { gateReports, intake, room } = service
  if (!gateReports || verdict.verdict !== 'match') return
  if (verdict.decision === 'allow' || (verdict.decision === 'hold' && intake?.reportGate !== 'hold')) return
  const { hashes, reference, bytes } = stopped()
  const held = bytes && takenUp(room, bytes)
  const remoteId = remoteIdOf(hashes, reference, service.now())
  gateReports.add({
    brought: {
      ...{ kind: 'material', id: remoteId },
      ...(held ? { file: once(held.bytes) } : { hashes: [hashes] }),
    },
    bearer: { channel: 'gate', actor: `client:${client.name}` },
    release: held?.release ?? (() => undefined),
  })
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

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** The hashes of an item that came as hashes, as far as a report takes them. */
export function stoppedHashes({ digests, pdq = [] }: HashedItem): ItemHashes {
  const perceptual = pdq.slice(0, PDQ_MAX).map(({ hash, quality }) => ({ hash, quality }))
  return { ...digests, ...(perceptual.length > 0 && { pdq: perceptual }) }
}
