/** Holdings: how many entries of each list carry which kinds of hash together. */

/** Every combination of kinds. */
const COMBINATIONS = 16

/** Counts by list and combination of kinds. */
export class Holdings {
  readonly #counts = new Map<number, Float64Array>()

  /** Those that `toJSON` gave. */
  static from(given: ReturnType<Holdings['toJSON']>): Holdings {
    const holdings = new Holdings()
    for (const [list, counts] of given)
      for (const [kinds, count] of counts.entries()) if (count > 0) holdings.add(list, kinds, count)
    return holdings
  }

  add(list: number, kinds: number, count: number): void {
    const counts = this.#counts.get(list) ?? new Float64Array(COMBINATIONS)
    counts[kinds] = (counts[kinds] ?? 0) + count
    this.#counts.set(list, counts)
  }

  /** Adds all that another holds of a list, or with -1 takes it away. */
  addAll(other: Holdings, sign: 1 | -1): void {
    for (const [list, counts] of other.#counts)
      for (const [kinds, count] of counts.entries()) if (count !== 0) this.add(list, kinds, sign * count)
  }

  /** The combinations that a list's entries have. */
  of(list: number): readonly number[] {
    const counts = this.#counts.get(list) ?? new Float64Array(0)
    return [...counts.keys()].filter((kinds) => (counts[kinds] ?? 0) > 0)
  }

  forget(list: number): void {
    this.#counts.delete(list)
  }

  toJSON(): readonly (readonly [list: number, counts: readonly number[]])[] {
    return [...this.#counts].map(([list, counts]) => [list, [...counts]])
  }
}
