/** Figure: one measured number, with what it must reach, what it aims at, and a peer from the same run. */

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The least (or most, for costs) that counts as reached; null where none is set. */
  readonly reach: number | null
  readonly goal: number | null
  /** True when smaller is better: seconds, bytes, ratios to a floor. */
  readonly lowerIsBetter?: boolean
  readonly peer?: { readonly name: string; readonly value: number }
  readonly note?: string
}

export interface BenchOptions {
  /** Adds the sizes that take minutes, such as ten million entries. */
  readonly full: boolean
  /** True when the figure of this name was asked for. */
  wants(name: string): boolean
}

/** A bench file's door: yields its figures one by one as they are measured. */
export type Bench = (options: BenchOptions) => AsyncIterable<Figure>

/** The middle value; of an even count, the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

/** The value below which 99 of 100 lie. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? Number.NaN
}
