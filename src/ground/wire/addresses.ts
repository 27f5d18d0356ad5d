/** Addresses: which of them belong to the public internet, whatever notation or tunnel they are wrapped in. */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Reached through a public number, but it is the platform that answers, with its secrets (Azure's wire server). */
const PLATFORM_OWN: ReadonlySet<string> = new Set(['168.63.129.16'])

/** IPv6 that the registries give out (RFC 4291, IANA: 2000::/3); everything else is special or not in use. */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3')
/** The well-known prefix of translators (RFC 6052): the last four bytes are an IPv4 address. */
const TRANSLATED = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/**
 * True of an address that anybody on the internet may be reached at. False of private, loopback, link-local, unique-local,
 * carrier-grade, multicast, broadcast, documentation, benchmark and reserved ranges, of what clouds keep for themselves, of
 * tunnels (6to4, Teredo), and of such addresses inside an IPv4-mapped or translated one.
 *
 * @param address as the resolver or the socket gives it; what is no address is not public
 */
export function isPublic(address: string): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  return parsed instanceof ipaddr.IPv4 ? isPublic4(parsed) : isPublic6(parsed as ipaddr.IPv6)
}

function isPublic4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && !PLATFORM_OWN.has(address.toString())
}

function isPublic6(address: ipaddr.IPv6): boolean {
  if (address.zoneId) return false
  if (address.isIPv4MappedAddress()) return isPublic4(address.toIPv4Address())
  if (address.match(TRANSLATED)) return isPublic4(new ipaddr.IPv4(address.toByteArray().slice(12)))
  return address.match(GIVEN_OUT) && address.range() === 'unicast'
}
