/** Ask: the one HTTP client: what it may reach, how far redirects lead, how long and how much. */
import { type Agent, request } from 'undici'
import { Fault } from '#terms/fault'
import { isPublic } from './addresses.ts'
import { type Answer, answerOf } from './answer.ts'
import { agentFor, type Resolve, resolveBySystem } from './connect.ts'
import { asWireFault, Deadline } from './deadline.ts'
import { hopAfter, originOf, parseTarget } from './target.ts'

/** A request to the outside. */
export interface WireRequest {
  /** http or https, without user or password. */
  readonly url: string | URL
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Most bytes of the answer's body, also after what encoding it has is undone. */
  readonly bytesMax: number
  /** From the first look-up of a name to the last byte, redirects included. */
  readonly secondsMax: number
  /** Redirects that are followed; 0 unless given: then an answer that redirects is given as it is. */
  readonly redirectsMax?: number
  /** `public`: no private, loopback, link-local or metadata address, at any hop. `any`: an operator configured it. */
  readonly addresses: 'public' | 'any'
  /** Ports that may be asked; for public addresses 80, 443, 8080 and 8443 unless given. */
  readonly ports?: readonly number[] | 'any'
  readonly stop?: AbortSignal
}

/**
 * What was answered, whatever its status. The body is read once, or dropped; until then a connection is held, at most for
 * `secondsMax`.
 */
export type WireAnswer = Answer

export type Ask = (given: WireRequest) => Promise<WireAnswer>

/** Opens an HTTP client with its own view of names and of what is public; the program has one, tests make their own. */
export function wireWith(view: {
  readonly resolve: Resolve
  readonly isPublic: (address: string) => boolean
}): { readonly ask: Ask; close(): Promise<void> } {
  const agents = {
    public: agentFor({ resolve: view.resolve, isPermitted: view.isPublic }),
    any: agentFor({ resolve: view.resolve, isPermitted: () => true }),
  }
  return {
    ask: (given) => follow(agents[given.addresses], given),
    close: async () => {
      await Promise.all([agents.public.destroy(), agents.any.destroy()])
    },
  }
}

/**
 * Asks an HTTP server. Redirects are followed here, each hop held to the same rules; another origin is sent neither
 * credentials nor a body. The body of the answer is bounded by `bytesMax`, encoded or not.
 *
 * @throws Fault `wire.refused` for what must not be asked, `wire.unreachable` where there is no whole answer,
 *   `wire.too-large`, `wire.too-slow`; the reason of `stop`. Messages name scheme and host, never more of an address
 */
export const ask: Ask = wireWith({ resolve: resolveBySystem, isPublic }).ask

async function follow(agent: Agent, given: WireRequest): Promise<WireAnswer> {
  let hop = parseTarget(given)
  const deadline = new Deadline(given.secondsMax, originOf(hop.url), given.stop)
  try {
    for (let redirects = 0; ; redirects++) {
      const response = await once(agent, hop, deadline)
      const next = given.redirectsMax ? hopAfter(hop, response, given) : undefined
      // What a HEAD says of a length is that of a body which does not come.
      const bytesMax = hop.method === 'HEAD' ? Number.POSITIVE_INFINITY : given.bytesMax
      if (!next) return answerOf(response, hop.url, bytesMax, deadline)
      await response.body.dump({ limit: DUMPED_BYTES_MAX })
      if (redirects >= (given.redirectsMax ?? 0))
        throw new Fault(
          'wire.refused',
          `${originOf(hop.url)} redirects more than ${given.redirectsMax} times`,
        )
      hop = next
    }
  } catch (error) {
    deadline.end()
    throw asWireFault(error, originOf(hop.url), deadline)
  }
}

/** Most that is read of the body of a redirect before its connection is closed instead. */
const DUMPED_BYTES_MAX = 16 * 1024

async function once(agent: Agent, hop: ReturnType<typeof parseTarget>, deadline: Deadline) {
  return request(hop.url, {
    dispatcher: agent,
    method: hop.method,
    headers: hop.headers,
    body: hop.body ?? null,
    signal: deadline.signal,
    headersTimeout: 0, // the deadline is the clock
    bodyTimeout: 0,
  })
}
