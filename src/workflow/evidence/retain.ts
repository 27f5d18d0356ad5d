/** Retain: keeps an item for a purpose as its profile says, and writes down what has lapsed; it destroys nothing. */

import { isAbsolute } from 'node:path'
import type { RetentionProfile } from '#cases/profile'
import { keeping, latestUntil } from '#cases/retention'
import type { Signed } from '#store/append'
import { type Copy, copiesExpired } from '#store/copies'
import type { Database, Session, Transaction } from '#store/database'
import { lockItem } from '#store/item-lock'
import { decideKept, type KeptKey, type KeptRecord, keepFor, keptOf, lapseKept, lapsing } from '#store/kept'
import { Fault } from '#terms/fault'
import { isKeyBackupAt } from '#vault/backup'
import { accountExpired } from './account.ts'
import { profileNamed, type RetentionProfiles } from './profiles.ts'

/**
 * Keeps an item for a purpose under a profile, for as long as that says; in the transaction that seals it. Asked again for what
 * it is kept for already, it changes nothing.
 *
 * @throws Fault `evidence.unknown`; `evidence.refused` where there is no such profile, or it keeps nothing for this purpose, or
 *   the item is destroyed
 */
export async function keepItem(
  transaction: Transaction,
  profiles: RetentionProfiles,
  key: KeptKey,
  signed: Signed,
): Promise<KeptRecord> {
  const profile = profileNamed(profiles, key.profile)
  await lockItem(transaction, key.item)
  const at = signed.at.toISOString()
  const keep = keeping(profile, key.purpose, at, await firstKept(transaction, key, at))
  switch (keep.kind) {
    case 'not-kept':
      throw new Fault(
        'evidence.refused',
        `nothing is kept for ${key.purpose} under ${profile.name}: ${keep.because}`,
      )
    case 'until':
      return keepFor(transaction, key, keep.until, signed)
    case 'until-decided':
      return keepFor(transaction, key, undefined, signed)
  }
}

/**
 * Decides until when an item is kept for a purpose, where its profile leaves that to somebody, or earlier than it says.
 *
 * @throws Fault `evidence.unknown`; `evidence.refused` beyond what the profile says, or where the purpose has lapsed
 */
export async function decideKeeping(
  transaction: Transaction,
  profiles: RetentionProfiles,
  key: KeptKey,
  decided: { readonly until: Date; readonly because: string },
  signed: Signed,
): Promise<KeptRecord> {
  const profile = profileNamed(profiles, key.profile)
  await lockItem(transaction, key.item)
  const until = decided.until.toISOString()
  const latest = await latestFor(transaction, profile, key, signed.at.toISOString())
  if (latest !== undefined && until > latest)
    throw new Fault(
      'evidence.refused',
      `under ${profile.name} ${key.item} is kept until ${latest} at the latest`,
    )
  return decideKept(transaction, key, { until, because: decided.because }, signed)
}

/** What a round of retention came to. */
export interface Lapsed {
  readonly lapsed: number
  /** Copies whose stated time had ended. */
  readonly expired: number
  /** Backups of the keys whose time had ended, and which lie where they were written: somebody has to destroy them. */
  readonly outlived: number
}

const ROWS_AT_ONCE = 200

/**
 * Writes down what has lapsed, and which copies ended by themselves. Nothing is destroyed by it: that takes two people.
 *
 * @param stop ends it between two transactions
 */
export async function lapseDue(database: Database, now: Date, stop?: AbortSignal): Promise<Lapsed> {
  const signed = { actor: 'tutela', at: now } as const
  let lapsed = 0
  for (;;) {
    const done = stop?.aborted ? 0 : await database.transaction((tx) => lapseSome(tx, signed))
    lapsed += done
    if (done < ROWS_AT_ONCE) break
  }
  return { lapsed, ...(await expireCopies(database, now, stop)) }
}

/** Writes down which copies have ended. A backup of the keys that lies where it was written has not, whatever was stated. */
async function expireCopies(
  database: Database,
  now: Date,
  stop: AbortSignal | undefined,
): Promise<Omit<Lapsed, 'lapsed'>> {
  const outlived = new Set<string>()
  let expired = 0
  while (!stop?.aborted) {
    const rowsMax = ROWS_AT_ONCE + outlived.size
    const copies = await copiesExpired(database, now, rowsMax)
    for (const copy of copies.filter(({ id }) => !outlived.has(id)))
      if (await outlives(copy)) outlived.add(copy.id)
      else expired += await accountExpired(database, copy, { actor: 'tutela', at: now })
    if (copies.length < rowsMax) break
  }
  return { expired, outlived: outlived.size }
}

async function outlives({ id, place, label }: Copy): Promise<boolean> {
  const isOfKeys = place === 'key-backup' || place === 'person-key-backup'
  return isOfKeys && isAbsolute(label) && (await isKeyBackupAt(label, id))
}

async function lapseSome(transaction: Transaction, signed: Signed): Promise<number> {
  // Items in one order, so that two rounds at once wait for one another and do not block each other.
  const due = await lapsing(transaction, signed.at, ROWS_AT_ONCE)
  const items = [...new Set(due.map(({ item }) => item))].sort()
  for (const item of items) {
    await lockItem(transaction, item)
    const standing = (await keptOf(transaction, item)).filter(
      ({ until, lapsedAt }) =>
        lapsedAt === undefined && until !== undefined && until <= signed.at.toISOString(),
    )
    for (const kept of standing) await lapseKept(transaction, kept, signed)
  }
  return due.length
}

/** The latest that may be decided; a purpose that began again is not cut by when it first did. */
async function latestFor(
  session: Session,
  profile: RetentionProfile,
  key: KeptKey,
  at: string,
): Promise<string | undefined> {
  const had = (await keptOf(session, key.item)).find(
    ({ purpose, profile: under }) => purpose === key.purpose && under === key.profile,
  )
  const latest = latestUntil(profile, key.purpose, had?.from ?? at, await firstKept(session, key, at))
  return latest !== undefined && had?.until !== undefined && had.until > latest ? had.until : latest
}

async function firstKept(session: Session, { item, profile }: KeptKey, otherwise: string): Promise<string> {
  const under = (await keptOf(session, item)).filter((kept) => kept.profile === profile)
  return [otherwise, ...under.map(({ from }) => from)].sort()[0] ?? otherwise
}
