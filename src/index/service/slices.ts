/** Slices: long work done a few milliseconds at a time, so that look-ups go on meanwhile. */

const MILLISECONDS = 6

/** Runs steps to their end, and lets other tasks run in between. @throws whatever a step throws */
export async function inSlices<T>(steps: Generator<void, T>): Promise<T> {
  let since = performance.now()
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    if (performance.now() - since < MILLISECONDS) continue
    await new Promise<void>((resolve) => setImmediate(resolve))
    since = performance.now()
  }
}
