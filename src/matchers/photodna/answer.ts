/** Answer: what the PhotoDNA Match service says: a status of its own inside the answer, and which lists matched. */
import { Fault } from '#terms/fault'
import { membersOf, wordOf } from '../status.ts'

export type PhotoDnaSaid =
  | { readonly kind: 'none' }
  | { readonly kind: 'match'; readonly category?: string }
  /** It does not take this item. */
  | { readonly kind: 'unanswered'; readonly because: string }

const OK = 3000
/** Statuses that speak of the item; every other one but OK speaks of the service. */
const NOT_TAKEN: Readonly<Record<number, string>> = {
  3206: 'it could not verify the item as a picture (3206)',
  3208: 'the picture is smaller or larger than it takes (3208)',
}
const FAILED: Readonly<Record<number, string>> = {
  3002: 'it found the question invalid (3002)',
  3004: 'it failed for an unknown reason (3004)',
}
const FLAGS_MAX = 100

/**
 * Parses an answer of Match. An HTTP 200 may carry a failure.
 *
 * @throws Fault `remote.failed` where the service failed, or where the answer is not understood
 */
export function parseMatch(untrusted: unknown): PhotoDnaSaid {
  const members = membersOf(untrusted)
  const code = membersOf(members?.['Status'])?.['Code']
  if (!members || typeof code !== 'number') throw wrong('its answer has no status')
  const because = NOT_TAKEN[code]
  if (because !== undefined) return { kind: 'unanswered', because }
  if (code !== OK) throw wrong(FAILED[code] ?? `it failed with status ${code}`)
  const isMatch = members['IsMatch']
  if (typeof isMatch !== 'boolean') throw wrong('its answer does not say whether it matched')
  if (!isMatch) return { kind: 'none' }
  const category = categoryOf(membersOf(members['MatchDetails'])?.['MatchFlags'])
  return { kind: 'match', ...(category !== undefined && { category }) }
}

/** Whose lists matched and what they say, as `NCMEC A1, IWF A`. A match without it stays a match. */
function categoryOf(untrustedFlags: unknown): string | undefined {
  if (!Array.isArray(untrustedFlags)) return undefined
  const words = untrustedFlags.slice(0, FLAGS_MAX).flatMap((untrusted) => {
    const flag = membersOf(untrusted)
    const violations = Array.isArray(flag?.['Violations']) ? flag['Violations'].slice(0, FLAGS_MAX) : []
    const said = [flag?.['Source'], ...violations].map(wordOf).filter((word) => word !== undefined)
    return said.length > 0 ? [said.join(' ')] : []
  })
  return words.length > 0 ? words.join(', ').slice(0, 200) : undefined
}

function wrong(because: string): Fault {
  return new Fault('remote.failed', because)
}
