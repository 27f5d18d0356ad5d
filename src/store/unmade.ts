/** Unmade: rows of state that no event made: what somebody wrote into the database past `append`. */
import type { Session } from './database.ts'

/** By the beginning of their streams: the rows of state, each with the name of the stream that must have made it. */
const ROWS: Readonly<Record<string, string>> = {
  'log:': `SELECT 'log:' || number FROM log_continued`,
  'list:': `SELECT 'list:' || id FROM list`,
  'deployment:': `SELECT 'deployment:this' FROM deployment`,
  'vault:': `SELECT 'vault:' || id FROM vault_item`,
  'opening:': `SELECT 'opening:' || id FROM opening`,
  'vault-identity:': `SELECT 'vault-identity:' || recipient FROM vault_identity`,
  'hold:': `SELECT 'hold:' || id FROM hold`,
  'copy:': `SELECT 'copy:' || id FROM copy`,
  'destruction:': `SELECT 'destruction:' || id FROM destruction`,
  'kept:': `SELECT 'kept:' || item || ':' || purpose || ':' || profile FROM kept_for`,
  'discovery:': `SELECT 'discovery:' || id FROM discovery`,
  'telling:': `SELECT 'telling:' || id FROM telling`,
  'person:': `SELECT 'person:' || id FROM person`,
  'authority:': `SELECT 'authority:' || id FROM authority`,
  'risk:': `SELECT 'risk:' || id FROM risk_override`,
  'advice:': `SELECT 'advice:' || id FROM advice`,
  'training:': `SELECT 'training:' || id FROM training`,
  'credential:': `SELECT 'credential:' || id FROM credential`,
  'session:': `SELECT 'session:' || left(encode(token_hash, 'hex'), 32) FROM session`,
  'case:': `SELECT 'case:' || number FROM desk_case`,
  'case-item:': `SELECT 'case-item:' || id FROM case_item`,
  'appeal:': `SELECT 'appeal:' || id FROM appeal`,
  'golden:': `SELECT 'golden:' || id FROM golden_set`,
  'recipient:': `SELECT 'recipient:' || id FROM recipient`,
  'handover:': `SELECT 'handover:' || id FROM handover`,
  'report:': `SELECT 'report:' || id FROM report`,
  'exposure:': `SELECT 'exposure:' || person FROM break_taken UNION SELECT 'exposure:' || person FROM opt_out
    UNION SELECT 'exposure:' || id FROM person WHERE budget_units IS NOT NULL`,
}

/** The beginnings of streams whose rows are known here. */
export const ROWS_KNOWN: readonly string[] = Object.keys(ROWS)

/**
 * The streams of a beginning that have rows and not one event, in order, behind a name; `streamsMax` at most. None for
 * a beginning
 * that is not among `ROWS_KNOWN`.
 */
export async function streamsUnmade(
  session: Session,
  prefix: string,
  behind: string,
  streamsMax: number,
): Promise<string[]> {
  const rows = ROWS[prefix]
  if (rows === undefined) return []
  const found = await session.query<{ stream: string }>(
    `SELECT stream FROM (${rows}) AS made (stream)
      WHERE stream > $1 AND NOT EXISTS (SELECT FROM event WHERE event.stream = made.stream) ORDER BY stream LIMIT $2`,
    [behind, streamsMax],
  )
  return found.rows.map(({ stream }) => stream)
}
