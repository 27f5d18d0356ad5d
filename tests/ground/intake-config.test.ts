/** Intake config: what may be set of reports, and how a wrong value is told. */
import { expect, test } from 'vitest'
import { keysOf } from '#ground/config-values'
import { intakeKeys } from '#ground/intake-config'

const parse = (untrusted: unknown) => keysOf(intakeKeys())(untrusted, 'desk')

test('contacts, reporters and times are read as they are written', () => {
  const set = {
    ...{ reportGate: 'hold', publicPage: true, outcomeHours: 0, wordsDays: 90 },
    contacts: [{ name: 'Support', phone: '0800 1111', for: 'child', checkedOn: '2026-04-01' }],
    reporters: { force: { channel: 'police', trust: 'high' }, chat: {} },
  }
  expect(parse(set)).toEqual(set)
})

test.each([
  [{ contacts: [{ name: 'x', for: 'child', checkedOn: '1 May' }] }, 'checkedOn must be a day'],
  [{ contacts: [{ name: 'x' }] }, '"for" is missing'],
  [
    { contacts: [{ name: 'x', for: 'child', address: 'javascript:alert(1)' }] },
    'must be an http or https address',
  ],
  [{ reporters: { 'no name': {} } }, 'names of keys'],
  [{ reporters: ['force'] }, 'keys with values'],
  [{ reporters: { force: { trust: 'full' } } }, 'one of high, usual, low'],
  [{ exitAddress: 'data:text/html,x' }, 'http'],
  [{ reportGate: 'all' }, 'one of off, block, hold'],
])('%j is told by its place', (untrusted, told) => {
  expect(() => parse(untrusted)).toThrow(told)
})
