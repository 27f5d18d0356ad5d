/** Called: which hashes of an item the lists call for, and when none may be said. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calledBy, checksMade, whyNotCovered } from '#matching/called'
import { registerNoneMeans, unnamed } from '#matching/none'
import { DIGEST_KINDS } from '#terms/hash'
import { type Fingerprint, type IndexedRegisterList, KIND_BITS } from '#terms/lookup'

const { md5, sha1, sha256, pdq } = KIND_BITS

function list(given: Partial<IndexedRegisterList>): IndexedRegisterList {
  const at = '2026-03-01T12:00:00.000Z'
  const rest = {
    id: 1,
    name: 'a',
    kind: 'alert',
    uses: ['gate'],
    enabledRatio: 1,
    entries: 3,
    changedAt: at,
  } as const
  return { ...rest, ...given }
}

function given(...kinds: ('md5' | 'sha1' | 'sha256' | 'pdq')[]): Fingerprint {
  const digests = Object.fromEntries(kinds.filter((kind) => kind !== 'pdq').map((kind) => [kind, '00']))
  const asked = { frame: 0, region: 'whole', orientation: 'orig', hash: new Uint8Array(32) } as const
  return { digests, pdq: kinds.includes('pdq') ? [asked] : [] }
}

test('a digest that every entry has is enough where no list has pictures', () => {
  const called = calledBy([list({ holds: [md5 | sha1, md5] })])
  expect(whyNotCovered(called, given('md5'), 'none')).toBeUndefined()
  expect(whyNotCovered(called, given('sha1'), 'none')).toBe('not-given')
  expect(whyNotCovered(called, given('sha256'), 'none')).toBe('not-given')
})

test('PDQ covers an entry that also has digests, and nothing else covers PDQ', () => {
  const called = calledBy([list({ holds: [md5 | pdq, pdq] })])
  expect(whyNotCovered(called, given('pdq'), 'searchable')).toBeUndefined()
  expect(whyNotCovered(called, given('md5', 'sha1', 'sha256'), 'none')).toBe('not-given')
  expect(whyNotCovered(called, given('md5'), 'plain')).toBe('plain')
})

test('a picture list beside a digest list calls for both', () => {
  const called = calledBy([list({ holds: [pdq] }), list({ id: 2, holds: [sha256] })])
  expect(whyNotCovered(called, given('pdq'), 'searchable')).toBe('not-given')
  expect(whyNotCovered(called, given('pdq', 'sha256'), 'searchable')).toBeUndefined()
})

test('known-good sets and empty lists call for nothing; a list that does not say calls for all', () => {
  const quiet = [list({ kind: 'known-good', holds: [sha256] }), list({ entries: 0, holds: [pdq] })]
  expect(calledBy(quiet).kinds.size).toBe(0)
  expect(calledBy([list({})]).kinds.size).toBe(4)
})

test('an item is covered only when of every entry a hash was given that finds the same file', () => {
  const combination = fc.integer({ min: 1, max: 15 })
  fc.assert(
    fc.property(fc.array(combination, { minLength: 1 }), combination, (holds, gives) => {
      const kinds = ([...DIGEST_KINDS, 'pdq'] as const).filter((kind) => (gives & KIND_BITS[kind]) !== 0)
      const called = calledBy([list({ holds })])
      const isCovered =
        whyNotCovered(called, given(...kinds), kinds.includes('pdq') ? 'searchable' : 'none') === undefined
      const finds = holds.every((one) => (one & gives) !== 0)
      const looksAlike = holds.every((one) => (one & pdq) === 0 || (gives & pdq) !== 0)
      expect(isCovered).toBe(finds && looksAlike)
    }),
  )
})

test('what was checked names only what the lists call for', () => {
  const called = calledBy([list({ holds: [md5, pdq] })])
  expect(checksMade(called, given('md5', 'sha1', 'pdq'))).toEqual([
    { basis: 'md5' },
    { basis: 'pdq', orientations: ['orig'], regions: ['whole'], frames: 1 },
  ])
})

test('what none means is said with names and dates, or for those who may not see them with a count and dates', () => {
  const lists = [list({ name: 'a' }), list({ name: 'b', changedAt: '2026-02-01T00:00:00.000Z' })]
  const named = registerNoneMeans(lists, 31, { named: true, isPartly: false })
  expect(named).toContain(
    'within a PDQ distance of 31: a (2026-03-01), b (2026-02-01). It says nothing about new',
  )
  const counted = registerNoneMeans(lists, 31, { named: false, isPartly: true })
  expect(counted).toContain(
    '2 lists, last changed from 2026-02-01 to 2026-03-01. Some of their entries hold PhotoDNA',
  )
})

test('a sentence that names lists is left without them as it would be told to whoever may not see them', () => {
  for (const names of [['a'], ['a', 'b.2026-01-01', 'c-d_e']])
    for (const isPartly of [true, false]) {
      const lists = names.map((name, at) => ({ name, changedAt: `2026-0${at + 1}-01T00:00:00.000Z` }))
      const named = registerNoneMeans(lists, 31, { named: true, isPartly })
      expect(unnamed(named)).toBe(registerNoneMeans(lists, 31, { named: false, isPartly }))
      expect(unnamed(unnamed(named))).toBe(unnamed(named))
    }
})
