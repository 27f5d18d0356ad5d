/** Levels: from the view that shows least to the whole picture, which comes next, and what a grade then rests on. */
import type { Basis } from '#terms/casework'
import type { ViewLevel } from '#terms/evidence'
import type { Purpose, Role } from '#terms/people'
import type { ItemTold } from './walk.ts'

/** A level that shows pixels. */
export type PictureLevel = Exclude<ViewLevel, 'card'>

export const LADDER: readonly PictureLevel[] = ['thumbnail', 'blurred', 'region', 'full']

export const levelWords: Readonly<Record<PictureLevel, { readonly title: string; readonly words: string }>> =
  {
    thumbnail: { title: 'Thumbnail', words: 'small and grey' },
    blurred: { title: 'Blurred', words: 'colours and shapes, nothing finer' },
    region: { title: 'Region', words: 'a part of it, sharp' },
    full: { title: 'Whole picture', words: 'sharp and in colour' },
  }

/** A picture as one that is looked at, a video, or nothing that could be looked at. */
export type Lookable = 'picture' | 'video' | 'nothing'

/** What of an item could be looked at. */
export function lookableOf({ item, mediaType = '' }: ItemTold): Lookable {
  if (item === undefined) return 'nothing'
  return mediaType.startsWith('video/') ? 'video' : 'picture'
}

/** The highest level that was on the screen. */
export function highest(seen: ReadonlySet<PictureLevel>): PictureLevel | undefined {
  return LADDER.findLast((level) => seen.has(level))
}

/** The cheapest level above what was seen; undefined after the whole picture. */
export function nextLevel(
  seen: ReadonlySet<PictureLevel>,
  { hasRegions }: { readonly hasRegions: boolean },
): PictureLevel | undefined {
  const top = highest(seen)
  const above = top === undefined ? LADDER : LADDER.slice(LADDER.indexOf(top) + 1)
  return above.find((level) => level !== 'region' || hasRegions)
}

/** Bases of a grade by somebody who saw no picture. */
export const UNSEEN_BASES = ['hash', 'text', 'metadata', 'third-party'] as const satisfies readonly Basis[]
export type UnseenBasis = (typeof UNSEEN_BASES)[number]

/** What a grade rests on: what was on the screen, and nothing more. A blurred picture says no more than a small grey one. */
export function basisOf(seen: ReadonlySet<PictureLevel>, unseen: UnseenBasis): Basis {
  const top = highest(seen)
  return top === undefined ? unseen : top === 'blurred' ? 'thumbnail' : top
}

/** The basis of a grade without a view, where the person names no other. */
export function unseenBasisOf({ hashes, screening }: ItemTold): UnseenBasis {
  const hasHash = Object.keys(hashes).length > 0 || (screening?.matches.length ?? 0) > 0
  return hasHash ? 'hash' : 'text'
}

/** Bits of 256 that may differ for a match to be as good as the same picture. */
const CLOSE_BITS_MAX = 8

/** What is likely to be enough for an item, in one line. */
export function adviceFor(item: ItemTold): string {
  const { screening, state } = item
  if (state === 'known') return 'The same file as an entry that is relied on: nobody need look.'
  if (lookableOf(item) === 'nothing') return 'Nothing is held that could be looked at: grade it on the words.'
  const matches = screening?.matches ?? []
  const isGood = ({ trust, distance }: (typeof matches)[number]): boolean =>
    trust === 'confirmed' && (distance ?? 0) <= CLOSE_BITS_MAX
  if (matches.some(isGood))
    return 'It is close to a confirmed entry. The hash may be enough; the thumbnail settles most doubts.'
  if (matches.length > 0)
    return 'It is near a known entry: the thumbnail is likely to be enough to confirm it.'
  if (lookableOf(item) === 'video')
    return 'On none of the lists. A strip of key frames is the least that shows it.'
  return 'On none of the lists. Begin with the least view, and stop where a decision is possible.'
}

const PURPOSES_OF_ROLE: Partial<Readonly<Record<Role, readonly Purpose[]>>> = {
  analyst: ['assess', 'confirm-near', 'report', 'identify-child'],
  reviewer: ['second-review', 'adjudicate', 'confirm-near', 'appeal'],
  supervisor: ['adjudicate', 'appeal'],
  officer: ['investigate', 'confirm-near', 'identify-child', 'proceedings'],
  examiner: ['investigate', 'confirm-near', 'identify-child', 'proceedings'],
}

/** Purposes that somebody can look for, that of the claim first. The service decides; this only spares them a refusal. */
export function purposesFor(roles: readonly Role[], claimed: Purpose): Purpose[] {
  const may = new Set(roles.flatMap((role) => PURPOSES_OF_ROLE[role] ?? []))
  return [...may].toSorted((a, b) => Number(b === claimed) - Number(a === claimed))
}

export const purposeWords: Partial<Readonly<Record<Purpose, string>>> = {
  assess: 'to assess it',
  'second-review': 'to review it as a second person',
  adjudicate: 'to settle a disagreement',
  'confirm-near': 'to confirm a near match',
  report: 'to report it',
  investigate: 'to investigate',
  'identify-child': 'to identify a child',
  proceedings: 'for proceedings',
  appeal: 'to decide an appeal',
}
