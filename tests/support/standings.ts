/** Standings: cases as they could stand in the queue, for properties of its order. */
import fc from 'fast-check'
import type { Standing } from '#cases/priority'
import type { Priority } from '#terms/casework'
import { REPORTER_TRUSTS } from '#terms/report'

const priorities: fc.Arbitrary<Priority> = fc.record(
  {
    atRisk: fc.boolean(),
    gradeOne: fc.boolean(),
    severity: fc.integer({ min: 0, max: 3 }),
    confidence: fc.integer({ min: 0, max: 3 }),
    trust: fc.constantFrom(...REPORTER_TRUSTS),
    receivedAt: fc.constantFrom('2026-04-01T00:00:00.000Z', '2026-04-02T00:00:00.000Z'),
    dueAt: fc.constantFrom('2026-05-01T15:00:00.000Z', '2026-05-02T00:00:00.000Z'),
    ordered: fc.record({ by: fc.constant('model'), points: fc.integer({ min: -10, max: 10 }) }),
  },
  {
    requiredKeys: ['atRisk', 'gradeOne', 'severity', 'confidence', 'trust', 'receivedAt'],
  },
)
export const standings: fc.Arbitrary<Standing> = fc.record({
  number: fc.integer({ min: 1000, max: 9999 }).map((one) => `K-${one}`),
  priority: priorities,
})
