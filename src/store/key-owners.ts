/** Key owners: what stands of the reports and cases whose words are sealed under keys of their own. */
import type { ReportId } from '#terms/report'
import type { Transaction } from './database.ts'

/** What became of a report; its row is held until the transaction ends. */
export async function reportForKey(
  transaction: Transaction,
  id: ReportId,
): Promise<'stands' | 'weeded' | 'unknown'> {
  const { rows } = await transaction.query<{ weeded: boolean }>(
    'SELECT weeded_at IS NOT NULL AS weeded FROM report WHERE id = $1 FOR UPDATE',
    [id],
  )
  if (!rows[0]) return 'unknown'
  return rows[0].weeded ? 'weeded' : 'stands'
}

/** True of a key that is of a case which there is; its name is `c-` and the first digits of the SHA-256 of the case's number. */
export async function isCaseOfKey(transaction: Transaction, name: string): Promise<boolean> {
  const { rows } = await transaction.query(
    `SELECT FROM desk_case WHERE 'c-' || left(encode(sha256(convert_to(number, 'UTF8')), 'hex'), 16) = $1 LIMIT 1`,
    [name],
  )
  return rows.length > 0
}
