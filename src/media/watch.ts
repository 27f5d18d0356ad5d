/** Watch: signs deep inside a file that change what its first bytes promised. */
import type { Reason } from '#terms/verdict'

/** A sign, and what the content is when it turns up. */
export interface Watched {
  readonly needle: Buffer
  readonly because: Reason
  readonly format?: string
  /** Counts only where it lies within this many bytes of the file's end. */
  readonly withinEnd?: number
}

/** What a watch saw first, by the order of its signs. */
export type Seen = Pick<Watched, 'because' | 'format'>

/** Looks for signs in a file that passes in chunks; a sign may lie across two of them. It lives as long as the file. */
export class Watch {
  readonly #watched: readonly Watched[]
  readonly #carryBytes: number
  #found: number
  #carry: Buffer = Buffer.alloc(0)

  constructor(watched: readonly Watched[]) {
    this.#watched = watched
    this.#found = watched.length
    this.#carryBytes = Math.max(0, ...watched.map((sign) => sign.withinEnd ?? sign.needle.length - 1))
  }

  /** Takes the next chunk of the file. */
  see(chunk: Buffer): void {
    if (this.#watched.length === 0) return
    const seam = Buffer.concat([this.#carry, chunk.subarray(0, this.#carryBytes)])
    for (let place = 0; place < this.#found; place += 1) {
      const sign = this.#watched[place]
      if (sign === undefined || sign.withinEnd !== undefined) continue
      if (chunk.includes(sign.needle) || seam.includes(sign.needle)) this.#found = place
    }
    const tail = chunk.length >= this.#carryBytes ? chunk : Buffer.concat([this.#carry, chunk])
    this.#carry = Buffer.from(tail.subarray(Math.max(0, tail.length - this.#carryBytes)))
  }

  /** What was seen, once the last chunk has passed. */
  ended(): Seen | undefined {
    for (let place = 0; place < this.#found; place += 1) {
      const sign = this.#watched[place]
      if (sign?.withinEnd === undefined) continue
      const end = this.#carry.subarray(Math.max(0, this.#carry.length - sign.withinEnd))
      if (end.includes(sign.needle)) this.#found = place
    }
    return this.#watched[this.#found]
  }
}
