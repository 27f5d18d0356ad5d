/** Gathering: the hashes of one file's frames as they are decoded, and why some are missing. */
import type { Pdq, Pixels } from '@tutela/kernels/pdq'
import type { FrameHashes } from '#terms/media'
import type { Reason } from '#terms/verdict'
import { unbordered } from './border.ts'
import type { ChildLimits } from './limits.ts'
import type { PictureAnswer } from './wire.ts'

/** Collects one file's hashes. It lives as long as the decoding of that file. */
export class Gathering {
  readonly limits: ChildLimits
  readonly #pdq: Pdq
  readonly #deadline: number
  readonly #frames: FrameHashes[] = []
  #width = 0
  #height = 0
  #next = 0
  #because: Reason | undefined
  #before: Pixels | undefined

  constructor(pdq: Pdq, limits: ChildLimits) {
    this.#pdq = pdq
    this.limits = limits
    this.#deadline = performance.now() + limits.secondsMax * 1000
  }

  /** True when no further frame may be looked at; the file is then marked as cut off by a limit. */
  isFull(): boolean {
    const full = this.#next >= this.limits.framesMax || performance.now() > this.#deadline
    if (full) this.miss('frames-limit')
    return full
  }

  /** Notes that some part was not checked; the first reason stands. */
  miss(because: Reason): void {
    this.#because ??= because
  }

  /** Notes that the file ends before its picture does, which explains it when nothing could be decoded. */
  cutShort(): void {
    if (this.#frames.length === 0 && this.#because !== 'too-large') this.#because = 'truncated'
  }

  /** Counts a frame that could not be decoded, so that those after it keep their number. */
  skip(because: Reason): void {
    this.miss(because)
    this.#next += 1
  }

  /** Hashes a frame, whole and without its border. One identical to the one before is only counted; limits hold. */
  add(pixels: Pixels): void {
    if (this.isFull()) return
    const frame = this.#next
    this.#next += 1
    if (frame === 0 || this.#width === 0) {
      this.#width = pixels.width
      this.#height = pixels.height
    }
    if (this.#isRepeated(pixels)) return
    this.#before = pixels
    this.#frames.push({ frame, region: 'whole', ...this.#pdq.hash(pixels) })
    const inside = unbordered(pixels)
    if (inside !== undefined) {
      this.#frames.push({ frame, region: 'unbordered', ...this.#pdq.hash(pixels, inside) })
    }
  }

  #isRepeated(pixels: Pixels): boolean {
    const before = this.#before
    return (
      before !== undefined &&
      before.width === pixels.width &&
      before.height === pixels.height &&
      before.channels === pixels.channels &&
      Buffer.compare(before.data, pixels.data) === 0
    )
  }

  /** What is said of the file, now that nothing more is to be decoded. */
  answer(): PictureAnswer {
    if (this.#frames.length === 0) return { kind: 'unknown', because: this.#because ?? 'decoder-failed' }
    return {
      kind: 'picture',
      width: this.#width,
      height: this.#height,
      frames: this.#frames,
      ...(this.#because && { incomplete: this.#because }),
    }
  }
}
