/** Best: of all that a file matched, the strongest, and what else stands beside it, in words. */
import type { FileLine } from '#terms/scan'
import type { Match } from '#terms/verdict'
import { counted } from '../numbers.ts'

/** A file's strongest match as it is shown. */
export interface BestMatch {
  readonly match: Match
  /** What the match rests on: the strongest basis, and the others by which the same entry matched. */
  readonly basis: string
  /** Further entries, in words; empty when there is none. */
  readonly others: string
}

/** The strongest match of a line that has one: matches come strongest first. */
export function bestMatch({ matches, more }: FileLine): BestMatch {
  const [match] = matches
  if (!match) throw new Error('a match without an entry')
  const isSame = (other: Match): boolean => other.list === match.list && other.entry === match.entry
  const also = matches.filter((other) => other !== match && isSame(other)).map(basisWords)
  const others = new Set(
    matches.filter((other) => !isSame(other)).map(({ list, entry }) => `${entry} ${list}`),
  )
  const count = counted(others.size, 'more entry', 'more entries')
  return {
    match,
    basis: `${basisWords(match)}${also.length > 0 ? ` (also ${also.join(', ')})` : ''}`,
    others: others.size === 0 ? '' : more ? `at least ${count}` : count,
  }
}

/** What a match rests on: the digest's name, or PDQ with its distance and how the picture was turned. */
function basisWords(match: Match): string {
  if (match.basis !== 'pdq') return match.basis
  const turned = match.orientation === 'orig' ? '' : ` ${match.orientation}`
  const region = match.region === 'unbordered' ? ' without border' : ''
  const frame = match.frame ? ` frame ${match.frame}` : ''
  return `pdq ${match.distance}${turned}${region}${frame}`
}
