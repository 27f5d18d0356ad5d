/** People's states: what stands of each stream about people, in the form in which its events say it. */
import type { Canonical } from '#terms/event'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { adviceNamed } from './advice.ts'
import { authorityOf, revokedBecause, stated } from './authorities.ts'
import { secretWords } from './credentials.ts'
import type { Session } from './database.ts'
import { personOf } from './people.ts'
import { textForms } from './text-digest.ts'

type State = Readonly<Record<string, Canonical>>

export async function personState(session: Session, id: string): Promise<State | undefined> {
  const person = await personOf(session, id as PersonId)
  if (!person) return undefined
  const { rows } = await session.query<{ cases: string[]; conflicts: string[] }>(
    `SELECT ARRAY(SELECT case_number FROM allocation WHERE person = $1 AND ended_at IS NULL) AS cases,
            ARRAY(SELECT subject_kind || ':' || subject FROM conflict WHERE person = $1 AND ended_at IS NULL) AS conflicts`,
    [id],
  )
  const { state, roles, departments, version } = person
  const { leftAt = null, weededAt = null, keyGoneAt = null, weedingCompleteAt = null } = person
  const weeding = { leftAt, weededAt, keyGoneAt, weedingCompleteAt }
  const lists = {
    cases: [...(rows[0]?.cases ?? [])].sort(),
    conflicts: [...new Set(rows[0]?.conflicts)].sort(),
  }
  return { state, roles, departments, ...lists, ...weeding, version }
}

export async function authorityState(session: Session, id: string): Promise<State | undefined> {
  const authority = await authorityOf(session, id).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'people.unknown') return undefined
    throw error
  })
  if (!authority) return undefined
  const { revokedAt = null, version } = authority
  const because = await revokedBecause(session, id)
  return {
    ...stated(authority, (text) => textForms(session, text)),
    revokedAt,
    revokedBecause: because === undefined ? null : textForms(session, because),
    version,
  }
}

export async function riskState(session: Session, id: string): Promise<State | undefined> {
  const { rows } = await session.query<{
    subject: string
    because: string
    ends_at: Date
    ended_at: Date | null
  }>(
    `SELECT subject_kind || ':' || subject AS subject, because, ends_at, ended_at FROM risk_override WHERE id = $1`,
    [id],
  )
  const [row] = rows
  if (!row) return undefined
  const { subject: on, because, ends_at: until, ended_at: ended } = row
  return {
    on,
    because: textForms(session, because),
    until: until.toISOString(),
    endedAt: ended?.toISOString() ?? null,
  }
}

export async function adviceState(session: Session, id: string): Promise<State | undefined> {
  const advice = await adviceNamed(session, id)
  if (!advice) return undefined
  const { givenTo, acts, officer, words, acknowledgedAt = null } = advice
  return { givenTo, acts, words: textForms(session, `${officer}\n${words}`), acknowledgedAt }
}

export async function trainingState(session: Session, id: string): Promise<State | undefined> {
  const { rows } = await session.query<{
    person: string
    subject: string
    given_by: string
    at: Date
    valid_until: Date | null
    exposure_units: number
  }>('SELECT person, subject, given_by, at, valid_until, exposure_units FROM training WHERE id = $1', [id])
  const [row] = rows
  if (!row) return undefined
  const { person, at, valid_until: until, exposure_units: exposureUnits } = row
  const words = textForms(session, `${row.subject}\n${row.given_by}`)
  return { person, at: at.toISOString(), validUntil: until?.toISOString() ?? null, exposureUnits, words }
}

/** By what somebody signs in: how often it was used is not on record, and not held against it. */
export async function credentialState(session: Session, id: string): Promise<State | undefined> {
  const { rows } = await session.query<{
    person: string
    kind: string
    secret: Buffer
    expires_at: Date | null
    ended_at: Date | null
  }>('SELECT person, kind, secret, expires_at, ended_at FROM credential WHERE id = $1', [id])
  const [row] = rows
  if (!row) return undefined
  const { person, kind, expires_at: expires, ended_at: ended } = row
  const secret = row.secret.length === 0 ? null : textForms(session, secretWords(row.secret))
  const times = { expiresAt: expires?.toISOString() ?? null, endedAt: ended?.toISOString() ?? null }
  return { ...{ person, kind, secret }, ...times }
}

/** @param id the first half of the token's digest, in hex: a range of the key */
export async function sessionState(session: Session, id: string): Promise<State | undefined> {
  const { rows } = await session.query<{ person: string; how: string; ends_at: Date; ended_at: Date | null }>(
    `SELECT person, how, ends_at, ended_at FROM session
     WHERE token_hash BETWEEN decode($1 || repeat('0', 32), 'hex') AND decode($1 || repeat('f', 32), 'hex')`,
    [id],
  )
  const [row] = rows
  if (!row || rows.length > 1) return undefined
  const { person, how, ends_at: until, ended_at: ended } = row
  return { how, until: until.toISOString(), actor: `person:${person}`, endedAt: ended?.toISOString() ?? null }
}
