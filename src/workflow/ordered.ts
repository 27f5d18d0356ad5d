/** Ordered: work on several things at once whose results come in the order in which the things came. */

export interface OrderedOptions {
  /** How many are worked on at once. */
  readonly atOnce: number
  /** How many may wait behind a slow one before no more are begun. */
  readonly waitingMax: number
  /** Begin nothing more once this is aborted; what is in hand is finished. */
  readonly stop: AbortSignal
}

/** Yields the result of `task` for each of `things`, in order. */
export async function* ordered<T, R>(
  things: AsyncIterator<T>,
  options: OrderedOptions,
  task: (thing: T) => Promise<R>,
): AsyncGenerator<R> {
  const hand: Promise<R>[] = []
  let active = 0
  let freed = (): void => {}
  let exhausted = false
  const begin = async (): Promise<void> => {
    const next = await things.next()
    if (next.done) {
      exhausted = true
      return
    }
    active += 1
    const result = task(next.value).finally(() => {
      active -= 1
      freed()
    })
    result.catch(() => {}) // seen when its turn comes
    hand.push(result)
  }
  try {
    for (;;) {
      const room = (): boolean => active < options.atOnce && hand.length < options.waitingMax
      while (!exhausted && !options.stop.aborted && room()) await begin()
      const [first] = hand
      if (first === undefined) return
      const place = new Promise<'freed'>((resolve) => {
        freed = () => resolve('freed')
      })
      const canBegin = !exhausted && !options.stop.aborted
      const turn = canBegin ? await Promise.race([first.then(() => 'first' as const), place]) : 'first'
      if (turn === 'freed') continue
      hand.shift()
      yield await first
    }
  } finally {
    await Promise.allSettled(hand) // whoever follows closes what the work in hand still uses
  }
}
