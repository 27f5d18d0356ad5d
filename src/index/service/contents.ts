/** Contents: all that the index in service holds of the register as of one change, and what a hit row means. */

import { HammingIndex } from '@tutela/kernels/hamming'
import { hammingModule } from '@tutela/kernels/node'
import { DIGEST_KINDS, type DigestKind } from '#terms/hash'
import type { FeedJudgement } from '#terms/index-feed'
import type { IndexedRegisterList } from '#terms/lookup'
import { CategoryTable } from './categories.ts'
import { DigestRuns } from './digest-runs.ts'
import { Facts } from './facts.ts'
import { Groups } from './groups.ts'
import { Holdings } from './holdings.ts'

/** Additions to the PDQ index that are scanned before they are ordered. */
export const DELTA_ENTRIES_MAX = 8_192

/** What the contents are made of. */
export interface ContentsParts {
  /** The change that they are as of. */
  readonly number: number
  readonly mark: string
  readonly lists: readonly IndexedRegisterList[]
  readonly judgements: readonly FeedJudgement[]
  readonly facts: Facts
  readonly groups: Groups
  readonly categories: CategoryTable
  readonly holdings: Holdings
  readonly digests: Readonly<Record<DigestKind, DigestRuns>>
  readonly pdq: HammingIndex
}

/** The register as the index knows it. */
export class Contents {
  /** Every change up to this one is visible. */
  number: number
  mark: string
  /** Later changes that are visible already. */
  readonly ahead = new Set<number>()
  /** Another map whenever anything became visible. */
  lists: ReadonlyMap<number, IndexedRegisterList>
  readonly judgements: Map<number, FeedJudgement>
  readonly facts: Facts
  readonly groups: Groups
  readonly categories: CategoryTable
  readonly holdings: Holdings
  readonly digests: Readonly<Record<DigestKind, DigestRuns>>
  readonly pdq: HammingIndex

  constructor(parts: ContentsParts) {
    this.number = parts.number
    this.mark = parts.mark
    this.lists = new Map(parts.lists.map((list) => [list.id, list]))
    this.judgements = new Map(parts.judgements.map((judgement) => [judgement.entry, judgement]))
    this.facts = parts.facts
    this.groups = parts.groups
    this.categories = parts.categories
    this.holdings = parts.holdings
    this.digests = parts.digests
    this.pdq = parts.pdq
  }

  /** The next change is visible, and with it every one up to it. */
  reach({ number, mark }: { readonly number: number; readonly mark: string }): void {
    this.number = number
    this.mark = mark
    this.ahead.delete(number)
  }

  /** The list of a row that stands; 0 for a row that does not. */
  listOf(row: number): number {
    return this.groups.list(this.facts.group(row))
  }

  /** True of a row that stands or will. */
  isKept(row: number): boolean {
    return this.groups.isAlive(this.facts.group(row))
  }

  /** Bytes of memory, about. */
  get bytes(): number {
    const digests = DIGEST_KINDS.reduce((bytes, kind) => bytes + this.digests[kind].bytes, 0)
    return this.facts.bytes + this.pdq.bytes + digests
  }
}

/** Contents of nothing, to be filled. @param distanceMax distance that PDQ look-ups are laid out for */
export async function emptyParts(
  distanceMax: number,
): Promise<Omit<ContentsParts, 'number' | 'mark' | 'lists' | 'judgements'>> {
  return {
    facts: new Facts(),
    groups: new Groups(),
    categories: new CategoryTable(),
    holdings: new Holdings(),
    digests: { md5: new DigestRuns('md5'), sha1: new DigestRuns('sha1'), sha256: new DigestRuns('sha256') },
    pdq: await builtPdq(new Uint8Array(0), new Uint32Array(0), distanceMax),
  }
}

/** A PDQ index of so many hashes, with the rows that carry them. */
export async function builtPdq(
  hashes: Uint8Array,
  rows: Uint32Array,
  distanceMax: number,
): Promise<HammingIndex> {
  const options = { distanceMax, deltaEntriesMax: DELTA_ENTRIES_MAX }
  return HammingIndex.build(await hammingModule(), hashes, rows, options)
}
