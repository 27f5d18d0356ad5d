/** Triage: what the machine's findings amount to for an item and for its case, and what is to be done next. */
import type { Case, CaseItem, CaseItemState, CaseState, Claim, Screening, ScreenMatch } from '#terms/casework'
import type { GateVerdict } from '#terms/gate'

/** What was found of an item, before it is written down. */
export type Found = Pick<Screening, 'outcome' | 'because' | 'matches'>

/** Matches that are kept of an item; it hits more only where lists repeat one another. */
const MATCHES_MAX = 20

/**
 * What a look-up amounts to. *Same*: the same file by SHA-256 as an entry that is relied on, and no dispute about it; then nobody
 * need look. Every other match, also one that a remote matcher reports, is *near* and is confirmed by a person. What could not be
 * checked is *unknown*, and never *none*.
 */
export function foundOf({ verdict, because, matches, remote }: GateVerdict): Found {
  const counted = matches.filter(({ suppressedBy }) => suppressedBy === undefined)
  const kept = counted.slice(0, MATCHES_MAX).map(matchOf)
  if (isSame(counted)) return { outcome: 'same', matches: kept }
  const isRemote = remote?.some(({ kind }) => kind === 'match') === true
  const why = because === undefined ? {} : { because }
  if (counted.length > 0) return { outcome: 'near', ...why, matches: kept }
  if (isRemote) return { outcome: 'near', because: 'remote-match', matches: [] }
  if (verdict === 'unknown') return { outcome: 'unknown', because: because ?? 'unreadable', matches: [] }
  return { outcome: 'none', matches: [] }
}

function isSame(counted: GateVerdict['matches']): boolean {
  const same = counted.filter(({ basis }) => basis === 'sha256')
  return same.some(({ trust }) => trust === 'confirmed') && !counted.some(({ trust }) => trust === 'disputed')
}

function matchOf({
  list,
  entry,
  trust,
  categories,
  basis,
  distance,
}: GateVerdict['matches'][number]): ScreenMatch {
  return { list, entry, trust, categories, basis, ...(distance !== undefined && { distance }) }
}

/** How an item stands by what was found of it. */
export function itemStateOf(
  outcome: Screening['outcome'],
): Extract<CaseItemState, 'known' | Screening['outcome']> {
  return outcome === 'same' ? 'known' : outcome
}

/** True where two findings say the same: nothing need be written down anew. */
export function saysTheSame(one: Found, other: Found): boolean {
  return one.outcome === other.outcome && one.because === other.because && keysOf(one) === keysOf(other)
}

function keysOf({ matches }: Found): string {
  const keys = matches.map(({ list, entry, trust, basis, distance = 0, categories }) =>
    JSON.stringify([list, entry, trust, basis, distance, categories]),
  )
  return keys.toSorted().join()
}

const AGAIN_SECONDS = { least: 60, most: 86_400 }

/** When what is unknown is looked up again: after a minute at first, once a day in the end. @param attempts from 1 */
export function againAfter(attempts: number, at: Date): Date {
  const seconds = Math.min(AGAIN_SECONDS.most, AGAIN_SECONDS.least * 4 ** (attempts - 1))
  return new Date(at.getTime() + seconds * 1000)
}

/** States of items for which somebody is needed, or was. */
const OPEN: ReadonlySet<CaseItemState> = new Set(['new', 'near', 'none', 'unknown'])
const ENDED: ReadonlySet<CaseItemState> = new Set(['known', 'decided'])

/**
 * The state of a case by its items, as far as the machine has a say: it ends *screening*, and closes nothing. Where votes are in
 * it leaves the case as it is. A child at risk now does not wait for the machine, and a case without items is for a person.
 *
 * @param unscreened items that the machine has not looked at and is to
 */
export function stateAfterScreening(
  { state, priority }: Pick<Case, 'state' | 'priority'>,
  items: readonly Pick<CaseItem, 'state'>[],
  unscreened: number,
): CaseState {
  switch (state) {
    case 'closed':
    case 'second':
    case 'third':
      return state
    case 'screening':
      if (unscreened > 0 && !priority.atRisk) return state
      break
    case 'waiting':
    case 'decided':
      break
  }
  if (items.length > 0 && items.every((item) => ENDED.has(item.state))) return 'decided'
  if (items.length === 0 || items.some((item) => OPEN.has(item.state))) return 'waiting'
  if (state !== 'screening') return state
  // Opened again after it was closed while another's word was waited for.
  return items.some((item) => item.state === 'voted') ? 'second' : 'third'
}

/** What somebody does with a case in a state; undefined where it waits for nobody. */
export function purposeOf(state: CaseState): Claim['purpose'] | undefined {
  switch (state) {
    case 'waiting':
      return 'assess'
    case 'second':
      return 'second-review'
    case 'third':
      return 'adjudicate'
    case 'screening':
    case 'decided':
    case 'closed':
      return undefined
  }
}

/** What is to be done next in a case, in one line. */
export function nextWords(
  { state, kind, heldBecause, priority }: Pick<Case, 'state' | 'kind' | 'heldBecause' | 'priority'>,
  items: readonly Pick<CaseItem, 'state' | 'kind' | 'screening'>[],
): string {
  if (heldBecause !== undefined) return 'it is on hold: nothing, until it is taken up again'
  const first = priority.atRisk ? 'a child is at risk now: telephone first; then ' : ''
  return first + stateWords(state, items, kind) + fallenWords(items)
}

/** Says why what was known is looked at after all. */
function fallenWords(items: readonly Pick<CaseItem, 'state' | 'screening'>[]): string {
  const fallen = items.filter(({ state, screening }) => screening?.wasKnown && OPEN.has(state)).length
  if (fallen === 0) return ''
  const what = fallen === 1 ? '1 item was known by an entry' : `${fallen} items were known by entries`
  return `; ${what} that nobody relies on any more: disputed, withdrawn or said to be wrong`
}

function stateWords(
  state: CaseState,
  items: readonly Pick<CaseItem, 'state' | 'kind'>[],
  kind: Case['kind'],
): string {
  const count = (wanted: CaseItemState): number => items.filter((item) => item.state === wanted).length
  switch (state) {
    case 'screening':
      return 'the machine looks at it: nothing for a person yet'
    case 'waiting': {
      if (items.length === 0) return 'read what was reported: there is no picture'
      if (kind === 'young-people' || kind === 'workplace')
        return 'read what was reported: no picture is taken here'
      const near = count('near')
      if (near > 0) return `confirm ${near} near ${near === 1 ? 'match' : 'matches'} by the cheapest view`
      const unknown = count('unknown')
      if (unknown === items.length) return `assess: nothing could be checked of ${unknown} of ${items.length}`
      return 'assess, from the least that is enough to decide'
    }
    case 'second':
      return 'grade it yourself: another’s grade is not shown before yours is in'
    case 'third':
      return 'two people disagree: decide'
    case 'decided':
      return 'nothing waits for a person: close it, or go on with what follows'
    case 'closed':
      return 'nothing: it is closed'
  }
}
