/** Addresses: what is public, and what is not whatever it is wrapped in. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPublic } from '#ground/wire/addresses'

const NOT_PUBLIC: readonly (readonly [string, ...string[]])[] = [
  ['this network', '0.0.0.0', '0.1.2.3', '::'],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd12:3456::1', 'fc00::1'],
  ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
  ['link-local', '169.254.1.1', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
  ['metadata', '169.254.169.254', 'fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16'],
  ['carrier-grade', '100.64.0.1', '100.127.255.255'],
  ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1'],
  ['reserved and broadcast', '240.0.0.1', '255.255.255.255', '192.0.0.1', '4000::1', '5f00::1'],
  ['documentation', '192.0.2.1', '198.51.100.7', '203.0.113.9', '2001:db8::1', '3fff::1'],
  ['benchmark', '198.18.0.1', '198.19.255.255', '2001:2::1'],
  ['mapped', '::ffff:10.0.0.1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::10.0.0.1', '::127.0.0.1'],
  ['translated', '64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::8.8.8.8'],
  ['tunnels', '2002:0a00:0001::1', '2002:808:808::1', '2001:0:808:808::1'],
  ['no address', '', 'localhost', '1.2.3', '08.8.8.8.8', '[::1]'],
]

describe('isPublic', () => {
  test.each(NOT_PUBLIC)('%s addresses are not public', (_, ...addresses) => {
    expect(addresses.filter(isPublic)).toEqual([])
  })

  test('addresses that the registries gave out are public, also mapped and translated', () => {
    const addresses = ['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700::1111']
    const wrapped = ['::ffff:8.8.8.8', '64:ff9b::8.8.8.8']
    expect([...addresses, ...wrapped].filter((address) => !isPublic(address))).toEqual([])
  })

  test('wrapping an address never makes it public', () => {
    const bytes = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
    fc.assert(
      fc.property(bytes, fc.constantFrom('::ffff:', '64:ff9b::'), (four, prefix) => {
        const plain = four.join('.')
        expect(isPublic(`${prefix}${plain}`)).toBe(isPublic(plain))
      }),
    )
  })
})
