import { describe, expect, test } from 'vitest'
import { covers } from '#people/authority'
import { decide } from '#people/policy'
import type { Authority } from '#terms/people'
import { AT, OPEN_AUTHORITY, person, situation } from '../support/situations.ts'

describe('a written authority', () => {
  const analyst = person(['analyst'], { departments: ['abuse desk'] })
  const asked = {
    person: analyst,
    act: 'crawl',
    purpose: 'screen',
    cases: ['c1'],
    isTrained: false,
    at: AT,
  } as const
  const named = (more: Partial<Authority>): Authority => ({ ...OPEN_AUTHORITY, ...more })

  test('covers its people, departments, acts, purposes and scope, from its first moment to its last', () => {
    const cases: readonly (readonly [Partial<Authority>, string])[] = [
      [{}, 'yes'],
      [{ acts: ['view'] }, 'no'],
      [{ purposes: ['preserve-evidence'] }, 'no'],
      [{ people: ['p-1111111111111111'] }, 'no'],
      [{ people: ['p-1111111111111111'], departments: ['abuse desk'] }, 'yes'],
      [{ from: '2026-05-01T12:00:00.001Z' }, 'no'],
      [{ until: AT }, 'no'],
      [{ revokedAt: AT }, 'no'],
      [{ reviewAt: '2026-04-30T00:00:00.000Z' }, 'conditions'],
      [{ conditions: ['training'] }, 'conditions'],
      [{ conditions: ['in pairs'] }, 'yes'],
      [{ scope: { cases: ['c2'] } }, 'no'],
      [{ scope: { cases: ['c1', 'c2'] } }, 'yes'],
      [{ scope: { hosts: ['example.org'] } }, 'no'],
    ]
    for (const [more, expected] of cases) expect([more, covers(named(more), asked)]).toEqual([more, expected])
    expect(covers(named({ scope: { hosts: ['example.org'] } }), { ...asked, host: 'example.org' })).toBe(
      'yes',
    )
  })

  test('once given is kept to: a condition that is not met closes also what duty would open', () => {
    const authorities = [named({ conditions: ['training'] })]
    const view = { purpose: 'assess', authorities, isTrained: false } as const
    expect(decide(situation(['analyst'], 'view', view))).toEqual({
      kind: 'refused',
      because: 'authority-conditions',
    })
    expect(decide(situation(['analyst'], 'view', { ...view, isTrained: true }))).toMatchObject({
      basis: { kind: 'authority', id: OPEN_AUTHORITY.id },
    })
    expect(decide(situation(['analyst'], 'view', { ...view, authorities: [] }))).toMatchObject({
      basis: { kind: 'duty', id: 'case:c1' },
    })
  })
})
