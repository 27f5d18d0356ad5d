/** Weigh: what counts, what is set aside and why, and what is decided. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { strictest, type Weighing, weigh } from '#matching/weigh'
import { DECISIONS, POLICY_DEFAULT, type Policy } from '#terms/client'
import type { IndexedRegisterList, RegisterHit } from '#terms/lookup'
import { TRUSTS } from '#terms/register'
import { NOTHING_TO_ASK } from '#terms/remote'
import type { Check } from '#terms/verdict'

const NOW = Date.parse('2026-04-01T00:00:00Z')

function list(id: number, kind: IndexedRegisterList['kind'] = 'alert'): IndexedRegisterList {
  const at = '2026-03-01T00:00:00.000Z'
  return { id, name: `list-${id}`, kind, uses: ['gate'], enabledRatio: 1, entries: 9, changedAt: at }
}

const LISTS = new Map([list(1), list(2), list(3, 'known-good')].map((one) => [one.id, one]))

function hit(entry: number, basis: Check, given: Partial<RegisterHit> = {}): RegisterHit {
  const near = basis === 'pdq' ? { distance: 4, query: 0 } : {}
  return { row: entry, entry, list: 1, trust: 'confirmed', categories: {}, basis, ...near, ...given }
}

function weighed(hits: readonly RegisterHit[], given: Partial<Weighing> = {}) {
  const asked = [{ frame: 2, region: 'unbordered', orientation: 'rot90', hash: new Uint8Array(32) }] as const
  return weigh({
    hits,
    more: false,
    lists: LISTS,
    asked,
    checked: [],
    policy: POLICY_DEFAULT,
    now: NOW,
    ...given,
  })
}

test('no hit is none and allowed; where a check could not be made it is unknown', () => {
  expect(weighed([])).toMatchObject({ verdict: 'none', decision: 'allow', matches: [] })
  expect(weighed([], { because: 'decoder-failed' })).toMatchObject({
    verdict: 'unknown',
    because: 'decoder-failed',
    decision: 'hold',
  })
})

test('the same file as a confirmed entry is blocked; MD5, SHA-1 and PDQ are held for a look', () => {
  expect(weighed([hit(1, 'sha256')]).decision).toBe('block')
  for (const basis of ['md5', 'sha1', 'pdq'] as const) expect(weighed([hit(1, basis)]).decision).toBe('hold')
})

test('a PDQ match says which frame, region and orientation of the item it is of', () => {
  expect(weighed([hit(1, 'pdq')]).matches).toEqual([
    {
      list: 'list-1',
      entry: 1,
      trust: 'confirmed',
      categories: {},
      basis: 'pdq',
      distance: 4,
      frame: 2,
      region: 'unbordered',
      orientation: 'rot90',
    },
  ])
})

describe('a false-positive entry', () => {
  const wrong = { list: 2, trust: 'false-positive' } as const

  test('sets all matches of the file aside when the file hits it by SHA-256, and the match stays in the answer', () => {
    const verdict = weighed([hit(1, 'sha256'), hit(2, 'pdq'), hit(9, 'sha256', wrong)])
    const suppressedBy = { kind: 'false-positive', list: 'list-2', entry: 9 }
    expect(verdict).toMatchObject({ verdict: 'none', decision: 'allow' })
    expect(verdict.matches).toMatchObject([
      { entry: 1, suppressedBy },
      { entry: 2, suppressedBy },
    ])
  })

  test('says nothing when hit by PDQ, MD5 or SHA-1', () => {
    for (const basis of ['pdq', 'md5', 'sha1'] as const) {
      expect(weighed([hit(9, basis, wrong)])).toMatchObject({ verdict: 'none', matches: [] })
      expect(weighed([hit(1, 'pdq'), hit(9, basis, wrong)])).toMatchObject({
        verdict: 'match',
        matches: [{ entry: 1 }],
      })
    }
  })

  test('does not set aside when it is switched off, or when it was judged otherwise here', () => {
    for (const given of [{ disabledUntil: NOW + 1 }, { judged: 'disputed' }] as const)
      expect(weighed([hit(1, 'sha256'), hit(9, 'sha256', { ...wrong, ...given })]).verdict).toBe('match')
  })

  test('makes an item that could not be checked no more than unknown', () => {
    const verdict = weighed([hit(1, 'sha256'), hit(9, 'sha256', wrong)], { because: 'truncated' })
    expect(verdict).toMatchObject({ verdict: 'unknown', because: 'truncated' })
  })
})

describe('a known-good set', () => {
  test('sets aside by SHA-256 only, and never matches', () => {
    const good = { list: 3 } as const
    expect(weighed([hit(1, 'pdq'), hit(9, 'sha256', good)])).toMatchObject({
      verdict: 'none',
      matches: [{ entry: 1, suppressedBy: { kind: 'known-good', list: 'list-3', entry: 9 } }],
    })
    for (const basis of ['md5', 'sha1', 'pdq'] as const)
      expect(weighed([hit(1, 'pdq'), hit(9, basis, good)])).toMatchObject({ verdict: 'match' })
    expect(weighed([hit(9, 'sha256', good)])).toMatchObject({ verdict: 'none', matches: [] })
  })

  test('that is disputed sets nothing aside', () => {
    expect(weighed([hit(1, 'pdq'), hit(9, 'sha256', { list: 3, trust: 'disputed' })]).verdict).toBe('match')
  })
})

describe('an entry of the register', () => {
  test('that was judged a false positive loses its own matches only', () => {
    const verdict = weighed([hit(1, 'sha256', { judged: 'false-positive' }), hit(2, 'pdq')])
    expect(verdict).toMatchObject({ verdict: 'match', decision: 'hold' })
    expect(verdict.matches).toMatchObject([
      { entry: 1, trust: 'false-positive', suppressedBy: { kind: 'judged', entry: 1 } },
      { entry: 2 },
    ])
    expect(verdict.matches[1]).not.toHaveProperty('suppressedBy')
  })

  test('that is switched off counts again from its time on', () => {
    const off = hit(1, 'sha256', { disabledUntil: NOW + 1000 })
    expect(weighed([off])).toMatchObject({
      verdict: 'none',
      matches: [{ suppressedBy: { kind: 'disabled' } }],
    })
    expect(weighed([off], { now: NOW + 1000 })).toMatchObject({ verdict: 'match', decision: 'block' })
  })

  test('of a list that whoever asks is not answered from does not count at all, not even against others', () => {
    const elsewhere = { list: 7, trust: 'false-positive' } as const
    expect(weighed([hit(1, 'sha256', { list: 7 })])).toMatchObject({ verdict: 'none', matches: [] })
    expect(weighed([hit(1, 'sha256'), hit(2, 'sha256', elsewhere)]).decision).toBe('block')
  })

  test('that is reported or disputed still matches, and is doubted only where nothing confirmed matches', () => {
    const policy: Policy = { ...POLICY_DEFAULT, doubted: 'allow' }
    for (const trust of ['reported', 'disputed'] as const) {
      expect(weighed([hit(1, 'sha256', { trust })], { policy })).toMatchObject({
        verdict: 'match',
        decision: 'allow',
      })
      expect(weighed([hit(1, 'sha256', { trust }), hit(2, 'md5')], { policy }).decision).toBe('hold')
    }
  })
})

test('the policy tells plain pictures from checks that failed', () => {
  const policy: Policy = { ...POLICY_DEFAULT, plain: 'allow', unknown: 'block' }
  expect(weighed([], { because: 'plain', policy }).decision).toBe('allow')
  expect(weighed([], { because: 'too-large', policy }).decision).toBe('block')
})

test('a plain picture is plain only where no other check failed', () => {
  const policy: Policy = { ...POLICY_DEFAULT, plain: 'allow', unknown: 'block' }
  const remote = (because: string) => [{ matcher: 'shield', kind: 'unknown', because }] as const
  expect(weighed([], { because: 'plain', policy, remote: remote('it took longer than 20 s') })).toMatchObject(
    {
      because: 'remote-failed',
      decision: 'block',
    },
  )
  // A matcher that is asked by PDQ has nothing to be asked about.
  expect(weighed([], { because: 'plain', policy, remote: remote(NOTHING_TO_ASK) })).toMatchObject({
    because: 'plain',
    decision: 'allow',
  })
  expect(weighed([], { policy, remote: remote(NOTHING_TO_ASK) }).because).toBe('remote-failed')
})

test('a remote match is near, and a remote matcher that failed makes the rest unknown', () => {
  expect(weighed([], { remote: [{ matcher: 'shield', kind: 'match' }] })).toMatchObject({
    verdict: 'match',
    decision: 'hold',
  })
  expect(weighed([], { remote: [{ matcher: 'shield', kind: 'unknown', because: 'time' }] })).toMatchObject({
    verdict: 'unknown',
    because: 'remote-failed',
  })
  expect(weighed([], { remote: [{ matcher: 'shield', kind: 'none' }] }).verdict).toBe('none')
})

test('where more was hit than is listed and all of it is set aside, nothing is said to be none', () => {
  const off = hit(1, 'pdq', { disabledUntil: Number.POSITIVE_INFINITY })
  expect(weighed([off], { more: true })).toMatchObject({ verdict: 'unknown', because: 'matches-limit' })
})

const anyHit = fc.record(
  {
    row: fc.integer({ min: 1, max: 9 }),
    entry: fc.integer({ min: 1, max: 9 }),
    list: fc.integer({ min: 1, max: 4 }),
    trust: fc.constantFrom(...TRUSTS),
    judged: fc.constantFrom(...TRUSTS),
    disabledUntil: fc.constantFrom(NOW - 1, NOW + 1),
    categories: fc.constant({}),
    basis: fc.constantFrom<Check[]>('sha256', 'sha1', 'md5', 'pdq'),
  },
  { requiredKeys: ['row', 'entry', 'list', 'trust', 'categories', 'basis'] },
) as fc.Arbitrary<RegisterHit>
const anyPolicy = fc.record(
  Object.fromEntries(Object.keys(POLICY_DEFAULT).map((key) => [key, fc.constantFrom(...DECISIONS)])),
) as unknown as fc.Arbitrary<Policy>
const because = fc.option(fc.constantFrom('plain', 'truncated', 'not-given'), {
  nil: undefined,
}) as fc.Arbitrary<Weighing['because']>

describe('of all hits', () => {
  test('the order in which they come changes neither verdict nor decision', () => {
    fc.assert(
      fc.property(fc.array(anyHit), anyPolicy, fc.infiniteStream(fc.nat()), (hits, policy, dice) => {
        const shuffled = hits.map((one) => [dice.next().value, one] as const).sort(([a], [b]) => a - b)
        const one = weighed(hits, { policy })
        const other = weighed(
          shuffled.map(([, each]) => each),
          { policy },
        )
        expect([other.verdict, other.decision]).toEqual([one.verdict, one.decision])
        expect(other.matches.length).toBe(one.matches.length)
      }),
    )
  })

  test('it is a match exactly when one counts, and never none where a check could not be made', () => {
    fc.assert(
      fc.property(fc.array(anyHit), because, anyPolicy, (hits, why, policy) => {
        const verdict = weighed(hits, { policy, ...(why && { because: why }) })
        const counts = verdict.matches.some((match) => match.suppressedBy === undefined)
        expect(verdict.verdict).toBe(counts ? 'match' : why ? 'unknown' : 'none')
        if (verdict.verdict === 'none') expect(verdict.decision).toBe('allow')
      }),
    )
  })

  test('another near hit of an entry that alerts never makes the decision milder', () => {
    fc.assert(
      fc.property(fc.array(anyHit), anyHit, anyPolicy, (hits, another, policy) => {
        const alerting = { ...another, list: 1, trust: 'confirmed' as const, basis: 'md5' as const }
        const before = weighed(hits, { policy: { ...policy, doubted: 'allow' } })
        const after = weighed([...hits, alerting], { policy: { ...policy, doubted: 'allow' } })
        const rank = (decision: (typeof DECISIONS)[number]) => DECISIONS.indexOf(decision)
        expect(rank(after.decision)).toBeLessThanOrEqual(rank(before.decision))
      }),
    )
  })

  test('the strictest decision wins', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        fc.subarray(Object.keys(POLICY_DEFAULT) as (keyof Policy)[]),
        (policy, outcomes) => {
          const decided = strictest(outcomes, policy)
          expect(decided === 'block').toBe(outcomes.some((outcome) => policy[outcome] === 'block'))
          expect(decided === 'allow').toBe(outcomes.every((outcome) => policy[outcome] === 'allow'))
        },
      ),
    )
  })
})
