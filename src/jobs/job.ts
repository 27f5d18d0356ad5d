/** Job: something that is done again and again while the service runs, by one process at a time. */
import type { LookClocks } from '#cases/look-clock'
import type { Log } from '#ground/log'
import type { PersonKeys } from '#ground/person-keys'
import type { SourcesRead } from '#lists/exchanges/source'
import type { ExposurePolicy } from '#terms/exposure'
import type { EvidenceDesk } from '#workflow/evidence/desk'
import type { GoldenDesk } from '#workflow/golden/mix'
import type { PullDesk } from '#workflow/pull/desk'
import type { ScreenDesk } from '#workflow/screen/desk'
import type { Prioritiser } from '#workflow/screen/prioritise'

/** What jobs are given to work with. */
export interface JobsDesk extends PullDesk {
  /** The sources as their files state them now. */
  sources(): Promise<SourcesRead>
  readonly log: Log
  /** The vault; absent where the service has none. */
  readonly evidence?: EvidenceDesk
  /** What the desk's jobs work with; absent where the service has no desk. */
  readonly screening?: DeskJobs
  /** Until when somebody must have looked at a report, for those that came before there was a table. */
  readonly clocks?: LookClocks
  /** Words of closed reports go after so many days; absent where they are kept until somebody weeds them. */
  readonly reportWords?: { readonly keys: PersonKeys; readonly days: number }
  /** What pictures of golden sets are mixed in with; absent where none are. */
  readonly golden?: GoldenDesk
  /** What looking costs, where something else is set than the program's own. */
  readonly exposure?: ExposurePolicy
}

/** What the jobs of the desk work with. */
export interface DeskJobs extends ScreenDesk {
  readonly prioritiser?: Prioritiser
}

export interface Job {
  readonly name: string
  /** Between the end of one round and the next. */
  readonly everySeconds: number
  /** One round. What it throws is written to the log, and the next round comes. */
  run(desk: JobsDesk, stop: AbortSignal): Promise<void>
}
