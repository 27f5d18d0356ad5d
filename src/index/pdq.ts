/** PDQ: the exact Hamming index of the entries' PDQ hashes. */

export interface PdqFound {
  readonly offsets: Uint32Array
  readonly payloads: Uint32Array
  readonly distances: Uint8Array
  readonly more: Uint8Array
}

/** TEMPORARY linear stand-in, replaced by the kernel. */
export class PdqTable {
  readonly hashes: Uint8Array
  readonly entries: Uint32Array
  constructor(hashes: Uint8Array, entries: Uint32Array) {
    this.hashes = hashes
    this.entries = entries
  }
  static async build(hashes: Uint8Array, entries: Uint32Array, _distanceMax: number): Promise<PdqTable> {
    return new PdqTable(hashes, entries)
  }
  static async open(bytes: number, read: (target: Uint8Array) => Promise<void>): Promise<PdqTable> {
    const n = bytes / 36
    const hashes = new Uint8Array(n * 32)
    await read(hashes)
    const ids = new Uint8Array(n * 4)
    await read(ids)
    return new PdqTable(hashes, new Uint32Array(ids.buffer))
  }
  get length(): number {
    return this.entries.length
  }
  *save(): Generator<Uint8Array> {
    yield this.hashes
    yield new Uint8Array(this.entries.buffer, this.entries.byteOffset, this.entries.byteLength)
  }
  searchMany(queries: Uint8Array, o: { distanceMax: number; limit: number }): PdqFound {
    const offsets = new Uint32Array(queries.length / 32 + 1),
      p: number[] = [],
      d: number[] = [],
      more = new Uint8Array(queries.length / 32)
    for (let q = 0; q < more.length; q++) {
      let c = 0
      for (let i = 0; i < this.length; i++) {
        let dist = 0
        for (let b = 0; b < 32; b++) {
          let x = (queries[q * 32 + b] ?? 0) ^ (this.hashes[i * 32 + b] ?? 0)
          while (x) {
            dist++
            x &= x - 1
          }
        }
        if (dist <= o.distanceMax) {
          if (c < o.limit) {
            p.push(this.entries[i] ?? 0)
            d.push(dist)
            c++
          } else more[q] = 1
        }
      }
      offsets[q + 1] = p.length
    }
    return { offsets, payloads: Uint32Array.from(p), distances: Uint8Array.from(d), more }
  }
}
