/** Openings: every viewing, export and processing of an item, written down before a byte of it is given. */

import { newId } from '#ground/id'
import { mintOpening } from '#ground/opening/mint'
import type { Opening } from '#ground/opening/opening'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { append } from './append.ts'
import type { Database, Transaction } from './database.ts'
import {
  type OpeningEnding,
  type OpeningGiven,
  type OpeningRecord,
  opener,
  openingNamed,
  openingStream,
  openingsWhere,
  openingTold,
} from './opening-records.ts'
import { grantProcessings, type ProcessingsGiven } from './processings.ts'

export {
  groundsOf,
  type OpeningEnding,
  type OpeningGiven,
  type OpeningRecord,
  openingNamed,
  openingStream,
  openingsOf,
} from './opening-records.ts'

const BOX_SECONDS_MAX = 24 * 3600

/**
 * Writes down that an item may be opened, in the transaction that let it through.
 *
 * @returns the opening's id, for `releaseOpening`
 * @throws Fault `evidence.unknown`; `evidence.refused` where the item is destroyed
 */
export async function grantOpening(transaction: Transaction, given: OpeningGiven): Promise<string> {
  return write(transaction, given, false)
}

/**
 * Grants an opening and releases it in one transaction, where whoever it is for reads at once. What it returns is made after the
 * commit, and is what the vault gives bytes for.
 *
 * @param through does what it is given in the transaction that lets it through, and returns once that is committed
 * @throws Fault `evidence.unknown`; `evidence.refused` where the item is destroyed; whatever `through` throws
 */
export async function openAtOnce(
  given: Omit<OpeningGiven, 'grant'>,
  through: (open: (transaction: Transaction, grant: OpeningGiven['grant']) => Promise<void>) => Promise<void>,
): Promise<Opening> {
  let opened: Opening | undefined
  await through(async (transaction, grant) => {
    const id = await write(transaction, { ...given, grant }, true)
    const until = new Date(Date.parse(grant.at) + given.boxSeconds * 1000).toISOString()
    opened = { kind: given.kind, id, item: given.item, until }
  })
  if (!opened) throw new TypeError('what let an opening through did not open it')
  return mintOpening(opened)
}

/**
 * Grants and releases processings of many items in one transaction: all are written down before a byte of any is given. Nobody
 * sees anything of them. What is returned is made after the commit.
 *
 * @returns by item; one that is destroyed, unknown or larger than may be read was not opened
 */
export async function openProcessings(
  database: Pick<Database, 'transaction'>,
  items: readonly ItemId[],
  given: ProcessingsGiven,
  at: Date,
): Promise<ReadonlyMap<ItemId, Opening>> {
  const granted = await database.transaction((tx) => grantProcessings(tx, items, given, at))
  const until = new Date(at.getTime() + given.boxSeconds * 1000).toISOString()
  return new Map(
    granted.map(({ id, item }) => [item, mintOpening({ kind: 'processing' as const, id, item, until })]),
  )
}

/** An item that is being destroyed is not opened: the two meet at its row. */
async function write(transaction: Transaction, given: OpeningGiven, isReleased: boolean): Promise<string> {
  const { kind, item, person, purpose, boxSeconds } = given
  const grant = 'by' in given.grant ? given.grant : undefined
  const signed = { actor: opener(person), at: new Date(given.grant.at) }
  if (!(boxSeconds > 0 && boxSeconds <= BOX_SECONDS_MAX)) throw new RangeError(`a box of ${boxSeconds} s`)
  if (!grant && (kind !== 'processing' || person !== 'tutela'))
    throw new TypeError('an opening for a person stands on a grant')
  const id = newId('o')
  const { rowCount } = await transaction.query({
    name: 'write opening',
    text: `INSERT INTO opening (id, kind, item, person, purpose, case_number, level, region, job, versions, basis, override,
                                asked_at, granted_at, box_seconds, exposure_units, released_at, version)
           SELECT $1, $2, id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18
             FROM vault_item WHERE id = $3 AND state <> 'destroyed' FOR SHARE`,
    values: [
      id,
      kind,
      item,
      person,
      purpose,
      given.caseNumber,
      given.level,
      given.region,
      given.job,
      given.versions && JSON.stringify(given.versions),
      grant?.basis && JSON.stringify(grant.basis),
      grant?.override,
      given.askedAt ?? signed.at,
      signed.at,
      boxSeconds,
      given.exposureUnits ?? 0,
      isReleased ? signed.at : undefined,
      isReleased ? 2 : 1,
    ],
  })
  if (rowCount === 0) await refuseDestroyed(transaction, item)
  const granted = { kind: `${kind}.granted`, body: openingTold(given) }
  const events = isReleased ? [granted, { kind: `${kind}.released`, body: {} }] : [granted]
  await append(transaction, openingStream(id), 0, events, signed)
  return id
}

/**
 * Releases an opening: once, within its box, and only of an item that is still there. What it returns is made after the
 * commit, and is what the vault gives bytes for.
 *
 * @throws Fault `evidence.unknown`; `evidence.refused` where it was released or ended before, or its time is over
 */
export async function releaseOpening(
  database: Pick<Database, 'transaction'>,
  id: string,
  now: Date,
): Promise<Opening> {
  const released = await database.transaction(async (transaction) => {
    const opening = await lockOpening(transaction, id)
    const { grantedAt, boxSeconds, kind, item, person, version } = opening
    if (opening.endedAt !== undefined) throw refused(id, 'has ended')
    if (opening.releasedAt !== undefined) throw refused(id, 'was released before')
    if (now.getTime() > Date.parse(grantedAt) + boxSeconds * 1000) throw refused(id, 'has run out')
    await refuseDestroyed(transaction, item)
    await transaction.query('UPDATE opening SET released_at = $2, version = version + 1 WHERE id = $1', [
      id,
      now,
    ])
    const signed = { actor: opener(person), at: now }
    await append(transaction, openingStream(id), version, [{ kind: `${kind}.released`, body: {} }], signed)
    return { kind, id, item, until: new Date(now.getTime() + boxSeconds * 1000).toISOString() }
  })
  return mintOpening(released)
}

/**
 * Ends an opening.
 *
 * @returns false where it had ended before: the first ending stands
 * @throws Fault `evidence.unknown`
 */
export function endOpening(
  database: Database,
  id: string,
  ended: {
    readonly ending: OpeningEnding
    readonly seenMilliseconds?: number
    readonly isWhole?: boolean
    readonly exposureUnits?: number
  },
  now: Date,
): Promise<boolean> {
  return database.transaction((transaction) => endOpeningIn(transaction, id, ended, now))
}

/** As `endOpening`, in a transaction that does more. */
export async function endOpeningIn(
  transaction: Transaction,
  id: string,
  ended: Parameters<typeof endOpening>[2],
  now: Date,
): Promise<boolean> {
  const { ending, seenMilliseconds, isWhole, exposureUnits } = ended
  const { rows } = await transaction.query<Pick<OpeningRecord, 'kind' | 'person' | 'version'>>({
    name: 'end opening',
    text: `UPDATE opening SET ended_at = $2, ending = $3, seen_milliseconds = $4, is_whole = coalesce($5, is_whole),
                  exposure_units = coalesce($6, exposure_units), version = version + 1
            WHERE id = $1 AND ended_at IS NULL RETURNING kind, person, version`,
    values: [id, now, ending, seenMilliseconds, isWhole, exposureUnits],
  })
  const [opening] = rows
  if (!opening) {
    await openingNamed(transaction, id)
    return false
  }
  const { kind, person, version } = opening
  const body = {
    ending,
    ...(seenMilliseconds !== undefined && { seenMilliseconds }),
    ...(isWhole !== undefined && { isWhole }),
    ...(exposureUnits !== undefined && { exposureUnits }),
  }
  const signed = { actor: ending === 'timed-out' ? ('tutela' as const) : opener(person), at: now }
  await append(transaction, openingStream(id), version - 1, [{ kind: `${kind}.ended`, body }], signed)
  return true
}

async function lockOpening(transaction: Transaction, id: string): Promise<OpeningRecord> {
  const [opening] = await openingsWhere(transaction, 'id = $1 FOR UPDATE', [id])
  if (!opening) throw new Fault('evidence.unknown', `there is no opening ${id}`)
  return opening
}

/** An item that is being destroyed is not opened: the two meet at its row. */
async function refuseDestroyed(transaction: Transaction, item: ItemId): Promise<void> {
  const { rows } = await transaction.query<{ state: string }>(
    'SELECT state FROM vault_item WHERE id = $1 FOR SHARE',
    [item],
  )
  if (!rows[0]) throw new Fault('evidence.unknown', `there is no item ${item}`)
  if (rows[0].state === 'destroyed') throw new Fault('evidence.refused', `${item} is destroyed`)
}

function refused(id: string, because: string): Fault {
  return new Fault('evidence.refused', `the opening ${id} ${because}`)
}
