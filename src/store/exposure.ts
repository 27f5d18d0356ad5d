/** Exposure: what people looked at on a day, their breaks and opt-outs, and the totals of days that are over. */
import { newId } from '#ground/id'
import type { Canonical } from '#terms/event'
import type { ViewLevel } from '#terms/evidence'
import type { ExposureDay, OptOut, OptOutCategory } from '#terms/exposure'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { append, type Signed } from './append.ts'
import type { Session, Transaction } from './database.ts'

const DAY_MILLISECONDS = 86_400_000

/** The stream of a person's breaks and opt-outs. */
export function exposureStream(person: PersonId): string {
  return `exposure:${person}`
}

/** A person's day as it stands, the day being that of `at` in UTC. */
export async function exposureDay(session: Session, person: PersonId, at: Date): Promise<ExposureDay> {
  const day = at.toISOString().slice(0, 10)
  const span = [new Date(`${day}T00:00:00Z`), new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MILLISECONDS)]
  const looks = await session.query<{ level: ViewLevel; from: Date; until: Date; units: number }>(
    `SELECT level, granted_at AS from, exposure_units AS units,
            coalesce(ended_at, coalesce(released_at, granted_at) + box_seconds * interval '1 second') AS until
       FROM opening WHERE person = $1 AND kind = 'viewing' AND granted_at >= $2 AND granted_at < $3
      ORDER BY granted_at, id`,
    [person, new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MILLISECONDS), span[1]],
  )
  const breaks = await session.query<{ from: Date; until: Date }>(
    `SELECT from_at AS from, until_at AS until FROM break_taken
      WHERE person = $1 AND until_at >= $2 AND from_at < $3 ORDER BY from_at`,
    [person, ...span],
  )
  const { rows } = await session.query<{ budget: number | null; training: string | null }>(
    `SELECT budget_units AS budget,
            (SELECT sum(exposure_units) FROM training WHERE person = $1 AND at >= $2 AND at < $3) AS training
       FROM person WHERE id = $1`,
    [person, ...span],
  )
  const budget = rows[0]?.budget ?? undefined
  const all = looks.rows.map((row) => ({
    ...row,
    from: row.from.toISOString(),
    until: row.until.toISOString(),
  }))
  return {
    day,
    looks: all.filter(({ from }) => from >= day),
    before: all.filter(({ from }) => from < day),
    trainingUnits: Number(rows[0]?.training ?? 0),
    breaks: breaks.rows.map(({ from, until }) => ({ from: from.toISOString(), until: until.toISOString() })),
    optOuts: await optOutsOf(session, person, at),
    ...(budget !== undefined && { budgetUnits: budget }),
  }
}

/** The opt-outs of a person that are in force. */
async function optOutsOf(session: Session, person: PersonId, at: Date): Promise<OptOut[]> {
  const { rows } = await session.query<{
    id: string
    category: OptOutCategory
    from: Date
    until: Date | null
  }>(
    `SELECT id, category, from_at AS from, until_at AS until FROM opt_out
      WHERE person = $1 AND ended_at IS NULL AND from_at <= $2 AND (until_at IS NULL OR until_at > $2)
      ORDER BY from_at, id`,
    [person, at],
  )
  return rows.map(({ id, category, from, until }) => ({
    ...{ id, category, from: from.toISOString() },
    ...(until && { until: until.toISOString() }),
  }))
}

/** Records that a person takes a break until then. */
export async function takeBreak(
  tx: Transaction,
  person: PersonId,
  until: Date,
  signed: Signed,
): Promise<void> {
  const version = await lockStream(tx, person)
  await tx.query(`INSERT INTO break_taken (person, from_at, until_at, kind) VALUES ($1, $2, $3, 'break')`, [
    person,
    signed.at,
    until,
  ])
  const body = { until: until.toISOString() }
  await append(tx, exposureStream(person), version, [{ kind: 'exposure.break-taken', body }], signed)
}

/** Records that a person opts out. No reason is taken. @returns the opt-out's id */
export async function optOut(
  tx: Transaction,
  person: PersonId,
  category: OptOutCategory,
  until: Date | undefined,
  signed: Signed,
): Promise<string> {
  const version = await lockStream(tx, person)
  const id = newId('u')
  await tx.query(
    'INSERT INTO opt_out (id, person, category, from_at, until_at) VALUES ($1, $2, $3, $4, $5)',
    [id, person, category, signed.at, until ?? null],
  )
  const body = { id, category, until: until?.toISOString() ?? null }
  await append(tx, exposureStream(person), version, [{ kind: 'exposure.opted-out', body }], signed)
  return id
}

/** Takes an opt-out back. @throws Fault `evidence.unknown` for one that is not the person's, or was taken back before */
export async function optIn(tx: Transaction, person: PersonId, id: string, signed: Signed): Promise<void> {
  const version = await lockStream(tx, person)
  const { rowCount } = await tx.query(
    'UPDATE opt_out SET ended_at = $3 WHERE id = $1 AND person = $2 AND ended_at IS NULL',
    [id, person, signed.at],
  )
  if (rowCount === 0) throw new Fault('evidence.unknown', `there is no opt-out ${id}`)
  await append(tx, exposureStream(person), version, [{ kind: 'exposure.opted-in', body: { id } }], signed)
}

/** Sets the units that a person may have in a day; the deployment's own where none are given. */
export async function setBudget(
  tx: Transaction,
  person: PersonId,
  units: number | undefined,
  signed: Signed,
): Promise<void> {
  const version = await lockStream(tx, person)
  const { rowCount } = await tx.query('UPDATE person SET budget_units = $2 WHERE id = $1', [
    person,
    units ?? null,
  ])
  if (rowCount === 0) throw new Fault('people.unknown', `there is nobody with the pseudonym ${person}`)
  const body = { units: units ?? null }
  await append(tx, exposureStream(person), version, [{ kind: 'exposure.budget-set', body }], signed)
}

/** Sums of each day from one to another, both included. */
export async function daySums(
  session: Session,
  from: string,
  to: string,
): Promise<
  { readonly day: string; readonly people: number; readonly looks: number; readonly units: number }[]
> {
  const { rows } = await session.query<{ day: string; people: string; looks: string; units: string }>(
    // Training is counted as units, and not as people: whoever records one could else make a day of few look like one of many.
    `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(DISTINCT person) FILTER (WHERE looks > 0) AS people,
            sum(looks) AS looks, sum(units) AS units
       FROM (SELECT person, granted_at AS at, 1 AS looks, exposure_units AS units FROM opening
              WHERE kind = 'viewing' AND level <> 'card'
             UNION ALL
             SELECT person, at, 0, exposure_units FROM training WHERE exposure_units > 0) one
      WHERE at >= $1::timestamptz AND at < $2::timestamptz + interval '1 day'
      GROUP BY 1 ORDER BY 1`,
    [`${from}T00:00:00Z`, `${to}T00:00:00Z`],
  )
  return rows.map((row) => ({
    day: row.day,
    people: Number(row.people),
    looks: Number(row.looks),
    units: Number(row.units),
  }))
}

/** Locks a person's row, at which everything that changes their exposure meets. @returns the version of the stream */
async function lockStream(tx: Transaction, person: PersonId): Promise<number> {
  await lockExposure(tx, person)
  const { rows } = await tx.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM event WHERE stream = $1',
    [exposureStream(person)],
  )
  return rows[0]?.version ?? 0
}

/** Makes what reads a person's exposure to decide on it wait for what changes it. */
export async function lockExposure(tx: Transaction, person: PersonId): Promise<void> {
  // An advisory lock, since a share of the person's row is held by whoever acts: two of them would wait for each other.
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [exposureStream(person)])
}

/** Breaks, opt-outs and budget of a person as they stand, to be held against their events. */
export async function exposureState(
  session: Session,
  person: PersonId,
): Promise<Readonly<Record<string, Canonical>>> {
  const breaks = await session.query<{ from: Date; until: Date }>(
    'SELECT from_at AS from, until_at AS until FROM break_taken WHERE person = $1 ORDER BY from_at, until_at',
    [person],
  )
  const optOuts = await session.query<{
    id: string
    category: string
    from: Date
    until: Date | null
    ended: Date | null
  }>(
    `SELECT id, category, from_at AS from, until_at AS until, ended_at AS ended FROM opt_out
      WHERE person = $1 ORDER BY from_at, id`,
    [person],
  )
  const { rows } = await session.query<{ budget: number | null }>(
    'SELECT budget_units AS budget FROM person WHERE id = $1',
    [person],
  )
  const budget = rows[0]?.budget ?? undefined
  return {
    breaks: breaks.rows.map(({ from, until }) => ({ from: from.toISOString(), until: until.toISOString() })),
    optOuts: optOuts.rows.map(({ id, category, from, until, ended }) => ({
      ...{ id, category, from: from.toISOString() },
      ...{ until: until?.toISOString() ?? null, endedAt: ended?.toISOString() ?? null },
    })),
    ...(budget !== undefined && { budgetUnits: budget }),
  }
}
