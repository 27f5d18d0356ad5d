/** Reports: what was told, row by row; words, address and contact are sealed, and found again by a keyed digest alone. */
import type { CaseKind } from '#terms/casework'
import type { Canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import {
  REPORTER_TRUSTS,
  type Report,
  type ReportChannel,
  type ReporterTrust,
  type ReportId,
  type ReportKind,
  type ReportStage,
} from '#terms/report'
import { append, type Signed } from './append.ts'
import type { LookBySet } from './case-clocks.ts'
import type { Session, Transaction } from './database.ts'

/** The times of a report that its stage follows from. */
export interface StageRow {
  readonly looked_at: Date | null
  readonly closed_at: Date | null
}

interface ReportRow extends StageRow {
  readonly id: ReportId
  readonly channel: ReportChannel
  readonly kind: ReportKind
  readonly from_actor: string | null
  readonly trust: number
  readonly is_anonymous: boolean
  readonly at_risk: boolean
  readonly received_at: Date
  readonly case_number: string
  readonly has_joined: boolean
  readonly version: number
}

interface StateRow extends ReportRow {
  readonly address_key: Buffer | null
  readonly weeded_at: Date | null
  readonly look_by: Date | null
  readonly clocks: string | null
}

const COLUMNS = `id, channel, kind, from_actor, trust, is_anonymous, at_risk, received_at, case_number, has_joined,
  looked_at, closed_at, version`
/** `REPORTER_TRUSTS` from the lowest: as the column counts them. */
const TRUSTS_UPWARD = [...REPORTER_TRUSTS].reverse()
/** The sender of what comes by the public page: it has a name only so that the same form sent twice is one report. */
const PUBLIC = 'public'
/** A case with more items than this takes no more reports: the next one opens another. */
const ITEMS_MAX = 5000

/** The stream of a report's events. */
export function reportStream(id: ReportId): string {
  return `report:${id}`
}

/** A new report. */
export interface ReportGiven {
  readonly id: ReportId
  /** SHA-256 of its reference code. */
  readonly referenceHash: Uint8Array
  readonly channel: ReportChannel
  readonly kind: ReportKind
  /** Who brings it, as `client:NAME`; absent for the public. */
  readonly from?: string
  /** What the sender calls it. */
  readonly remoteId?: string
  readonly trust: ReporterTrust
  readonly isAnonymous: boolean
  readonly atRisk: boolean
  readonly caseNumber: string
  readonly hasJoined: boolean
  /** Its words, sealed under its own key. */
  readonly sealed?: Uint8Array
  /** Keyed digest of its address. */
  readonly addressKey?: Uint8Array
  /** Until when somebody must have looked; absent where no table of clocks is at hand yet. */
  readonly clock?: LookBySet
}

/** Writes a report down. */
export async function addReport(tx: Transaction, given: ReportGiven, signed: Signed): Promise<Report> {
  const { id, channel, kind, from, remoteId, trust, isAnonymous, atRisk, caseNumber, hasJoined } = given
  const sealed = given.sealed ?? null
  const addressKey = given.addressKey ?? null
  const { lookBy, clocks } = given.clock ?? {}
  const { rows } = await tx.query<ReportRow>(
    `INSERT INTO report (id, reference_hash, channel, kind, from_actor, remote_id, trust, is_anonymous, at_risk,
                         received_at, case_number, has_joined, sealed, address_key, look_by, clocks, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1) RETURNING ${COLUMNS}`,
    [
      ...[id, given.referenceHash, channel, kind, from ?? PUBLIC, remoteId ?? null],
      ...[TRUSTS_UPWARD.indexOf(trust), isAnonymous, atRisk, signed.at, caseNumber, hasJoined],
      ...[sealed, addressKey, lookBy ?? null, clocks ?? null],
    ],
  )
  const body = {
    ...{ channel, kind, trust, isAnonymous, atRisk, case: caseNumber, hasJoined },
    ...(from !== undefined && { from }),
    ...(addressKey && { addressKey: Buffer.from(addressKey).toString('hex') }),
    ...(clocks !== undefined && { clocks }),
    ...(lookBy && { lookBy: lookBy.toISOString() }),
  }
  await append(tx, reportStream(id), 0, [{ kind: 'report.received', body }], signed)
  return reportOf(required(rows[0], id))
}

/** A report. @throws Fault `evidence.unknown` */
export async function reportNamed(session: Session, id: string): Promise<Report> {
  const { rows } = await session.query<ReportRow>(`SELECT ${COLUMNS} FROM report WHERE id = $1`, [id])
  return reportOf(required(rows[0], id))
}

/** What a sender has sent before under a name of its own. */
export async function reportSentBefore(
  session: Session,
  from: string | undefined,
  remoteId: string,
): Promise<Report | undefined> {
  const { rows } = await session.query<ReportRow>(
    `SELECT ${COLUMNS} FROM report WHERE from_actor = $1 AND remote_id = $2`,
    [from ?? PUBLIC, remoteId],
  )
  return rows[0] && reportOf(rows[0])
}

/** The reports of a case, the oldest first, up to a limit. */
export async function reportsOfCase(session: Session, caseNumber: string, limit: number): Promise<Report[]> {
  const { rows } = await session.query<ReportRow>(
    `SELECT ${COLUMNS} FROM report WHERE case_number = $1 ORDER BY received_at, id LIMIT $2`,
    [caseNumber, limit],
  )
  return rows.map(reportOf)
}

/** What is sealed of a report; undefined where nothing is, or it was weeded. */
export async function sealedWords(session: Session, id: ReportId): Promise<Buffer | undefined> {
  const { rows } = await session.query<{ sealed: Buffer | null }>('SELECT sealed FROM report WHERE id = $1', [
    id,
  ])
  return rows[0]?.sealed ?? undefined
}

/** What of a report finds the case that it belongs to. */
export interface Joins {
  readonly kinds: readonly CaseKind[]
  readonly addressKey?: Uint8Array
  /** SHA-256 of its items, hex. */
  readonly digests: readonly string[]
}

/** The open case about the same address or the same file, the oldest first; undefined where there is none. */
export async function openCaseAbout(tx: Transaction, joins: Joins): Promise<string | undefined> {
  const { kinds, addressKey = null, digests } = joins
  const { rows } = await tx.query<{ number: string }>(
    `SELECT number FROM desk_case WHERE state <> 'closed' AND kind = ANY($1)
       AND (number IN (SELECT case_number FROM report WHERE address_key = $2)
         OR number IN (SELECT case_number FROM case_item WHERE sha256 = ANY($3)))
       AND (SELECT count(*) FROM (SELECT FROM case_item WHERE case_number = desk_case.number LIMIT $4) AS counted) < $4
     ORDER BY opened_at, number LIMIT 1`,
    [kinds, addressKey, digests.map((digest) => Buffer.from(digest, 'hex')), ITEMS_MAX],
  )
  return rows[0]?.number
}

/**
 * Holds whoever brings the same address or file until this transaction ends: of two at once the second finds the case of
 * the first.
 */
export async function holdJoins(tx: Transaction, { addressKey, digests }: Joins): Promise<void> {
  const names = [...(addressKey ? [Buffer.from(addressKey).toString('hex')] : []), ...digests].sort()
  for (const name of new Set(names))
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`report ${name}`])
}

/** The state of a report as its events say it. @throws Fault `evidence.unknown` */
export async function reportState(
  session: Session,
  id: string,
): Promise<Readonly<Record<string, Canonical | undefined>>> {
  const { rows } = await session.query<StateRow>(
    `SELECT ${COLUMNS}, address_key, weeded_at, look_by, clocks FROM report WHERE id = $1`,
    [id],
  )
  const row = required(rows[0], id)
  const { channel, kind, from, trust, isAnonymous, atRisk, receivedAt, hasJoined, version } = reportOf(row)
  return {
    ...{ channel, kind, from, trust, isAnonymous, atRisk, receivedAt, hasJoined, version },
    case: row.case_number,
    addressKey: row.address_key?.toString('hex'),
    lookedAt: row.looked_at?.toISOString(),
    closedAt: row.closed_at?.toISOString(),
    weededAt: row.weeded_at?.toISOString(),
    lookBy: row.look_by?.toISOString(),
    clocks: row.clocks ?? undefined,
  }
}

function reportOf(row: ReportRow): Report {
  return {
    ...{ id: row.id, channel: row.channel, kind: row.kind },
    ...(row.from_actor !== null && row.from_actor !== PUBLIC && { from: row.from_actor }),
    trust: TRUSTS_UPWARD[row.trust] ?? 'usual',
    ...{ isAnonymous: row.is_anonymous, atRisk: row.at_risk, receivedAt: row.received_at.toISOString() },
    ...{ caseNumber: row.case_number, hasJoined: row.has_joined },
    ...{ stage: stageOf(row), version: row.version },
  }
}

/** How a report stands by its times; as it stood at a time where one is given. */
export function stageOf({ looked_at: looked, closed_at: closed }: StageRow, asOf?: Date): ReportStage {
  const isBy = (at: Date | null): boolean => at !== null && (asOf === undefined || at <= asOf)
  if (isBy(closed)) return 'closed'
  return isBy(looked) ? 'looked-at' : 'received'
}

function required<T>(row: T | undefined, id: string): T {
  if (row === undefined) throw new Fault('evidence.unknown', `there is no report ${id}`)
  return row
}
