/** Recipients: an authority is registered by one person, and its key compared out of band by two others. */
import type { Database } from '#store/database'
import {
  allRecipients,
  checkRecipient,
  endRecipient,
  lockRecipient,
  recipientNamed,
  registerRecipient,
} from '#store/recipients'
import { Fault } from '#terms/fault'
import type { Recipient } from '#terms/handover'
import type { PersonId } from '#terms/people'
import { isAgeRecipient } from '#vault/parcel'
import { pass, refuse } from '../door.ts'
import { wordsOf } from './words.ts'

/** What recipients need. */
export interface RecipientDesk {
  readonly database: Database
  now(): Date
}

/** Registers an authority and its public key. Nothing goes to it until two others have checked the key. */
export async function addRecipient(
  { database, now }: RecipientDesk,
  by: PersonId,
  given: Pick<Recipient, 'name' | 'kind' | 'ageRecipient'>,
): Promise<Recipient> {
  if (!isAgeRecipient(given.ageRecipient))
    throw new Fault('request.invalid', 'the key of a recipient is an age public key: age1…')
  const name = wordsOf(given.name, 'a recipient has a name')
  const at = now()
  const subject = { kind: 'deployment', id: 'recipients' } as const
  const id = await pass(database, { by, act: 'register-recipient', subject, at }, (tx) =>
    registerRecipient(tx, { ...given, name }, by, { actor: `person:${by}`, at }),
  )
  return recipientNamed(database, id)
}

/**
 * Records that a person compared the key of a recipient, out of band, and how: by telephone, on paper, face to face.
 *
 * @throws Fault `people.refused` for whoever registered it or checked it before
 */
export async function addCheck(
  { database, now }: RecipientDesk,
  by: PersonId,
  id: string,
  untrustedHow: string,
): Promise<Recipient> {
  const how = wordsOf(untrustedHow, 'a check says how the key was compared')
  const at = now()
  const { registeredBy } = await recipientNamed(database, id)
  const asked = { by, act: 'check-recipient', subject: { kind: 'recipient', id }, at } as const
  await pass(database, { ...asked, facts: { earlier: [registeredBy] } }, async (tx) => {
    const recipient = await lockRecipient(tx, id)
    if (recipient.endedAt !== undefined) throw new Fault('evidence.refused', `the recipient ${id} was ended`)
    if (recipient.checks.some(({ person }) => person === by)) refuse('own-act')
    await checkRecipient(tx, recipient, by, how, { actor: `person:${by}`, at })
  })
  return recipientNamed(database, id)
}

/** Ends a recipient: a key that was lost or replaced, an authority that is none any more. */
export async function closeRecipient(
  { database, now }: RecipientDesk,
  by: PersonId,
  id: string,
): Promise<Recipient> {
  const at = now()
  const asked = { by, act: 'register-recipient', subject: { kind: 'recipient', id }, at } as const
  await pass(database, asked, async (tx) =>
    endRecipient(tx, await lockRecipient(tx, id), { actor: `person:${by}`, at }),
  )
  return recipientNamed(database, id)
}

/** Every recipient, for those who may hand over to one or answer for it. */
export async function seeRecipients({ database, now }: RecipientDesk, by: PersonId): Promise<Recipient[]> {
  const subject = { kind: 'deployment', id: 'recipients' } as const
  return pass(database, { by, act: 'read-recipients', subject, at: now() }, allRecipients)
}
