/** Verdict: what the readings of a file and the hits in the lists amount to. Pure. */
import type { HashKind, Orientation } from '#terms/hash'
import { DIGEST_KINDS, ORIENTATIONS } from '#terms/hash'
import type { Content, FileReading, FrameHashes } from '#terms/media'
import type { Check, Match, Reason, Region, Verdict } from '#terms/verdict'

/** A PDQ hash below this quality is not searched: its bits are mostly noise (PDQ's authors advise 50). */
export const QUALITY_MIN = 50

/** The largest distance at which two PDQ hashes count as the same picture, unless asked otherwise. */
export const DISTANCE_MAX = 31

/** One hash to look up, and where in the file it came from. */
export interface PdqQuery {
  readonly frame: number
  readonly region: Region
  readonly orientation: Orientation
  readonly hash: Uint8Array
}

/** What is said of a file, without its name. */
export interface Judgement {
  readonly verdict: Verdict
  readonly because?: Reason
  readonly checked: readonly Check[]
  readonly matches: readonly Match[]
  /** True when the file matched more entries than are listed. */
  readonly more: boolean
}

/** The hashes of a content that are looked up: eight orientations of every region that is not plain. */
export function pdqQueries(content: Content): PdqQuery[] {
  if (content.kind !== 'picture') return []
  return content.frames.filter(isSearchable).flatMap(orientationsOf)
}

/** Why not everything in a content could be hashed; undefined when everything was, or there was nothing to hash. */
export function whyIncomplete(content: Content): Reason | undefined {
  switch (content.kind) {
    case 'other':
      return undefined
    case 'unknown':
      return content.because
    case 'picture':
      return content.incomplete
  }
}

/** True of a frame with enough in it for PDQ to be searched by. */
export function isSearchable(frame: FrameHashes): boolean {
  return frame.quality >= QUALITY_MIN
}

function orientationsOf({ frame, region, orientations }: FrameHashes): PdqQuery[] {
  return ORIENTATIONS.map((orientation, at) => ({
    frame,
    region,
    orientation,
    hash: orientations.subarray(at * 32, at * 32 + 32),
  }))
}

/**
 * Judges a file: *match* if any check matched; else *unknown* if a check that the lists call for could not be
 * made on some part; else *none*.
 *
 * @param calls the kinds of hash that the lists hold, which are the checks that they call for
 */
export function judge(
  reading: FileReading,
  calls: ReadonlySet<HashKind>,
  found: { readonly matches: readonly Match[]; readonly more: boolean },
): Judgement {
  const because = whyUnknown(reading, calls)
  const checked = checksMade(reading, calls)
  const answer = { checked, matches: found.matches, more: found.more }
  if (found.matches.length > 0) return { verdict: 'match', ...answer, ...(because && { because }) }
  if (because !== undefined) return { verdict: 'unknown', because, ...answer }
  return { verdict: 'none', ...answer }
}

function checksMade(reading: FileReading, calls: ReadonlySet<HashKind>): Check[] {
  if (reading.kind === 'unread') return []
  const digests: Check[] = DIGEST_KINDS.filter((kind) => calls.has(kind))
  const searched = calls.has('pdq') && pdqQueries(reading.content).length > 0
  return searched ? [...digests, 'pdq'] : digests
}

/** Why the file cannot be said to hold nothing known; undefined when every check called for was made. */
export function whyUnknown(reading: FileReading, calls: ReadonlySet<HashKind>): Reason | undefined {
  if (reading.kind === 'unread') return reading.because
  const because = whyIncomplete(reading.content) ?? whyPlain(reading.content)
  return because && (calls.has('pdq') || hidesFiles(because)) ? because : undefined
}

/** A container's or a cipher's inner files have digests of their own, which no list could be asked about. */
function hidesFiles(because: Reason): boolean {
  return because === 'container' || because === 'encrypted'
}

/** A picture is plain when nothing in it can be searched by PDQ. */
export function whyPlain(content: Content): 'plain' | undefined {
  return content.kind === 'picture' && !content.frames.some(isSearchable) ? 'plain' : undefined
}
