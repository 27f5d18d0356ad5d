/** Prioritiser: what a model is taken to say of a picture: how soon, and what somebody may see. It is never a finding. */

/** What a person is warned of before a look. There is none of an age: that is never anything but a guess. */
export const WARNINGS = ['likely-explicit', 'likely-suggestive', 'likely-drawn', 'likely-violent'] as const
export type Warning = (typeof WARNINGS)[number]

/** What one of a model's scores counts for. */
export interface OutputCounted {
  /** Its place among the scores, from 0. */
  readonly at: number
  /** Points that a score of 1 adds, −10 to 10. */
  readonly weight: number
  /** Said of a picture whose score is `from` or more; a half unless given. */
  readonly warning?: Warning
  readonly from?: number
}

/** How an operator's own model is asked, and what its answers count for. */
export interface OnnxAsked {
  /** Absolute. */
  readonly file: string
  /** Pixels that it takes. */
  readonly width: number
  readonly height: number
  /** How its input lies: channels first, or last. */
  readonly layout: 'nchw' | 'nhwc'
  /** Of red, green and blue between 0 and 1: what is taken away, and what it is then divided by. */
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
  /** What makes scores from 0 to 1 of its first output; `given` where it does so itself. */
  readonly scores: 'given' | 'softmax' | 'sigmoid'
  readonly outputs: readonly OutputCounted[]
}

/** Outputs that a model may have. */
export const OUTPUTS_MAX = 1000
/** How far a case is moved at most. */
export const POINTS_MAX = 10
