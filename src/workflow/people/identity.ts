/** Identity: who a pseudonym is, sealed under the person's own key. */
import { sealedIdentity } from '#store/people'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { PeopleDesk } from './desk.ts'

/** What names a person. */
export interface Identity {
  readonly name: string
  /** Where to reach them. */
  readonly contact?: string
}

const CHARACTERS_MAX = 500

/** @throws Fault `request.invalid` for a name or contact that is none */
export function checkIdentity({ name, contact }: Identity): void {
  const isText = [name, contact ?? 'none'].every((one) => one.trim() !== '' && one.length <= CHARACTERS_MAX)
  if (!isText)
    throw new Fault('request.invalid', `a name and a contact have up to ${CHARACTERS_MAX} characters`)
}

/** Seals who somebody is. */
export function sealIdentity(desk: PeopleDesk, person: PersonId, identity: Identity): Promise<Buffer> {
  checkIdentity(identity)
  return desk.keys.seal(person, 'identity', JSON.stringify(identity))
}

/** Who a pseudonym is. @returns undefined once that was weeded */
export async function identityOf(desk: PeopleDesk, person: PersonId): Promise<Identity | undefined> {
  const sealed = await sealedIdentity(desk.database, person)
  if (sealed === undefined) return undefined
  const text = await desk.keys.open(person, 'identity', sealed)
  return text === undefined ? undefined : (JSON.parse(text) as Identity)
}
