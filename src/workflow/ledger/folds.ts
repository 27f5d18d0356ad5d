/** Folds: how the state of each kind of stream follows from its events, so that verification can hold the two together. */
import { continuedState } from '#store/continued'
import type { Session } from '#store/database'
import type { Canonical, Event } from '#terms/event'
import { ASSESS_FOLDS } from '../assess/folds.ts'
import { DEPLOYMENT_FOLDS } from '../demonstration/folds.ts'
import { RETENTION_FOLDS } from '../evidence/folds.ts'
import { HANDOVER_FOLDS } from '../evidence/handover-folds.ts'
import { VAULT_FOLDS } from '../evidence/vault-folds.ts'
import { GOLDEN_FOLDS } from '../golden/folds.ts'
import { REPORT_FOLDS } from '../intake/folds.ts'
import { PEOPLE_FOLDS } from '../people/folds.ts'
import { CASE_FOLDS } from '../queue/folds.ts'
import { LIST_FOLD } from '../register/folds.ts'

/** How one kind of stream is folded. A stream is called `noun:id`. */
export interface Fold {
  /** What names of its streams begin with, as `vault:`. */
  readonly prefix: string
  /** Every kind of event that may stand in such a stream; another one is a fault. */
  readonly kinds: readonly string[]
  /** What the events, all of one stream and in order, say that its state is. Pure. */
  expected(events: readonly Event[]): Canonical
  /** The same of the state that stands; undefined where there is none. */
  actual(session: Session, stream: string): Promise<Canonical | undefined>
}

/** Logs that went on after a restored backup. */
const LOG_FOLD: Fold = {
  prefix: 'log:',
  kinds: ['log.continued'],
  expected: ([continued]) => ({ ...continued?.body, by: continued?.actor ?? '', at: continued?.at ?? '' }),
  actual: (session, stream) => continuedState(session, stream.slice('log:'.length)),
}

/** What leaves nothing but its event: a refusal, a sign-in that failed, a defence record that was made. Each is written once. */
const ALONE: readonly Fold[] = [
  ['refusal:', 'act.refused'] as const,
  ['sign-in:', 'sign-in.refused'] as const,
  ['defence:', 'defence.made'] as const,
].map(([prefix, kind]) => ({
  prefix,
  kinds: [kind],
  expected: (events) => ({ events: events.length }),
  actual: async () => ({ events: 1 }),
}))

/** The folds that there are, one line for each kind of stream; each is written beside what it is about. */
export const FOLDS: readonly Fold[] = [
  LOG_FOLD,
  LIST_FOLD,
  ...ALONE,
  ...VAULT_FOLDS,
  ...RETENTION_FOLDS,
  ...PEOPLE_FOLDS,
  ...HANDOVER_FOLDS,
  ...REPORT_FOLDS,
  ...CASE_FOLDS,
  ...ASSESS_FOLDS,
  ...GOLDEN_FOLDS,
  ...DEPLOYMENT_FOLDS,
]
