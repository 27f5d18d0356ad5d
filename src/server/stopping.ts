/** Stopping: what is in hand is finished, what comes later is told to come back, and nothing waits for ever. */
import type { FastifyInstance } from 'fastify'
import { Fault } from '#terms/fault'

/** Whether the service is stopping, and how much it has in hand. */
export class Stopping {
  #isStopping = false
  #inHand = 0
  #idle: (() => void) | undefined
  readonly #endless = new Set<() => void>()

  get isStopping(): boolean {
    return this.#isStopping
  }

  get inHand(): number {
    return this.#inHand
  }

  /** @throws Fault `server.stopping` once it is */
  refuse(): void {
    if (this.#isStopping) throw new Fault('server.stopping', 'the service is stopping')
  }

  begun(): void {
    this.#inHand += 1
  }

  ended(): void {
    this.#inHand -= 1
    if (this.#inHand === 0) this.#idle?.()
  }

  /** Has something that would go on for ever be ended when the service stops. @returns what takes it off again */
  told(end: () => void): () => void {
    this.#endless.add(end)
    return () => this.#endless.delete(end)
  }

  /** From now on new requests are refused. Settles once nothing is in hand. */
  async stop(): Promise<void> {
    this.#isStopping = true
    for (const end of this.#endless) end()
    if (this.#inHand > 0) await new Promise<void>((resolve) => (this.#idle = resolve))
  }
}

/**
 * Stops a server: refuses new requests, finishes those in hand within the time, then closes every connection.
 *
 * @returns how many requests were cut off
 */
export async function stopServer(
  app: FastifyInstance,
  stopping: Stopping,
  secondsMax: number,
): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, secondsMax * 1000)
  })
  await Promise.race([stopping.stop(), late])
  clearTimeout(timer)
  const cutOff = stopping.inHand
  const closed = app.close()
  app.server.closeAllConnections()
  await closed
  return cutOff
}
