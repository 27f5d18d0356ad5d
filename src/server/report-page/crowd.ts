/** Crowd: how much one place may send in some minutes, counted without knowing the place: by a digest whose key nobody keeps. */
import { createHmac, randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'

/** What is counted apart: a child at risk is heard from where much else came. */
export type Sent = 'report' | 'at-risk' | 'look-up'

const MINUTES = 10
const WINDOW_MILLISECONDS = MINUTES * 60_000
/** Of one place in a window. */
const ONE_MAX: Readonly<Record<Sent, number>> = { report: 10, 'at-risk': 10, 'look-up': 20 }
/** Of all places together in a window. */
const ALL_MAX: Readonly<Record<Sent, number>> = { report: 2000, 'at-risk': 2000, 'look-up': 4000 }

/** Seconds after which a place is heard again at the latest. */
export const WAIT_SECONDS = MINUTES * 60

/** Counts in memory for minutes; with the window all of it is forgotten, and the key as well. */
export class Crowd {
  #key = randomBytes(32)
  #begun = 0
  readonly #counts = new Map<string, number>()
  readonly #all = new Map<Sent, number>()

  /** Counts one; false where a place, or all together, sent too much. @param now milliseconds */
  take(sent: Sent, address: string, now: number): boolean {
    if (now - this.#begun >= WINDOW_MILLISECONDS || now < this.#begun) this.#forget(now)
    const place = createHmac('sha256', this.#key)
      .update(`${sent}\0${network(address)}`)
      .digest('base64')
    const [one, all] = [this.#counts.get(place) ?? 0, this.#all.get(sent) ?? 0]
    if (one >= ONE_MAX[sent] || all >= ALL_MAX[sent]) return false
    this.#counts.set(place, one + 1)
    this.#all.set(sent, all + 1)
    return true
  }

  #forget(now: number): void {
    this.#key = randomBytes(32)
    this.#begun = now
    this.#counts.clear()
    this.#all.clear()
  }
}

/** An address; of IPv6 the network, of which one place has all addresses. */
function network(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [front = '', back] = address.split('::')
  const groups = front.split(':').filter((group) => group !== '')
  const behind = back?.split(':').filter((group) => group !== '') ?? []
  const gap = back === undefined ? 0 : 8 - groups.length - behind.length
  return [...groups, ...Array.from({ length: gap }, () => '0'), ...behind].slice(0, 4).join(':')
}
