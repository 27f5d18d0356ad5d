/** Folds: people, authorities, advice, training, overrides and sessions beside what their events say of them. */
import { ADVICE, AUTHORITY, CREDENTIAL, type EventFold, PERSON, RISK, SESSION, TRAINING } from '#people/folds'
import type { Session } from '#store/database'
import * as states from '#store/people-states'
import type { Canonical } from '#terms/event'
import type { Fold } from '../ledger/folds.ts'

/** One line for each kind of stream. */
export const PEOPLE_FOLDS: readonly Fold[] = [
  fold('person:', PERSON, states.personState),
  fold('authority:', AUTHORITY, states.authorityState),
  fold('risk:', RISK, states.riskState),
  fold('advice:', ADVICE, states.adviceState),
  fold('training:', TRAINING, states.trainingState),
  fold('credential:', CREDENTIAL, states.credentialState),
  fold('session:', SESSION, states.sessionState),
]

function fold(
  prefix: string,
  { kinds, fold: expected }: EventFold,
  state: (session: Session, id: string) => Promise<Canonical | undefined>,
): Fold {
  return { prefix, kinds, expected, actual: (session, stream) => state(session, stream.slice(prefix.length)) }
}
