/** Called: which checks the lists call for, and what could not be checked of an item that came as hashes. Pure. */
import type { CheckMade, GateReason } from '#terms/gate'
import { DIGEST_KINDS, type HashKind } from '#terms/hash'
import { type Fingerprint, type IndexedRegisterList, KIND_BITS } from '#terms/lookup'

const PDQ = KIND_BITS.pdq
const ANY = (1 << Object.keys(KIND_BITS).length) - 1

/** What the entries of some lists hold. */
export interface Called {
  /** Combinations of `KIND_BITS` that entries have. */
  readonly combinations: ReadonlySet<number>
  /** The kinds of hash among them: the checks that the lists call for. */
  readonly kinds: ReadonlySet<HashKind>
  /** True when some entry has nothing but a PhotoDNA value, which is not looked up here. */
  readonly isPartly: boolean
}

/** What the lists that may alert call for. Known-good sets call for nothing: they only set matches aside. */
export function calledBy(lists: Iterable<IndexedRegisterList>): Called {
  const combinations = new Set<number>()
  for (const list of lists) {
    if (list.kind === 'known-good' || list.entries === 0) continue
    for (const one of list.holds ?? allCombinations()) combinations.add(one)
  }
  const all = [...combinations].reduce((bits, one) => bits | one, 0)
  const kinds = Object.entries(KIND_BITS).filter(([, bit]) => (all & bit) !== 0)
  return {
    combinations,
    kinds: new Set(kinds.map(([kind]) => kind as HashKind)),
    isPartly: combinations.has(0),
  }
}

function allCombinations(): number[] {
  return Array.from({ length: ANY }, (_, at) => at + 1)
}

/** What came of the PDQ hashes of an item: looked up, all below the quality that can be, or none was given. */
export type PdqGiven = 'searchable' | 'plain' | 'none'

/**
 * Why *none* cannot be said of an item that came as hashes; undefined when it can.
 *
 * An entry is covered by any digest that it has and the item gave, or by PDQ when both have it, since the same file has the
 * same PDQ. An entry with PDQ is covered by PDQ only, since an edited copy has no digest in common.
 */
export function whyNotCovered(called: Called, given: Fingerprint, pdq: PdqGiven): GateReason | undefined {
  const digests = DIGEST_KINDS.reduce((bits, kind) => bits | (given.digests[kind] ? KIND_BITS[kind] : 0), 0)
  if (called.kinds.has('pdq') && pdq !== 'searchable') return pdq === 'plain' ? 'plain' : 'not-given'
  const covering = pdq === 'searchable' ? digests | PDQ : digests
  for (const one of called.combinations) if (one !== 0 && (one & covering) === 0) return 'not-given'
  return undefined
}

/** The checks that were made with what was given, among those that the lists call for. */
export function checksMade(called: Called, { digests, pdq }: Fingerprint): CheckMade[] {
  const made: CheckMade[] = []
  for (const kind of DIGEST_KINDS) if (called.kinds.has(kind) && digests[kind]) made.push({ basis: kind })
  if (!called.kinds.has('pdq') || pdq.length === 0) return made
  const [only] = pdq
  if (pdq.length === 1 && only) {
    made.push({ basis: 'pdq', orientations: [only.orientation], regions: [only.region], frames: 1 })
    return made
  }
  const orientations = new Set(pdq.map((asked) => asked.orientation))
  const regions = new Set(pdq.map((asked) => asked.region))
  const frames = new Set(pdq.map((asked) => asked.frame)).size
  made.push({ basis: 'pdq', orientations: [...orientations], regions: [...regions], frames })
  return made
}
