/** Seconds: whether what was seen of a video, piece by piece, is every second of it: pure. */

/** Seconds of a video that were all shown to somebody in full. */
export interface SecondsSeen {
  /** Counted from 0; the last one is left out. */
  readonly from: number
  readonly until: number
  /** Of the whole video. */
  readonly inAll: number
}

/** A frame that was on the screen for less was not seen, whatever is said. */
const FRAME_MILLISECONDS_MIN = 100

/** True where so many frames can have been seen in that time. */
export function areSeenIn(milliseconds: number, frames: number): boolean {
  return milliseconds >= frames * FRAME_MILLISECONDS_MIN
}

/** True where every second is in some piece. Where pieces differ in how long the video is, the longest counts. */
export function coversSeconds(pieces: readonly SecondsSeen[]): boolean {
  const inAll = Math.max(...pieces.map((one) => one.inAll))
  let until = 0
  for (const piece of pieces.toSorted((a, b) => a.from - b.from)) {
    if (piece.from > until) break
    until = Math.max(until, piece.until)
  }
  return pieces.length > 0 && inAll > 0 && until >= inAll
}
