/** At hand: the queue's desk and the screening's, from the configuration and what the service has open. */
import type pg from 'pg'
import type { Config } from '#ground/config'
import type { DeskConfig } from '#ground/desk-config'
import type { PersonKeys } from '#ground/person-keys'
import type { Vocabularies } from '#lists/vocabularies'
import type { Decoders } from '#media/decoders'
import type { Database } from '#store/database'
import type { RegisterIndex } from '#terms/register-index'
import type { RemoteMatcher } from '#terms/remote'
import { type AssessDesk, assessDesk } from '../assess/desk.ts'
import type { EvidenceDesk } from '../evidence/desk.ts'
import { Views } from '../gate/view.ts'
import { wordsOf } from '../intake/words.ts'
import type { ScreenDesk } from '../screen/desk.ts'
import type { Prioritiser } from '../screen/prioritise.ts'
import { prioritiserOf } from '../screen/prioritisers.ts'
import { CLAIM_MINUTES, type QueueDesk } from './desk.ts'
import { Live } from './live.ts'
import { severityBy } from './severity.ts'

/** What the desk is opened from. */
export interface DeskGiven {
  readonly store: { readonly database: Database; readonly config: pg.ClientConfig }
  readonly index: RegisterIndex
  readonly evidence: EvidenceDesk
  readonly remote: readonly RemoteMatcher[]
  readonly keys: PersonKeys
  readonly vocabularies: Vocabularies
  readonly set: DeskConfig
  /** Draws pictures for a prioritiser's model, whose child is confined as is said. */
  readonly draw: Decoders['draw']
  readonly sandbox: Config['sandbox']
  readonly stop: AbortSignal
  now(): Date
}

/** The desk of a service, open. */
export interface OpenDesk {
  readonly queue: QueueDesk
  readonly assess: AssessDesk
  readonly live: Live
  readonly screening: ScreenDesk & { readonly prioritiser?: Prioritiser }
}

/** Opens the review desk. @throws Fault `config.invalid`; `store.unreachable` */
export async function openDesk(given: DeskGiven): Promise<OpenDesk> {
  const { store, index, evidence, remote, keys, vocabularies, set, stop, now } = given
  const { database, config: connection } = store
  const prioritiser = await prioritiserOf({ ...given, database, set: set.prioritiser ?? { kind: 'off' } })
  return {
    queue: {
      ...queueDesk({ database, keys, vocabularies, set, now }),
      ...(prioritiser && { prioritiser: prioritiser.name }),
    },
    assess: assessDesk({ database, keys, set, now }),
    live: await Live.open({ database, connection, now }, stop),
    screening: {
      ...screenDesk({ database, index, remote, evidence, vocabularies, now }),
      ...(prioritiser && { prioritiser }),
    },
  }
}

/** The queue's desk. */
export function queueDesk(given: {
  readonly database: Database
  readonly keys: PersonKeys
  readonly vocabularies: Vocabularies
  readonly set: DeskConfig
  now(): Date
}): QueueDesk {
  const { database, keys, vocabularies, set, now } = given
  return {
    database,
    claimMinutes: set.claimMinutes ?? CLAIM_MINUTES,
    policy: set.votes ?? 'two',
    severityOf: severityBy(vocabularies),
    wordsOf: (report) => wordsOf({ database, keys }, report),
    now: () => now(),
  }
}

/** What the desk's jobs work with. */
export function screenDesk(given: {
  readonly database: Database
  readonly index: RegisterIndex
  readonly remote?: readonly RemoteMatcher[]
  readonly evidence?: EvidenceDesk
  readonly vocabularies: Vocabularies
  now(): Date
}): ScreenDesk {
  const { database, index, remote, evidence, vocabularies, now } = given
  return {
    ...{ database, index, views: new Views(index) },
    ...(remote && remote.length > 0 && { remote }),
    ...(evidence && { evidence }),
    severityOf: severityBy(vocabularies),
    versionOf: (scheme) => vocabularies.schemes.get(scheme)?.version,
    now: () => now(),
  }
}
