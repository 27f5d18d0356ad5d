/** In turn: the same done with each of many, a few at the same time. */

/**
 * Does something with each of many, a few at the same time.
 *
 * @returns the answers in their order
 * @throws what the first threw that failed; the others go on meanwhile
 */
export async function inTurn<T, R>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const entries = all.entries()
  const lane = async (): Promise<void> => {
    for (const [at, one] of entries) results[at] = await work(one)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, lane))
  return results
}
