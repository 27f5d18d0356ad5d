/** Limits: how much one picture, one child and its failing may cost. */

export interface PrioritiserLimits {
  /** Time for one picture; after it the child is killed. */
  readonly secondsMax: number
  /** Time to load the model. */
  readonly startSecondsMax: number
  /** Private memory of the child. */
  readonly memoryBytesMax: number
  /** Pictures after which the child is replaced. */
  readonly picturesPerChild: number
  /** A child that nobody asked anything for so long is ended, to give its memory back. */
  readonly idleSeconds: number
  /** After a failure it is not started again for so long, each time twice as long. */
  readonly restSeconds: number
  readonly restSecondsMax: number
  /** Bytes of an operator's model. */
  readonly modelBytesMax: number
}

export const DEFAULT_LIMITS: PrioritiserLimits = {
  secondsMax: 30,
  startSecondsMax: 180,
  memoryBytesMax: 2 * 1024 * 1024 * 1024,
  picturesPerChild: 2000,
  idleSeconds: 60,
  restSeconds: 15,
  restSecondsMax: 3600,
  modelBytesMax: 512 * 1024 * 1024,
}
