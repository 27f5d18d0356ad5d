/** Target: what is asked at one hop: an address that may be asked, and only the headers that may go there. */
import { Fault } from '#terms/fault'
import type { WireRequest } from './ask.ts'

export interface Hop {
  readonly url: URL
  readonly method: NonNullable<WireRequest['method']>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer
}

const URL_CHARACTERS_MAX = 8192
const PORTS_PUBLIC = [80, 443, 8080, 8443]
/** The only headers of a request that another origin is given: none of these says who asks. */
const IMPERSONAL = new Set(['accept', 'accept-language', 'user-agent'])
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** The first hop. @throws Fault `wire.refused` where it must not be asked */
export function parseTarget(given: WireRequest): Hop {
  const text = String(given.url)
  if (text.length > URL_CHARACTERS_MAX) throw refused('the address is too long')
  if (!URL.canParse(text)) throw refused('the address is none')
  const headers = Object.fromEntries(
    Object.entries(given.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    url: permitted(new URL(text), given),
    method: given.method ?? 'GET',
    // What comes encoded may be a thousand times as large: it is not asked for.
    headers: { 'user-agent': 'tutela', ...headers, 'accept-encoding': 'identity' },
    ...(given.body !== undefined && { body: Buffer.from(given.body as Uint8Array) }),
  }
}

/**
 * Where a redirect leads, or undefined where the answer is none. A 303 is fetched; so is, as browsers do, what a POST is
 * sent to by 301 and 302.
 *
 * @throws Fault `wire.refused` where it must not be asked, or would carry a body to another origin
 */
export function hopAfter(
  hop: Hop,
  response: { readonly statusCode: number; readonly headers: Readonly<Record<string, unknown>> },
  given: WireRequest,
): Hop | undefined {
  const untrustedLocation = response.headers['location']
  if (!REDIRECTS.has(response.statusCode) || typeof untrustedLocation !== 'string') return undefined
  if (untrustedLocation.length > URL_CHARACTERS_MAX) throw refused('a redirect leads to too long an address')
  if (!URL.canParse(untrustedLocation, hop.url.href)) throw refused('a redirect leads to no address')
  const url = permitted(new URL(untrustedLocation, hop.url), given)
  const isFetched =
    response.statusCode === 303 ? hop.method !== 'HEAD' : response.statusCode < 303 && hop.method === 'POST'
  const { body, ...bodiless } = hop
  const next = isFetched ? { ...bodiless, method: 'GET' as const, headers: withoutContent(hop.headers) } : hop
  if (url.origin === hop.url.origin) return { ...next, url }
  if (next.body) throw refused(`${originOf(hop.url)} redirects what was sent to it elsewhere`)
  return { ...next, url, headers: impersonal(next.headers) }
}

/** Scheme, host and port of an address: all that a message may say of it. */
export function originOf(url: URL): string {
  return `${url.protocol}//${url.host}`
}

function permitted(url: URL, given: WireRequest): URL {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refused('only http and https addresses are asked')
  if (url.username !== '' || url.password !== '')
    throw refused('an address with a user or a password is not asked')
  const ports = given.ports ?? (given.addresses === 'public' ? PORTS_PUBLIC : 'any')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  if (ports !== 'any' && !ports.includes(port)) throw refused(`${originOf(url)}: port ${port} is not asked`)
  url.hash = ''
  return url
}

function withoutContent(headers: Hop['headers']): Hop['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')))
}

function impersonal(headers: Hop['headers']): Hop['headers'] {
  const kept = Object.entries(headers).filter(([name]) => IMPERSONAL.has(name))
  return { ...Object.fromEntries(kept), 'accept-encoding': 'identity' }
}

function refused(because: string): Fault {
  return new Fault('wire.refused', because)
}
