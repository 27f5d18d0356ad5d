/** Model: what a prioritiser's child runs: pixels in, scores out. */
import type { Refusal } from './wire.ts'

/** A model that is loaded. */
export interface Model {
  /** Scores that it gives of each picture. */
  readonly outputs: number
  /** @param pixels red, green and blue, row by row */
  scores(pixels: Uint8Array): Promise<readonly number[]>
}

/** Thrown where a model is not what it was said to be. */
export class ModelRefused extends Error {
  readonly because: Refusal

  constructor(because: Refusal, cause?: unknown) {
    super(because, { cause })
    this.because = because
  }
}

/** Does something that fails for one reason. @throws ModelRefused */
export async function refusing<T>(because: Refusal, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof ModelRefused ? error : new ModelRefused(because, error)
  }
}
