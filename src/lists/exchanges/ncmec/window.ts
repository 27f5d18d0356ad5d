/** Window: the stretch of time that is asked for at once; as long as it can be without too many rows. Spec: v2, §7. */
import type { Resume } from '#terms/exchange'

/** Times in whole seconds since 1970. */
export interface Window {
  readonly from: number
  readonly to: number
  /** Where the last window of this pull ends. */
  readonly until: number
  /** Link to the next page of this window; absent: it begins. */
  readonly next?: string
  /** Rows that its pages had so far. */
  readonly rows: number
}

const SHRINKS = 4
const GROWS = 2
/** A window with fewer rows than this share of the most is nearly empty. */
const NEARLY_EMPTY = 0.25

/** A shorter window from the same time; undefined where it cannot be shorter. */
export function shorter(window: Window): Window | undefined {
  const seconds = window.to - window.from
  if (seconds <= 1) return undefined
  return { from: window.from, to: window.from + Math.ceil(seconds / SHRINKS), until: window.until, rows: 0 }
}

/** The window after one that came to its end; undefined after the last. */
export function following({ from, to, until, rows }: Window, rowsMax: number): Window | undefined {
  if (to >= until) return undefined
  const seconds = (to - from) * (rows < rowsMax * NEARLY_EMPTY ? GROWS : 1)
  return { from: to, to: Math.min(to + seconds, until), until, rows: 0 }
}

export function resumeOf({ from, to, until, next, rows }: Window): Resume {
  return { from, to, until, rows, ...(next !== undefined && { next }) }
}

/** What `resumeOf` gave; undefined for anything else. */
export function windowOf(resume: Resume | undefined): Window | undefined {
  if (!resume) return undefined
  const { from, to, until, rows, next } = resume
  if (![from, to, until, rows].every((one) => Number.isSafeInteger(one))) return undefined
  const numbers = { from, to, until, rows } as Record<'from' | 'to' | 'until' | 'rows', number>
  return typeof next === 'string' ? { ...numbers, next } : numbers
}
