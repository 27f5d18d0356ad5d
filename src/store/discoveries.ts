/** Discoveries: when something was found and how, why a report waits, when it was made, and who else was told. */
import type { DelayReason, Discovery } from '#cases/clock'
import { newId } from '#ground/id'
import type { DiscoveryWay, ReportedTo } from '#terms/evidence'
import { Fault } from '#terms/fault'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'
import { textDigest } from './text-digest.ts'

/** What a find, or a telling, is about. */
export interface FindSubject {
  readonly kind: 'item' | 'case'
  readonly id: string
}

/** What a find is written down with. */
export interface DiscoveryGiven {
  readonly subject: FindSubject
  readonly way: DiscoveryWay
  readonly how: string
  /** Whoever found it, as an actor; whoever writes it down, unless given. */
  readonly discoveredBy?: string
  readonly discoveredAt: Date
  readonly dueAt?: Date
}

/** A find with the reasons for its delay, in the order in which they were given. */
export interface DiscoveryRecord extends Discovery {
  readonly delays: readonly DelayReason[]
}

/** Somebody who was told. */
export interface Telling {
  readonly id: `t-${string}`
  readonly subject: FindSubject
  /** Whom, in words. */
  readonly told: string
  readonly by: string
  readonly at: string
  /** What, in words. */
  readonly what: string
}

interface DiscoveryRow {
  readonly id: string
  readonly subject_kind: FindSubject['kind']
  readonly subject: string
  readonly way: DiscoveryWay
  readonly how: string
  readonly discovered_by: string
  readonly written_by: string | null
  readonly discovered_at: Date
  readonly reported_at: Date | null
  readonly reported_to: ReportedTo | null
  readonly report_reference: string | null
  readonly due_at: Date | null
  readonly version: number
}

const COLUMNS = `id, subject_kind, subject, way, how, discovered_by, discovered_at, reported_at, reported_to, report_reference,
  due_at, version, (SELECT actor FROM event WHERE stream = 'discovery:' || discovery.id AND version = 1) AS written_by`
const ROWS_MAX = 10_000

/** The stream of a find's events. */
export function discoveryStream(id: string): string {
  return `discovery:${id}`
}

/** The stream of a telling's events. */
export function tellingStream(id: string): string {
  return `telling:${id}`
}

/**
 * Writes a find down. The time is when somebody knew of it, as they say; its event has when that was written.
 *
 * @returns its id
 * @throws Fault `evidence.refused` for a time that has not come
 */
export async function recordDiscovery(
  transaction: Transaction,
  { subject, way, how, discoveredBy, discoveredAt, dueAt }: DiscoveryGiven,
  signed: Signed,
): Promise<string> {
  refuseFuture(discoveredAt, signed)
  const id = newId('f')
  const by = discoveredBy ?? signed.actor
  await transaction.query(
    `INSERT INTO discovery (id, subject_kind, subject, way, how, discovered_by, discovered_at, due_at, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
    [id, subject.kind, subject.id, way, how, by, discoveredAt, dueAt],
  )
  const body = {
    subject: { ...subject },
    way,
    howSha256: textDigest(transaction, how),
    by,
    discoveredAt: discoveredAt.toISOString(),
    ...(dueAt && { dueAt: dueAt.toISOString() }),
  }
  await append(transaction, discoveryStream(id), 0, [{ kind: 'discovery.made', body }], signed)
  return id
}

/** Writes down why a report waits. @throws Fault `evidence.unknown`; `evidence.refused` once it was made */
export async function recordDelay(
  transaction: Transaction,
  id: string,
  reason: string,
  signed: Signed,
): Promise<void> {
  const { version } = await raise(transaction, id, '', [])
  await transaction.query(
    'INSERT INTO delay_reason (discovery, reason, person, at) VALUES ($1, $2, $3, $4)',
    [id, reason, signed.actor, signed.at],
  )
  const body = { reasonSha256: textDigest(transaction, reason) }
  await append(transaction, discoveryStream(id), version - 1, [{ kind: 'discovery.delayed', body }], signed)
}

/** What a report is written down with. */
export interface ReportGiven {
  readonly to: ReportedTo
  readonly reportedAt: Date
  /** The number that the other side gave it. */
  readonly reference?: string
}

/**
 * Writes down that a find was reported, which stops its clock, and that they were told.
 *
 * @throws Fault `evidence.unknown`; `evidence.refused` where it was reported before, or for a time that has not come
 */
export async function recordReport(
  transaction: Transaction,
  id: string,
  { to, reportedAt, reference }: ReportGiven,
  signed: Signed,
): Promise<void> {
  refuseFuture(reportedAt, signed)
  const set = ', reported_at = $2, reported_to = $3, report_reference = $4'
  const { version, subject } = await raise(transaction, id, set, [reportedAt, to, reference])
  const body = {
    to,
    reportedAt: reportedAt.toISOString(),
    ...(reference !== undefined && { referenceSha256: textDigest(transaction, reference) }),
  }
  await append(transaction, discoveryStream(id), version - 1, [{ kind: 'discovery.reported', body }], signed)
  const what = reference === undefined ? 'the report' : `the report, reference ${reference}`
  await recordTelling(transaction, { subject, told: to, what, at: reportedAt }, signed)
}

/** Writes down that somebody was told. @returns its id */
export async function recordTelling(
  transaction: Transaction,
  { subject, told, what, at }: { subject: FindSubject; told: string; what: string; at: Date },
  signed: Signed,
): Promise<string> {
  refuseFuture(at, signed)
  const id = newId('t')
  await transaction.query(
    'INSERT INTO telling (id, subject_kind, subject, told, by_person, at, what) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [id, subject.kind, subject.id, told, signed.actor, at, what],
  )
  const body = {
    subject: { ...subject },
    toldSha256: textDigest(transaction, told),
    whatSha256: textDigest(transaction, what),
    toldAt: at.toISOString(),
  }
  await append(transaction, tellingStream(id), 0, [{ kind: 'telling.made', body }], signed)
  return id
}

/** A find. @throws Fault `evidence.unknown` */
export async function discoveryNamed(session: Session, id: string): Promise<DiscoveryRecord> {
  const [discovery] = await discoveriesWhere(session, 'id = $1', [id])
  if (!discovery) throw new Fault('evidence.unknown', `there is no find ${id}`)
  return discovery
}

/** The finds about some subjects. */
export function discoveriesOf(
  session: Session,
  subjects: readonly FindSubject[],
): Promise<DiscoveryRecord[]> {
  return discoveriesWhere(session, ABOUT, subjectColumns(subjects))
}

/** Finds that are not reported yet, those that wait longest first. */
export function discoveriesOpen(session: Session): Promise<DiscoveryRecord[]> {
  return discoveriesWhere(session, 'reported_at IS NULL', [])
}

/** Who was told about some subjects. */
export function tellingsOf(session: Session, subjects: readonly FindSubject[]): Promise<Telling[]> {
  return tellingsWhere(session, ABOUT, subjectColumns(subjects))
}

/** A telling. @throws Fault `evidence.unknown` */
export async function tellingNamed(session: Session, id: string): Promise<Telling> {
  const [telling] = await tellingsWhere(session, 'id = $1', [id])
  if (!telling) throw new Fault('evidence.unknown', `nobody was told as ${id}`)
  return telling
}

async function tellingsWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
): Promise<Telling[]> {
  const { rows } = await session.query<{
    id: `t-${string}`
    kind: FindSubject['kind']
    subject: string
    told: string
    by: string
    at: Date
    what: string
  }>(
    `SELECT id, subject_kind AS kind, subject, told, by_person AS by, at, what FROM telling WHERE ${condition}
      ORDER BY at, id LIMIT ${ROWS_MAX}`,
    values,
  )
  return rows.map(({ kind, subject, at, ...row }) => ({
    ...row,
    subject: { kind, id: subject },
    at: at.toISOString(),
  }))
}

const ABOUT = '(subject_kind, subject) IN (SELECT * FROM unnest($1::text[], $2::text[]))'

function subjectColumns(subjects: readonly FindSubject[]): [string[], string[]] {
  return [subjects.map(({ kind }) => kind), subjects.map(({ id }) => id)]
}

/** Changes a find that is not reported yet, and lifts its version. */
async function raise(
  transaction: Transaction,
  id: string,
  set: string,
  values: readonly unknown[],
): Promise<{ readonly version: number; readonly subject: FindSubject }> {
  const { rows } = await transaction.query<{ version: number; kind: FindSubject['kind']; subject: string }>(
    `UPDATE discovery SET version = version + 1${set} WHERE id = $1 AND reported_at IS NULL
      RETURNING version, subject_kind AS kind, subject`,
    [id, ...values],
  )
  if (rows[0]) return { version: rows[0].version, subject: { kind: rows[0].kind, id: rows[0].subject } }
  const { reportedAt } = await discoveryNamed(transaction, id)
  throw new Fault('evidence.refused', `the find ${id} was reported on ${reportedAt}: correct it by a new one`)
}

function refuseFuture(time: Date, { at }: Signed): void {
  if (time > at) throw new Fault('evidence.refused', `${time.toISOString()} has not come yet`)
}

async function discoveriesWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
): Promise<DiscoveryRecord[]> {
  const { rows } = await session.query<DiscoveryRow>(
    `SELECT ${COLUMNS} FROM discovery WHERE ${condition} ORDER BY discovered_at, id LIMIT ${ROWS_MAX}`,
    values,
  )
  const delays = await delaysOf(
    session,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({ ...discoveryOf(row), delays: delays.get(row.id) ?? [] }))
}

async function delaysOf(session: Session, ids: readonly string[]): Promise<Map<string, DelayReason[]>> {
  const { rows } = await session.query<{ discovery: string; reason: string; person: string; at: Date }>(
    'SELECT discovery, reason, person, at FROM delay_reason WHERE discovery = ANY($1) ORDER BY at',
    [ids],
  )
  const found = new Map<string, DelayReason[]>()
  for (const { discovery, reason, person, at } of rows)
    found.set(discovery, [...(found.get(discovery) ?? []), { reason, person, at: at.toISOString() }])
  return found
}

function discoveryOf(row: DiscoveryRow): Discovery {
  return {
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject },
    ...{ way: row.way, how: row.how },
    discoveredBy: row.discovered_by,
    ...(row.written_by !== null && row.written_by !== row.discovered_by && { saidBy: row.written_by }),
    discoveredAt: row.discovered_at.toISOString(),
    ...(row.due_at && { dueAt: row.due_at.toISOString() }),
    ...(row.reported_at && { reportedAt: row.reported_at.toISOString() }),
    ...(row.reported_to !== null && { reportedTo: row.reported_to }),
    ...(row.report_reference !== null && { reference: row.report_reference }),
    version: row.version,
  }
}
