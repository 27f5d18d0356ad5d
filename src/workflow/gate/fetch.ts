/** Fetch: what an address of the public internet holds, into memory and nowhere else, to be hashed and dropped. */
import { type Ask, ask as askOutside } from '#ground/wire/ask'
import { Gate } from '#media/gate'
import { Fault } from '#terms/fault'

/** Limits of fetching items by their address. */
export interface FetchLimits {
  /** Most bytes of an item. */
  readonly bytesMax: number
  /** From the first look-up of the name to the last byte, redirects included. */
  readonly secondsMax: number
  readonly redirectsMax: number
  /** Items fetched at once, each of which holds its bytes in memory; more wait. */
  readonly fetchesMax: number
  /** Ports that may be asked; 80, 443, 8080 and 8443 unless given. */
  readonly ports?: readonly number[]
}

export const FETCH_LIMITS: FetchLimits = {
  bytesMax: 64 * 1024 * 1024,
  secondsMax: 20,
  redirectsMax: 5,
  fetchesMax: 4,
}

/**
 * Fetches one item. Its bytes are in memory only.
 *
 * @throws Fault `wire.refused` for an address that must not be asked, at any redirect; `wire.unreachable`, also where the
 *   answer is not 200 or is empty; `wire.too-large`, `wire.too-slow`. A fault never means that the item is clean
 */
export type FetchItem = (untrustedUrl: string, stop?: AbortSignal) => Promise<Buffer>

/** A fetcher within its limits: only http and https, only public addresses, checked at every hop. */
export function fetching(limits: FetchLimits, ask: Ask = askOutside): FetchItem {
  const gate = new Gate(limits.fetchesMax)
  const { bytesMax, secondsMax, redirectsMax, ports } = limits
  return (untrustedUrl, stop) =>
    gate.through(async () => {
      const answer = await ask({
        url: untrustedUrl,
        headers: { accept: '*/*' },
        addresses: 'public',
        bytesMax,
        secondsMax,
        redirectsMax,
        ...(ports && { ports }),
        ...(stop && { stop }),
      })
      const { protocol, hostname } = answer.url
      const nothing = `${protocol}//${hostname} answers ${answer.status} and gives no item`
      if (answer.status !== 200) {
        answer.drop()
        throw new Fault('wire.unreachable', nothing)
      }
      const bytes = await answer.bytes()
      if (bytes.length === 0) throw new Fault('wire.unreachable', nothing)
      return bytes
    })
}
