/** Outcome: what a reference code shows: received, looked at or closed, some time after it came to be so. */
import type { Session } from '#store/database'
import { stageByReference } from '#store/report-stages'
import type { ReportStage } from '#terms/report'
import { referenceHash } from './reference.ts'

/** So long that the time of it says nothing of how it was decided. */
const HOURS = 24
const HOUR_MILLISECONDS = 3_600_000

/** How the report with a code stands; undefined where nobody was given that code. */
export async function outcomeOf(
  { database, now }: { readonly database: Session; now(): Date },
  untrustedReference: string,
  hours: number = HOURS,
): Promise<{ readonly stage: ReportStage; readonly receivedAt: string } | undefined> {
  const hash = referenceHash(untrustedReference)
  const asOf = new Date(now().getTime() - hours * HOUR_MILLISECONDS)
  return hash && stageByReference(database, hash, asOf)
}
