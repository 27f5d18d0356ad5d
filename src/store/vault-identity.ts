/** Vault identity: the public part of what the vault's keys are wrapped to, so that no key is wrapped to one that has ended. */
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

/** The public part in force, held until the transaction ends; undefined before the first. */
export async function recipientInForce(transaction: Transaction): Promise<string | undefined> {
  const { rows } = await transaction.query<{ recipient: string }>(
    'SELECT recipient FROM vault_identity WHERE ended_at IS NULL FOR SHARE',
  )
  return rows[0]?.recipient
}

/** Puts a public part in force, and ends the one before. Nothing where it is in force already. */
export async function putInForce(transaction: Transaction, recipient: string, signed: Signed): Promise<void> {
  await transaction.query('LOCK TABLE vault_identity IN SHARE ROW EXCLUSIVE MODE')
  const { rows } = await transaction.query<{ recipient: string; version: number }>(
    `UPDATE vault_identity SET ended_at = $2, version = version + 1
      WHERE ended_at IS NULL AND recipient <> $1 RETURNING recipient, version`,
    [recipient, signed.at],
  )
  for (const { recipient: ended, version } of rows)
    await append(
      transaction,
      `vault-identity:${ended}`,
      version - 1,
      [{ kind: 'vault-identity.ended', body: {} }],
      signed,
    )
  const begun = await transaction.query<{ version: number }>(
    `INSERT INTO vault_identity (recipient, since, version) VALUES ($1, $2, 1)
     ON CONFLICT (recipient) DO UPDATE SET since = $2, ended_at = NULL, version = vault_identity.version + 1
       WHERE vault_identity.ended_at IS NOT NULL
     RETURNING version`,
    [recipient, signed.at],
  )
  const [row] = begun.rows
  if (!row) return
  const kind = 'vault-identity.put-in-force'
  await append(transaction, `vault-identity:${recipient}`, row.version - 1, [{ kind, body: {} }], signed)
}

/** Whether an identity is in force; undefined for one that never was. */
export async function identityState(
  session: Session,
  recipient: string,
): Promise<{ readonly isInForce: boolean; readonly version: number } | undefined> {
  const { rows } = await session.query<{ ended_at: Date | null; version: number }>(
    'SELECT ended_at, version FROM vault_identity WHERE recipient = $1',
    [recipient],
  )
  return rows[0] && { isInForce: rows[0].ended_at === null, version: rows[0].version }
}
