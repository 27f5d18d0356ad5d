/** Recipients: authorities to whom material may be handed over, by a key that others have compared out of band. */
import { newId } from '#ground/id'
import { Fault } from '#terms/fault'
import { CHECKS_NEEDED, type Recipient, type RecipientKind } from '#terms/handover'
import type { PersonId } from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

interface RecipientRow {
  readonly id: Recipient['id']
  readonly name: string
  readonly kind: RecipientKind
  readonly age_recipient: string
  readonly registered_by: PersonId
  readonly registered_at: Date
  readonly ended_at: Date | null
  readonly version: number
  readonly checks: { readonly person: PersonId; readonly how: string; readonly at: string }[] | null
}

/** The stream of a recipient's events. */
function recipientStream(id: string): string {
  return `recipient:${id}`
}

/** Registers a recipient; nothing goes to them until others have compared the key. @returns their id */
export async function registerRecipient(
  tx: Transaction,
  given: Pick<Recipient, 'name' | 'kind' | 'ageRecipient'>,
  by: PersonId,
  signed: Signed,
): Promise<Recipient['id']> {
  const id = newId('r')
  await tx.query(
    `INSERT INTO recipient (id, name, kind, age_recipient, registered_by, registered_at, version)
     VALUES ($1, $2, $3, $4, $5, $6, 1)`,
    [id, given.name, given.kind, given.ageRecipient, by, signed.at],
  )
  const body = {
    kind: given.kind,
    nameSha256: textDigest(tx, given.name),
    keySha256: textDigest(tx, given.ageRecipient),
  }
  await append(tx, recipientStream(id), 0, [{ kind: 'recipient.registered', body }], signed)
  return id
}

/** Records that a person compared a recipient's key, and how. @throws Fault `evidence.refused` for a second time */
export async function checkRecipient(
  tx: Transaction,
  { id, version }: Recipient,
  by: PersonId,
  how: string,
  signed: Signed,
): Promise<void> {
  const { rowCount } = await tx.query(
    `INSERT INTO recipient_check (recipient, person, how, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [id, by, how, signed.at],
  )
  if (rowCount === 0) throw new Fault('evidence.refused', `${by} has checked the recipient ${id} already`)
  await tx.query('UPDATE recipient SET version = version + 1 WHERE id = $1', [id])
  const body = { person: by, howSha256: textDigest(tx, how) }
  await append(tx, recipientStream(id), version, [{ kind: 'recipient.checked', body }], signed)
}

/** Ends a recipient: nothing goes to them any more. @throws Fault `evidence.refused` where that was done before */
export async function endRecipient(
  tx: Transaction,
  { id, version, endedAt }: Recipient,
  signed: Signed,
): Promise<void> {
  if (endedAt !== undefined) throw new Fault('evidence.refused', `the recipient ${id} was ended before`)
  await tx.query('UPDATE recipient SET ended_at = $2, version = version + 1 WHERE id = $1', [id, signed.at])
  await append(tx, recipientStream(id), version, [{ kind: 'recipient.ended', body: {} }], signed)
}

/** A recipient. @throws Fault `evidence.unknown` */
export async function recipientNamed(session: Session, id: string): Promise<Recipient> {
  const [recipient] = await recipientsWhere(session, 'r.id = $1', [id])
  if (!recipient) throw new Fault('evidence.unknown', `there is no recipient ${id}`)
  return recipient
}

/** As `recipientNamed`; the row stays as it is until the transaction ends. */
export async function lockRecipient(tx: Transaction, id: string): Promise<Recipient> {
  await tx.query('SELECT FROM recipient WHERE id = $1 FOR UPDATE', [id])
  return recipientNamed(tx, id)
}

/** Every recipient, in the order in which they were registered. */
export function allRecipients(session: Session): Promise<Recipient[]> {
  return recipientsWhere(session, 'true', [])
}

async function recipientsWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
): Promise<Recipient[]> {
  const { rows } = await session.query<RecipientRow>(
    `SELECT r.id, r.name, r.kind, r.age_recipient, r.registered_by, r.registered_at, r.ended_at, r.version,
            (SELECT json_agg(json_build_object('person', c.person, 'how', c.how, 'at', c.at)
                             ORDER BY c.at, c.person COLLATE "C")
               FROM recipient_check c WHERE c.recipient = r.id) AS checks
       FROM recipient r WHERE ${condition} ORDER BY r.registered_at, r.id`,
    values,
  )
  return rows.map((row) => {
    const checks = (row.checks ?? []).map(({ at, ...one }) => ({ ...one, at: new Date(at).toISOString() }))
    return {
      ...{ id: row.id, name: row.name, kind: row.kind, ageRecipient: row.age_recipient },
      ...{ registeredBy: row.registered_by, registeredAt: row.registered_at.toISOString(), checks },
      isReady: checks.length >= CHECKS_NEEDED && row.ended_at === null,
      ...(row.ended_at && { endedAt: row.ended_at.toISOString() }),
      version: row.version,
    }
  })
}
