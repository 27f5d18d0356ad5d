/** Retention, pure: periods of the calendar, profiles as data, what lapses and what is due, and clocks that were wrong. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clockOf, lengthInWords } from '#cases/clock'
import { endOf, periodOf, textOf } from '#cases/period'
import { parseProfile } from '#cases/profile'
import { keeping, keepingStanding, latestUntil, reviewDue } from '#cases/retention'
import { roleParticulars, roleSpans } from '#cases/role-spans'
import type { KeptFor } from '#terms/evidence'
import { PURPOSES } from '#terms/people'
import { profileNamed, readProfiles } from '#workflow/evidence/profiles'

const profiles = await readProfiles()
const FROM = '2024-02-29T10:00:00.000Z'

describe('periods', () => {
  test('are of the calendar: two years from a leap day end on 28 February', () => {
    expect(endOf(FROM, { years: 2, months: 0, days: 0 })).toBe('2026-02-28T10:00:00.000Z')
    expect(endOf('2026-12-31T00:00:00.000Z', { years: 0, months: 2, days: 1 })).toBe(
      '2027-03-01T00:00:00.000Z',
    )
  })

  test('are read as they are printed', () => {
    const part = fc.nat(90)
    fc.assert(
      fc.property(fc.record({ years: part, months: part, days: part }), (period) => {
        fc.pre(period.years + period.months + period.days > 0)
        expect(periodOf(textOf(period))).toEqual(period)
      }),
    )
    for (const none of ['P', 'P0D', '2Y', 'P-1Y', 'PT5M', '', 7]) expect(periodOf(none)).toBeUndefined()
  })
})

describe('the profiles that come with Tutela', () => {
  test('a hotline’s own set: two years for every purpose, from when the item first came, renewed by nothing', () => {
    const hotline = profileNamed(profiles, 'hotline-memorandum')
    for (const purpose of PURPOSES) {
      const keep = keeping(hotline, purpose, '2025-06-01T00:00:00.000Z', FROM)
      expect(keep).toEqual({ kind: 'until', until: '2026-02-28T10:00:00.000Z' })
    }
    expect(reviewDue(hotline)).toBe('2023-01-07T00:00:00.000Z')
    expect(hotline.sources[0]?.paragraphs).toEqual([18, 19])
  })

  test('a period that a profile names is not lengthened by a decision, also where it has no ceiling', () => {
    const because = 'a rule of the house'
    const own = parseProfile({
      ...{
        profile: 'own',
        title: 'Our own',
        place: 'here',
        from: '2026-01-01',
        verified: 'operator',
        sources: [],
      },
      purposes: { screen: { for: 'P30D', because } },
      otherwise: { 'until-decided-by': 'the board', because },
    })
    expect(latestUntil(own, 'screen', FROM, FROM)).toBe('2024-03-30T10:00:00.000Z')
    expect(latestUntil(own, 'report', FROM, FROM)).toBeUndefined()
  })

  test('a workplace keeps what police say, and nothing else', () => {
    const workplace = profileNamed(profiles, 'workplace')
    expect(keeping(workplace, 'report', FROM, FROM)).toEqual({ kind: 'until-decided', by: 'police' })
    expect(keeping(workplace, 'training', FROM, FROM).kind).toBe('not-kept')
  })

  test('platform and police set no period of their own, and say that it is to be verified', () => {
    for (const name of ['platform', 'police']) {
      const profile = profileNamed(profiles, name)
      expect(profile.verified).toBe('operator')
      for (const purpose of PURPOSES) expect(keeping(profile, purpose, FROM, FROM).kind).toBe('until-decided')
    }
  })

  test('a file with a member that nobody knows, or two terms for one purpose, is refused', () => {
    const term = { for: 'P1Y', because: 'a reason' }
    const file = {
      ...{ profile: 'own', title: 't', place: 'p', from: '2026-01-01', verified: 'text', sources: [] },
      ...{ purposes: { report: term }, otherwise: term },
    }
    expect(parseProfile(file).purposes.size).toBe(1)
    for (const wrong of [
      { ...file, untl: 1 },
      { ...file, purposes: { reporting: term } },
      { ...file, otherwise: { ...term, 'not-kept': true } },
      { ...file, otherwise: { for: '2 years', because: 'b' } },
      { ...file, otherwise: { for: 'P1Y' } },
      { ...file, from: '2026-13-01' },
      { ...file, profile: '../x' },
      [],
    ])
      expect(() => parseProfile(wrong)).toThrow()
  })
})

describe('what is due', () => {
  const kept = fc.record(
    {
      purpose: fc.constantFrom(...PURPOSES),
      profile: fc.constant('police'),
      from: fc.constant(FROM),
      until: fc.constantFrom('2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'),
      lapsedAt: fc.constantFrom('2026-01-02T00:00:00.000Z', '2027-01-02T00:00:00.000Z'),
    },
    { requiredKeys: ['purpose', 'profile', 'from'] },
  ) as fc.Arbitrary<KeptFor>

  test('each purpose lapses for itself, and the bytes are due when the last has', () => {
    fc.assert(
      fc.property(fc.array(kept, { minLength: 1 }), (all) => {
        const standing = keepingStanding(all)
        const open = all.filter(({ lapsedAt }) => lapsedAt === undefined)
        expect(standing.kind).toBe(open.length > 0 ? 'kept' : 'due')
        if (standing.kind === 'due') expect(all.map(({ lapsedAt }) => lapsedAt)).toContain(standing.since)
        if (standing.kind === 'kept' && open.some(({ until }) => until === undefined))
          expect(standing.until).toBeUndefined()
      }),
    )
    expect(keepingStanding([])).toEqual({ kind: 'for-nothing' })
  })
})

describe('the clock from discovery to report', () => {
  const find = {
    id: 'f',
    way: 'access',
    how: 'h',
    discoveredBy: 'p',
    discoveredAt: FROM,
    version: 1,
  } as const
  const later = (hours: number): Date => new Date(Date.parse(FROM) + hours * 3_600_000)

  test('runs, is overdue where a time was set, and stops at a report', () => {
    expect(clockOf(find, later(2))).toEqual({ kind: 'running', seconds: 7200, isOverdue: false })
    const due = { ...find, dueAt: later(1).toISOString() }
    expect(clockOf(due, later(2))).toMatchObject({ isOverdue: true })
    const made = { ...due, reportedAt: later(3).toISOString(), reportedTo: 'iwf' } as const
    expect(clockOf(made, later(99))).toMatchObject({ kind: 'stopped', seconds: 10_800, wasLate: true })
  })

  test('says that times disagree where a clock went backwards, and never counts below nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), (hours) => {
        const clock = clockOf(find, later(hours))
        expect(clock.kind).toBe(hours < 0 ? 'times-disagree' : 'running')
      }),
    )
  })

  test('is told in its two largest parts', () => {
    expect([0, 59, 3600, 90_061].map(lengthInWords)).toEqual([
      '0 seconds',
      '59 seconds',
      '1 hour',
      '1 day 1 hour',
    ])
  })
})

test('roles through time are drawn from the events, and what changed nothing is passed over', () => {
  const event = (at: string, body: object) =>
    ({ id: '1', stream: 'person:p', version: 1, kind: 'person.x', actor: 'tutela', at, body }) as never
  const spans = roleSpans([
    event('2026-01-01', { roles: ['analyst'], departments: [] }),
    event('2026-01-02', { case: '7' }),
    event('2026-02-01', { roles: [], departments: [], state: 'suspended' }),
  ])
  expect(spans).toEqual([
    { from: '2026-01-01', until: '2026-02-01', roles: ['analyst'], departments: [] },
    { from: '2026-02-01', roles: [], departments: [], state: 'suspended' },
  ])
})

test('with a role stands who let its person in beside whoever gave it, or why one person was enough', () => {
  const event = (kind: string, actor: string, body: object) =>
    ({ id: '1', stream: 'person:p', version: 1, kind: `person.${kind}`, actor, at: kind, body }) as never
  const role = { roles: ['analyst'], departments: [] }
  const told = roleSpans([
    event('admitted', 'person:ann', role),
    event('awaited', 'person:p', { ...role, state: 'suspended' }),
    event('resumed', 'person:bob', { ...role, state: 'active' }),
    event('suspended', 'person:ann', { ...role, state: 'suspended' }),
    event('resumed', 'person:ann', { ...role, state: 'active' }),
    event('roles-set', 'person:ann', { ...role, roles: ['reviewer'], alone: 'nobody-else' }),
    event('roles-set', 'person:ann', { ...role, roles: [] }),
  ]).map((span) => roleParticulars(span).filter((one) => one.startsWith('let in')))
  expect(told).toEqual([
    [],
    [],
    ['let in by a second person: person:bob'],
    [],
    [],
    ['let in by one person alone: there was nobody else who could have done so'],
    [],
  ])
})
