/** Priority: one total order, which says of itself why one case stands above the next; and stacks, which no order changes. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clockWords, compareStandings, priorityOf, type Standing, whyAbove } from '#cases/priority'
import { STACK_DISTANCE_MAX, STACK_ITEMS_MAX, type Stackable, stacked } from '#cases/stack'
import { againAfter, foundOf, stateAfterScreening } from '#cases/triage'
import type { Priority, Screening } from '#terms/casework'
import type { GateVerdict } from '#terms/gate'
import { standings } from '../support/standings.ts'

const AT = new Date('2026-05-01T12:00:00Z')

describe('the order', () => {
  test('is total: antisymmetric, transitive, and equal only for one and the same case', () => {
    fc.assert(
      fc.property(standings, standings, standings, (a, b, c) => {
        expect(Math.sign(compareStandings(a, b))).toBe(-Math.sign(compareStandings(b, a)) + 0)
        if (compareStandings(a, b) <= 0 && compareStandings(b, c) <= 0)
          expect(compareStandings(a, c)).toBeLessThanOrEqual(0)
        expect(compareStandings(a, b) === 0).toBe(a.number === b.number && sameOrder(a, b))
      }),
    )
  })

  test('has a child at risk now before everything, and grade 1 next', () => {
    fc.assert(
      fc.property(standings, standings, (a, b) => {
        const risk = { ...a, priority: { ...a.priority, atRisk: true } }
        const other = { ...b, priority: { ...b.priority, atRisk: false } }
        expect(compareStandings(risk, other)).toBeLessThan(0)
        expect(whyAbove(risk, other, { at: AT })).toBe('a child is at risk now')
        const one = { ...a, priority: { ...a.priority, atRisk: false, gradeOne: true } }
        const usual = { ...other, priority: { ...other.priority, gradeOne: false } }
        expect(compareStandings(one, usual)).toBeLessThan(0)
        expect(whyAbove(one, usual, { at: AT })).toContain('grade 1')
      }),
    )
  })

  test('always says why, in one line', () => {
    fc.assert(
      fc.property(standings, fc.option(standings, { nil: undefined }), (one, next) => {
        expect(whyAbove(one, next, { at: AT })).toMatch(/^[^\n]{5,120}$/)
      }),
    )
  })
})

/** True of priorities that no field of the order tells apart. */
function sameOrder(a: Standing, b: Standing): boolean {
  const of = ({ priority: { ordered, ...rest } }: Standing) =>
    JSON.stringify([Object.entries(rest).sort(), ordered?.points])
  return of(a) === of(b)
}

const PLAIN: Priority = {
  ...{ atRisk: false, gradeOne: false, severity: 1, confidence: 0, trust: 'usual' },
  receivedAt: '2026-04-01T00:00:00.000Z',
}
const screened = (outcome: Screening['outcome'], category?: string): { screening: Screening } => ({
  screening: {
    outcome,
    matches:
      category === undefined
        ? []
        : [
            {
              ...{ list: 'l', entry: 1, trust: 'confirmed', basis: 'sha256' },
              categories: { 'uk-sentencing': [category] },
            },
          ],
    ...{ change: 1, versions: 'v', at: AT.toISOString(), attempts: 1 },
  },
})
const severityOf = (categories: Readonly<Record<string, readonly string[]>>): number | undefined =>
  ({ A: 3, B: 2 })[categories['uk-sentencing']?.[0] ?? '']

describe('why one stands above the next', () => {
  const standing = (more: Partial<Priority>): Standing => ({ number: 'K-1', priority: { ...PLAIN, ...more } })
  test.each([
    [{ severity: 3 }, {}, 'matches an entry of category A (uk-sentencing) by the same file'],
    [{ dueAt: '2026-05-01T15:00:00.000Z' }, {}, 'a clock runs: in 3 h'],
    [
      { dueAt: '2026-05-01T15:00:00.000Z' },
      { dueAt: '2026-05-03T15:00:00.000Z' },
      'its clock ends sooner: in 3 h',
    ],
    [{ confidence: 2 }, {}, 'more is known of it: looks like a known entry'],
    [{ trust: 'high' }, {}, 'what this reporter said before was mostly right'],
    [{ ordered: { by: 'model', points: 3 } }, {}, 'set higher by model (+3)'],
    [{}, { receivedAt: '2026-04-03T00:00:00.000Z' }, 'waits longer: since 2026-04-01 00:00 UTC'],
  ] as const)('%j above %j', (one, next, words) => {
    const { matches } = screened('same', 'A').screening
    const given = { at: AT, matches, severityOf }
    expect(whyAbove(standing(one), { ...standing(next), number: 'K-2' }, given)).toBe(words)
  })

  test('a clock that ran out says since when', () => {
    expect(clockWords('2026-05-01T11:30:00.000Z', AT)).toBe('it ran out 30 min ago')
  })
})

describe('what is known of a case', () => {
  const before = { ...PLAIN, atRisk: true, gradeOne: true }
  test('takes back nothing that somebody declared', () => {
    const reports = { atRisk: false, trust: 'low', receivedAt: '2026-03-01T00:00:00.000Z' } as const
    expect(priorityOf({ before, items: [screened('none')], reports, severityOf })).toMatchObject({
      ...{ atRisk: true, gradeOne: true, severity: 1, confidence: 1, trust: 'low' },
      receivedAt: '2026-03-01T00:00:00.000Z',
    })
  })

  test('goes by the gravest and the surest of its items', () => {
    const items = [screened('near', 'B'), screened('same', 'A'), {}]
    expect(priorityOf({ before, items, severityOf })).toMatchObject({ severity: 3, confidence: 3 })
    expect(priorityOf({ before, items: [screened('near', 'Z')], severityOf })).toMatchObject({ severity: 2 })
  })
})

const hash = (flipped: number): string => {
  const bits = Array.from({ length: 64 }, (_, at) => Math.max(0, Math.min(4, flipped - at * 4)))
  return bits.map((count) => ((1 << count) - 1).toString(16)).join('')
}
const item = (id: number, flipped: number, quality = 100): Stackable => {
  const name = `i-${String(id).padStart(16, '0')}` as const
  return { id: name, stack: name, hashes: { pdq: [{ hash: hash(flipped), quality }] } }
}

describe('a stack', () => {
  test('holds what differs in 31 bits of 256, and not what differs in 32', () => {
    expect(stacked([item(1, 0), item(2, STACK_DISTANCE_MAX)]).size).toBe(1)
    expect(stacked([item(1, 0), item(2, STACK_DISTANCE_MAX + 1)]).size).toBe(0)
    expect(stacked([item(1, 0), item(2, 0, 49)]).size).toBe(0) // too little in it to say so
  })

  test('is what leads from one to the next, whatever their order, and keeps its name', () => {
    const chain = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(chain, fc.integer(), (places, seed) => {
        const items = places.map((place, at) => item(at, place * 25))
        const shuffled = items.toSorted(
          (a, b) => ((a.id.charCodeAt(17) * seed) % 7) - (b.id.charCodeAt(17) % 7),
        )
        expect([...stacked(shuffled)].sort()).toEqual([...stacked(items)].sort())
        const moved = stacked(items)
        const again = items.map((one) => ({ ...one, stack: moved.get(one.id) ?? one.stack }))
        expect(stacked(again).size).toBe(0)
        const stackOf = new Map(again.map(({ stack }, at) => [places[at], stack]))
        for (const place of places) {
          const next = places.includes(place + 1) ? stackOf.get(place + 1) : stackOf.get(place)
          expect(stackOf.get(place)).toBe(next)
        }
      }),
    )
  })

  test('ends where it would be a crowd', () => {
    const many = Array.from({ length: STACK_ITEMS_MAX + 10 }, (_, at) => item(at, 0))
    const moved = stacked(many)
    const sizes = new Map<string, number>()
    for (const { id } of many) {
      const stack = moved.get(id) ?? id
      sizes.set(stack, (sizes.get(stack) ?? 0) + 1)
    }
    expect(Math.max(...sizes.values())).toBe(STACK_ITEMS_MAX)
  })
})

describe('what a look-up amounts to', () => {
  const match = (more: object) => ({
    ...{ list: 'l', entry: 1, trust: 'confirmed', categories: {}, basis: 'sha256', ...more },
  })
  const verdict = (more: object): GateVerdict =>
    ({ verdict: 'match', decision: 'block', checked: [], matches: [], more: false, ...more }) as GateVerdict

  test.each([
    ['the same file as a relied-on entry', [match({})], 'same'],
    ['one that is disputed as well', [match({}), match({ entry: 2, trust: 'disputed' })], 'near'],
    ['one that is only reported', [match({ trust: 'reported' })], 'near'],
    ['MD5 alone', [match({ basis: 'md5' })], 'near'],
    ['PDQ, however near', [match({ basis: 'pdq', distance: 0 })], 'near'],
  ] as const)('%s', (_, matches, outcome) => {
    expect(foundOf(verdict({ matches })).outcome).toBe(outcome)
  })

  test('a remote match is near, a failure is unknown with its reason, and a set-aside match is none', () => {
    expect(foundOf(verdict({ remote: [{ matcher: 'm', kind: 'match' }] })).outcome).toBe('near')
    const unknown = verdict({ verdict: 'unknown', because: 'remote-failed' })
    expect(foundOf(unknown)).toEqual({ outcome: 'unknown', because: 'remote-failed', matches: [] })
    const aside = [match({ suppressedBy: { kind: 'judged', entry: 1 } })]
    expect(foundOf(verdict({ verdict: 'none', matches: aside })).outcome).toBe('none')
  })

  test('unknown is tried again, ever more seldom, at least once a day', () => {
    const seconds = (attempts: number) => (againAfter(attempts, AT).getTime() - AT.getTime()) / 1000
    expect([1, 2, 3, 7, 50].map(seconds)).toEqual([60, 240, 960, 86_400, 86_400])
  })
})

test('the machine decides nothing for a person: it leaves votes alone, and a child at risk does not wait for it', () => {
  const of = (state: 'screening' | 'second' | 'waiting', priority = PLAIN) => ({ state, priority })
  expect(stateAfterScreening(of('second'), [{ state: 'voted' }], 0)).toBe('second')
  expect(stateAfterScreening(of('screening'), [{ state: 'new' }], 1)).toBe('screening')
  expect(stateAfterScreening(of('screening', { ...PLAIN, atRisk: true }), [{ state: 'new' }], 1)).toBe(
    'waiting',
  )
  expect(stateAfterScreening(of('screening'), [{ state: 'known' }], 0)).toBe('decided')
  expect(stateAfterScreening(of('screening'), [], 0)).toBe('waiting')
  expect(stateAfterScreening(of('waiting'), [{ state: 'known' }, { state: 'unknown' }], 0)).toBe('waiting')
})
