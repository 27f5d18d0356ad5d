/** Processings: openings by jobs of our own, of which nobody sees anything; many are written down, and ended, at once. */
import { newId } from '#ground/id'
import type { ItemId } from '#terms/evidence'
import type { Purpose } from '#terms/people'
import { appendEach, type Signed } from './append.ts'
import type { Transaction } from './database.ts'
import { openingStream, openingTold } from './opening-records.ts'

/** Which job reads items, and what for. */
export interface ProcessingsGiven {
  readonly job: string
  readonly purpose: Purpose
  readonly boxSeconds: number
  readonly versions: Readonly<Record<string, string>>
  /** What is larger is not granted. */
  readonly bytesMax: number
}

/** A processing that was granted, and released in the same moment. */
export interface Granted {
  readonly id: string
  readonly item: ItemId
}

/** Grants processings, each item's once. What is destroyed, unknown or too large is not among them. */
export async function grantProcessings(
  tx: Transaction,
  items: readonly ItemId[],
  given: ProcessingsGiven,
  at: Date,
): Promise<Granted[]> {
  const { job, purpose, boxSeconds, versions, bytesMax } = given
  const asked = [...new Set(items)].sort()
  const { rows } = await tx.query<{ id: string; item: ItemId }>({
    name: 'grant processings',
    text: `WITH standing AS (
             SELECT vault_item.id FROM vault_item
              WHERE vault_item.id = ANY($1) AND state <> 'destroyed' AND size_bytes <= $3 ORDER BY vault_item.id FOR SHARE)
           INSERT INTO opening (id, kind, item, person, purpose, job, versions, asked_at, granted_at, box_seconds,
                                exposure_units, released_at, version)
           SELECT given.id, 'processing', item, 'tutela', $4, $5, $6, $7, $7, $8, 0, $7, 2
             FROM unnest($2::text[], $1::text[]) AS given (id, item) JOIN standing ON standing.id = item
           RETURNING id, item`,
    values: [
      ...[asked, asked.map(() => newId('o')), bytesMax, purpose, job],
      ...[JSON.stringify(versions), at, boxSeconds],
    ],
  })
  const signed: Signed = { actor: 'tutela', at }
  const granted = rows.map(({ id, item }) => ({
    ...{ stream: openingStream(id), after: 0, kind: 'processing.granted' },
    body: openingTold({
      ...{ kind: 'processing', item, person: 'tutela', purpose, boxSeconds, job, versions },
      grant: { at: at.toISOString() },
    }),
  }))
  await appendEach(tx, granted, signed)
  const released = granted.map(({ stream }) => ({ stream, after: 1, kind: 'processing.released', body: {} }))
  await appendEach(tx, released, signed)
  return rows
}

/** Ends processings whose items were read to their end; of one that had ended before the first ending stands. */
export async function endProcessings(tx: Transaction, ids: readonly string[], signed: Signed): Promise<void> {
  const { rows } = await tx.query<{ id: string; version: number }>({
    name: 'end processings',
    text: `UPDATE opening SET ended_at = $2, ending = 'complete', version = version + 1
            WHERE id = ANY($1) AND kind = 'processing' AND ended_at IS NULL RETURNING id, version`,
    values: [ids, signed.at],
  })
  const drafts = rows.map(({ id, version }) => ({
    ...{ stream: openingStream(id), after: version - 1, kind: 'processing.ended' },
    body: { ending: 'complete' },
  }))
  await appendEach(tx, drafts, signed)
}
