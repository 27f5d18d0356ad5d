/** Opening records: openings as they stand, and on what they were let through. */
import type { Actor, Canonical } from '#terms/event'
import type { ItemId, OpeningKind, ViewLevel } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Grant, PersonId, Purpose } from '#terms/people'
import type { FramesAsked } from '#terms/video'
import type { Session } from './database.ts'

/** What is opened, by whom and for what. */
export interface OpeningGiven {
  readonly kind: OpeningKind
  readonly item: ItemId
  readonly person: PersonId | 'tutela'
  readonly purpose: Purpose
  readonly caseNumber?: string
  /** It must be released within this time, and then lasts as long again at most. */
  readonly boxSeconds: number
  readonly level?: ViewLevel
  /** Left, top, width, height. */
  readonly region?: readonly [number, number, number, number]
  /** Of a video: which frames. */
  readonly frames?: FramesAsked
  readonly job?: string
  readonly versions?: Readonly<Record<string, string>>
  /** On what it was let through. A processing by a job, of which no person sees anything, has a time in its place. */
  readonly grant: Grant | { readonly at: string }
  readonly exposureUnits?: number
  /** When it was asked for; when it is granted, unless given. */
  readonly askedAt?: Date
}

/** The stream of an opening's events. */
export function openingStream(id: string): string {
  return `opening:${id}`
}

/** How an opening ended. */
const OPENING_ENDINGS = ['complete', 'abandoned', 'timed-out', 'failed'] as const
export type OpeningEnding = (typeof OPENING_ENDINGS)[number]

/** An opening as it stands. */
export interface OpeningRecord {
  readonly id: string
  readonly kind: OpeningKind
  readonly item: ItemId
  readonly person: PersonId | 'tutela'
  readonly purpose: Purpose
  readonly caseNumber?: string
  readonly level?: ViewLevel
  readonly region?: readonly number[]
  readonly job?: string
  readonly boxSeconds: number
  readonly grantedAt: string
  readonly releasedAt?: string
  readonly endedAt?: string
  readonly ending?: OpeningEnding
  readonly seenMilliseconds?: number
  readonly isWhole?: boolean
  readonly exposureUnits: number
  readonly version: number
}

interface OpeningRow {
  readonly id: string
  readonly kind: OpeningKind
  readonly item: ItemId
  readonly person: PersonId | 'tutela'
  readonly purpose: Purpose
  readonly case_number: string | null
  readonly level: ViewLevel | null
  readonly region: number[] | null
  readonly job: string | null
  readonly box_seconds: number
  readonly granted_at: Date
  readonly released_at: Date | null
  readonly ended_at: Date | null
  readonly ending: OpeningEnding | null
  readonly seen_milliseconds: number | null
  readonly is_whole: boolean | null
  readonly exposure_units: number
  readonly version: number
}

const COLUMNS = `id, kind, item, person, purpose, case_number, level, region, job, box_seconds, granted_at, released_at, ended_at,
  ending, seen_milliseconds, is_whole, exposure_units, version`

/** An opening. @throws Fault `evidence.unknown` */
export async function openingNamed(session: Session, id: string): Promise<OpeningRecord> {
  const [opening] = await openingsWhere(session, 'id = $1', [id])
  if (!opening) throw new Fault('evidence.unknown', `there is no opening ${id}`)
  return opening
}

/** On what an opening was let through, and by which versions it is read: what its events say of it is held against this. */
export async function groundsOf(session: Session, id: string): Promise<Readonly<Record<string, Canonical>>> {
  const { rows } = await session.query<Record<'basis' | 'override' | 'versions', Canonical>>(
    'SELECT basis, override, versions FROM opening WHERE id = $1',
    [id],
  )
  return Object.fromEntries(Object.entries(rows[0] ?? {}).filter(([, value]) => value !== null))
}

/** The openings of an item, in the order in which they were granted. */
export function openingsOf(session: Session, item: ItemId): Promise<OpeningRecord[]> {
  return openingsWhere(session, 'item = $1 ORDER BY granted_at, id', [item])
}

/** The openings that meet a condition, which may also order and lock them. */
export async function openingsWhere(
  session: Session,
  condition: string,
  values: readonly unknown[],
): Promise<OpeningRecord[]> {
  const { rows } = await session.query<OpeningRow>(
    `SELECT ${COLUMNS} FROM opening WHERE ${condition}`,
    values,
  )
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    item: row.item,
    person: row.person,
    purpose: row.purpose,
    ...(row.case_number !== null && { caseNumber: row.case_number }),
    ...(row.level !== null && { level: row.level }),
    ...(row.region !== null && { region: row.region }),
    ...(row.job !== null && { job: row.job }),
    boxSeconds: row.box_seconds,
    grantedAt: row.granted_at.toISOString(),
    ...(row.released_at && { releasedAt: row.released_at.toISOString() }),
    ...(row.ended_at && { endedAt: row.ended_at.toISOString() }),
    ...(row.ending !== null && { ending: row.ending }),
    ...(row.seen_milliseconds !== null && { seenMilliseconds: row.seen_milliseconds }),
    ...(row.is_whole !== null && { isWhole: row.is_whole }),
    exposureUnits: row.exposure_units,
    version: row.version,
  }))
}

/** What is granted, as its event tells it. */
export function openingTold({ item, person, purpose, boxSeconds, ...given }: OpeningGiven): {
  readonly [key: string]: Canonical
} {
  const grant = 'by' in given.grant ? given.grant : undefined
  return {
    item,
    person,
    purpose,
    boxSeconds,
    ...(given.caseNumber !== undefined && { caseNumber: given.caseNumber }),
    ...(given.level !== undefined && { level: given.level }),
    ...(given.region && { region: given.region }),
    ...(given.frames && { frames: { ...given.frames } }),
    ...(given.job !== undefined && { job: given.job }),
    ...(given.versions && { versions: given.versions }),
    ...(grant && { roles: grant.roles }),
    ...(grant?.basis && { basis: { ...grant.basis } }),
    ...(grant?.override !== undefined && { override: grant.override }),
    ...(given.exposureUnits !== undefined && { exposureUnits: given.exposureUnits }),
  }
}

/** Who opens. */
export function opener(person: PersonId | 'tutela'): Actor {
  return person === 'tutela' ? person : `person:${person}`
}
