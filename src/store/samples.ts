/** Samples: which decisions were drawn for one more review, and how these ended. */
import type { CaseItemId } from '#terms/casework'
import type { Session } from './database.ts'

/** A draw as it was written down with its decision. */
export interface DrawWritten {
  readonly item: CaseItemId
  /** ISO 8601: when it was decided. */
  readonly at: string
  readonly perMillion: number
  readonly isDrawn: boolean
}

/** Draws since a time, in the order in which they were made. */
export async function drawsSince(session: Session, since: Date, limit: number): Promise<DrawWritten[]> {
  const { rows } = await session.query<{
    item: CaseItemId
    at: Date
    per_million: number
    is_drawn: boolean
  }>(
    `SELECT substr(stream, length('case-item:') + 1) AS item, at, (body->'sample'->>'perMillion')::int AS per_million,
            (body->'sample'->>'isDrawn')::boolean AS is_drawn
       FROM event WHERE kind = 'case-item.decided' AND at >= $1 AND body ? 'sample' ORDER BY id LIMIT $2`,
    [since, limit],
  )
  return rows.map(({ item, at, per_million: perMillion, is_drawn: isDrawn }) => {
    return { item, at: at.toISOString(), perMillion, isDrawn }
  })
}

/** How many decisions since a time were drawn, and how the reviews of these ended. */
export interface SampleFigures {
  readonly decided: number
  readonly drawn: number
  readonly waits: number
  readonly agreed: number
  readonly upheld: number
  readonly changed: number
}

/** Counted over decisions as they stand. */
export async function sampleFigures(session: Session, since: Date): Promise<SampleFigures> {
  const { rows } = await session.query<SampleFigures>(
    `SELECT count(*)::int AS decided,
            count(*) FILTER (WHERE drawn)::int AS drawn,
            count(*) FILTER (WHERE drawn AND outcome IS NULL)::int AS waits,
            count(*) FILTER (WHERE outcome = 'agreed')::int AS agreed,
            count(*) FILTER (WHERE outcome = 'upheld')::int AS upheld,
            count(*) FILTER (WHERE outcome = 'changed')::int AS changed
       FROM (SELECT (decision->'sample'->>'isDrawn')::boolean AS drawn, decision->'sample'->>'outcome' AS outcome
               FROM case_item WHERE decided_at >= $1 AND decision ? 'sample') AS sampled`,
    [since],
  )
  const [figures] = rows
  if (!figures) throw new TypeError('the database did not return what it was asked to')
  return figures
}
