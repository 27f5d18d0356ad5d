/** Record fold: streams of records that lie in tables of their own, beside what their events say of them. */
import type { Session } from '#store/database'
import type { Canonical, Event } from '#terms/event'
import { Fault } from '#terms/fault'
import type { Fold } from './folds.ts'

/** What stands in a row, in the form in which its events say it; absent where there is no row. */
export type RecordState = Readonly<Record<string, Canonical | undefined>>

/** The fold of the streams of one kind. @param state may throw Fault `evidence.unknown` where there is no record */
export function recordFold(
  prefix: string,
  kinds: readonly string[],
  expected: (events: readonly Event[]) => Canonical,
  state: (session: Session, id: string) => Promise<RecordState>,
): Fold {
  return {
    prefix,
    kinds,
    expected,
    actual: async (session, stream) => {
      try {
        return present(await state(session, stream.slice(prefix.length)))
      } catch (error) {
        if (error instanceof Fault && error.code === 'evidence.unknown') return undefined
        throw error
      }
    },
  }
}

/** What is there of a state; what is absent in the row is absent in the events. */
function present(state: RecordState): Readonly<Record<string, Canonical>> {
  const there: Record<string, Canonical> = {}
  for (const [key, value] of Object.entries(state)) if (value !== undefined) there[key] = value
  return there
}
