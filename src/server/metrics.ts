/** Metrics: what the service counts, in the form that Prometheus reads; no item, key or list is named. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { GateVerdict } from '#terms/gate'
import type { RegisterIndex } from '#terms/register-index'
import type { Stopping } from './stopping.ts'
import type { UploadRoom } from './uploads.ts'

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** The counters of one server. */
export class Metrics {
  readonly registry = new Registry()
  readonly #requests: Histogram<'route' | 'status'>
  readonly #reports: Counter<'outcome'>
  /** Verdicts by their words; taken over when they are asked for, since a counter costs more than a look-up's share. */
  readonly #verdicts = new Map<string, number>()

  constructor(parts: {
    readonly index: RegisterIndex
    readonly stopping: Stopping
    readonly room: UploadRoom
  }) {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry, prefix: 'tutela_' })
    this.#requests = new Histogram({
      name: 'tutela_request_seconds',
      help: 'Time from the first byte of a request to the last of its answer.',
      labelNames: ['route', 'status'],
      buckets: SECONDS,
      registers,
    })
    this.#reports = new Counter({
      name: 'tutela_gate_reports_total',
      help: 'Reports of what the gate stopped: brought to the desk, or tries that failed.',
      labelNames: ['outcome'],
      registers,
    })
    this.#countVerdicts(registers)
    gauge('tutela_index_ready', '1 when the index answers.', registers, () =>
      parts.index.state.kind === 'ready' ? 1 : 0,
    )
    const change = 'The change that the index answers as of, and of every one before it.'
    gauge('tutela_index_change', change, registers, () => {
      const { state } = parts.index
      return state.kind === 'ready' ? state.number : 0
    })
    const ahead = 'Later changes that it answers as of, while a large one before them is taken in.'
    gauge('tutela_index_changes_ahead', ahead, registers, () => {
      const { state } = parts.index
      return state.kind === 'ready' ? (state.ahead ?? 0) : 0
    })
    gauge('tutela_requests_in_hand', 'Requests being answered.', registers, () => parts.stopping.inHand)
    gauge('tutela_upload_bytes', 'Bytes of files in hand.', registers, () => parts.room.heldBytes)
  }

  /** Counts what became of reports of what the gate stopped. */
  reported(outcome: 'brought' | 'failed'): void {
    this.#reports.inc({ outcome })
  }

  answered(route: string, status: number, seconds: number): void {
    this.#requests.observe({ route, status }, seconds)
  }

  judged({ verdict, decision, because }: GateVerdict): void {
    const words = `${verdict} ${decision} ${because ?? ''}`
    this.#verdicts.set(words, (this.#verdicts.get(words) ?? 0) + 1)
  }

  #countVerdicts(registers: Registry[]): void {
    const tallies = this.#verdicts
    new Counter({
      name: 'tutela_verdicts_total',
      help: 'Verdicts given at the gate.',
      labelNames: ['verdict', 'decision', 'because'],
      registers,
      collect() {
        this.reset()
        for (const [words, count] of tallies) {
          const [verdict = '', decision = '', because = ''] = words.split(' ')
          this.inc({ verdict, decision, because }, count)
        }
      },
    })
  }
}

function gauge(name: string, help: string, registers: Registry[], read: () => number): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read())
    },
  })
}
