/** Desk: what a demonstration is made with: every desk of the service, on a clock that is set. */
import type { PersonId } from '#terms/people'
import type { AssessDesk } from '../assess/desk.ts'
import type { ViewDesk } from '../evidence/view.ts'
import type { IntakeDesk } from '../intake/desk.ts'
import type { PeopleDesk } from '../people/desk.ts'
import type { QueueDesk } from '../queue/desk.ts'
import type { ScreenDesk } from '../screen/desk.ts'
import type { CastMember } from './cast.ts'
import type { Pictures } from './pictures.ts'

/** A clock that shows what it is set to. */
export interface StageClock {
  /** What it shows, in milliseconds since 1970. */
  at: number
}

export interface StageDesk {
  readonly clock: StageClock
  readonly people: PeopleDesk
  readonly intake: IntakeDesk
  readonly screen: ScreenDesk
  readonly queue: QueueDesk
  readonly assess: AssessDesk
  readonly view: ViewDesk
  readonly pictures: Pictures
  /** Waits until what is on the lists by now can be found. */
  followed(): Promise<void>
}

/** Somebody of the cast. @throws where there is nobody */
export function actorIn(cast: readonly CastMember[], role: CastMember['role'], place = 1): PersonId {
  const member = cast.find((one) => one.role === role && one.place === place)
  if (!member) throw new Error(`nobody is ${role} ${place}`)
  return member.person.id
}
