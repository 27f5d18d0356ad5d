/** Connect: opens connections only to permitted addresses; what is checked is the address that is connected to. */
import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { Fault } from '#terms/fault'

/** Gives every address of a name, as `dns.lookup` does with `all`. */
export type Resolve = (
  name: string,
  told: (
    error: Error | null,
    addresses: readonly { readonly address: string; readonly family: number }[],
  ) => void,
) => void

export interface Reach {
  readonly resolve: Resolve
  /** Whether an address may be connected to. */
  readonly isPermitted: (address: string) => boolean
}

const CONNECT_MILLISECONDS_MAX = 10_000
const HEADER_BYTES_MAX = 16 * 1024
const IDLE_MILLISECONDS_MAX = 4_000
/** Connections to one origin; more requests wait. */
const CONNECTIONS_MAX = 64

/** The system's own resolver. */
export const resolveBySystem: Resolve = (name, told) => {
  systemLookup(name, { all: true }, (error, addresses) => told(error, addresses ?? []))
}

/** A pool of connections that reaches only what is permitted. A name with one address that is not is refused whole. */
export function agentFor(reach: Reach): Agent {
  const dial = buildConnector({ timeout: CONNECT_MILLISECONDS_MAX, lookup: checkedLookup(reach) })
  return new Agent({
    connections: CONNECTIONS_MAX,
    maxHeaderSize: HEADER_BYTES_MAX,
    keepAliveTimeout: IDLE_MILLISECONDS_MAX,
    keepAliveMaxTimeout: IDLE_MILLISECONDS_MAX,
    connect: (options, told) => {
      // A literal address is never looked up: it is checked here.
      if (isIP(options.hostname) !== 0 && !reach.isPermitted(options.hostname))
        return told(notPermitted(), null)
      dial(options, (error, socket) => {
        if (error) return told(error, null)
        // What one system calls an address, another may read differently: the peer itself has the last word.
        const peer = socket.remoteAddress
        if (peer !== undefined && reach.isPermitted(peer)) return told(null, socket)
        socket.destroy()
        told(peer === undefined ? new Error('closed at once') : notPermitted(), null)
      })
    },
  })
}

/** A look-up for sockets that gives the addresses of a name once all of them are permitted. */
export function checkedLookup({ resolve, isPermitted }: Reach): LookupFunction {
  return (name, options, told) => {
    resolve(name, (error, addresses) => {
      const [first] = addresses
      if (error || !first) return told(error ?? new Error('no address'), [])
      if (!addresses.every(({ address }) => isPermitted(address))) return told(notPermitted(), [])
      if (options.all) told(null, [...addresses])
      else told(null, first.address, first.family)
    })
  }
}

function notPermitted(): Fault {
  return new Fault('wire.refused', 'the address is not a public one')
}
