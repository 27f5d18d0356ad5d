/** Findings: what verification finds wrong, each with its place. */

/** Something that is not as it was signed, or does not follow from what was. */
export interface LedgerFault {
  /** The row, leaf, tile, byte or line. */
  readonly place: string
  readonly says: string
}

/** Kept at most; the rest is counted. */
const FAULTS_MAX = 1000

/** What was found so far. */
export class Findings {
  readonly faults: LedgerFault[] = []
  count = 0

  add(place: string, says: string): void {
    this.count++
    if (this.faults.length < FAULTS_MAX) this.faults.push({ place, says })
  }
}
