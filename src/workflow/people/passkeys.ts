/** Passkeys: somebody’s own, shown to them and removed singly; an administrator removes all of somebody else's, on record. */
import { createHash } from 'node:crypto'
import { type CredentialShown, credentialsShown, spend } from '#store/credentials'
import type { Transaction } from '#store/database'
import { lockPerson, notePerson } from '#store/people'
import { endSessionsOf } from '#store/sessions'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { type Asked, pass } from '../door.ts'
import type { PeopleDesk } from './desk.ts'
import { askedOn, type OnPerson, signedBy } from './roles.ts'

/** A passkey as its person sees it. */
export interface PasskeyTold {
  /** Sixteen characters that stand for it here. */
  readonly key: string
  readonly label: string
  /** ISO 8601, UTC. */
  readonly madeAt: string
  readonly usedAt?: string
}

const KEY_CHARACTERS = 16

/** The passkeys of whoever asks. @throws Fault `people.refused` */
export function ownPasskeys(desk: PeopleDesk, by: PersonId): Promise<PasskeyTold[]> {
  const at = desk.now()
  const subject = { kind: 'person', id: by } as const
  return pass(desk.database, { by, act: 'read-own-exposure', subject, at }, async (tx) =>
    (await credentialsShown(tx, by, 'passkey', at)).map(told),
  )
}

/** Whose passkey is removed, and in which session. */
export interface OwnRemoval {
  readonly by: PersonId
  readonly signedInAt: Date
  readonly token: string
}

/**
 * Removes a passkey of one's own; one's other sessions end, since they may be of whoever has the device.
 *
 * @throws Fault `people.refused`, also without a recent sign-in; `people.unknown` for one that is not there
 */
export function removeOwnPasskey(desk: PeopleDesk, own: OwnRemoval, key: string): Promise<void> {
  const { by, signedInAt, token } = own
  const asked = askedOn(desk, 'keep-passkeys', { by, person: by, signedInAt })
  return pass(desk.database, asked, async (tx) => {
    await remove(tx, asked, by, (one) => keyOf(one) === key)
    await endSessionsOf(tx, by, signedBy(asked), token)
  })
}

/**
 * Removes every passkey of somebody else, whose sessions end: for devices that were lost.
 *
 * @throws Fault `people.refused`; `people.unknown` where they have none
 */
export function removePasskeysOf(desk: PeopleDesk, on: OnPerson): Promise<void> {
  const asked = askedOn(desk, 'reset-sign-in', on)
  return pass(desk.database, asked, async (tx) => {
    await remove(tx, asked, on.person, () => true)
    await endSessionsOf(tx, on.person, signedBy(asked))
  })
}

async function remove(
  tx: Transaction,
  asked: Asked,
  id: PersonId,
  isMeant: (one: CredentialShown) => boolean,
): Promise<void> {
  let person = await lockPerson(tx, id, 'change')
  const meant = (await credentialsShown(tx, id, 'passkey', asked.at)).filter(isMeant)
  if (meant.length === 0) throw new Fault('people.unknown', `${id} has no such passkey`)
  for (const { id: credential } of meant) {
    await spend(tx, credential, signedBy(asked))
    const event = { kind: 'person.passkey-removed', body: {} } as const
    person = await notePerson(tx, person, event, signedBy(asked))
  }
}

function told(one: CredentialShown): PasskeyTold {
  const { label = '', madeAt, usedAt } = one
  const used = usedAt ? { usedAt: usedAt.toISOString() } : {}
  return { key: keyOf(one), label, madeAt: madeAt.toISOString(), ...used }
}

/** An id is as long as its device likes; this names it in an address, and tells nothing of it. */
function keyOf({ id }: CredentialShown): string {
  return createHash('sha256').update(id).digest('hex').slice(0, KEY_CHARACTERS)
}
