/** Destruction in whatever order: sequences of what two people do, and what must hold after each. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { destructionsOf } from '#store/destructions'
import { holdsOn, placeHold, releaseHold } from '#store/holds'
import { keptOf } from '#store/kept'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Person } from '#terms/people'
import { approve, carryOut, propose, withdraw } from '#workflow/evidence/destroy'
import { decideKeeping, keepItem, lapseDue } from '#workflow/evidence/retain'
import {
  acting,
  because,
  DUE,
  keptItem,
  profiles,
  type Scene,
  SEALED,
  scene,
} from '../../support/destruction.ts'

describe('whatever is done in whatever order', () => {
  const who = fc.constantFrom('one', 'other')
  const kind = (...kinds: string[]) => fc.record({ kind: fc.constantFrom(...kinds), who })
  const step = fc.oneof(
    { weight: 3, arbitrary: kind('propose', 'approve', 'carry-out') },
    { weight: 2, arbitrary: kind('hold', 'release', 'release', 'lapse', 'keep', 'decide', 'withdraw') },
  )
  // Most sequences would never come to the end of what two people do: some begin in the middle of it.
  const begun = [
    { kind: 'lapse', who: 'one' },
    { kind: 'propose', who: 'one' },
    { kind: 'approve', who: 'other' },
  ]
  const steps = fc
    .tuple(fc.nat(begun.length), fc.array(step, { minLength: 2, maxLength: 10 }))
    .map(([count, more]) => [...begun.slice(0, count), ...more])

  test('nothing under hold or not due goes, and nobody approves their own', async () => {
    const at = await scene()
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const item = await keptItem(at.database)
        for (const { kind, who } of given) {
          const before = { holds: await holdsOn(at.database, item), kept: await keptOf(at.database, item) }
          const gone = at.shredded.includes(item)
          await act(at, item, kind, at[who === 'one' ? 'one' : 'other']).catch(onlyFault)
          if (gone || !at.shredded.includes(item)) continue
          expect(before.holds).toEqual([])
          expect(before.kept.every(({ lapsedAt }) => lapsedAt !== undefined)).toBe(true)
        }
        const destructions = await destructionsOf(at.database, item)
        for (const { proposedBy, approvedBy } of destructions) expect(approvedBy).not.toBe(proposedBy)
        const begun = destructions.filter(({ begunAt }) => begunAt !== undefined)
        expect(begun.length).toBe(at.shredded.includes(item) ? 1 : 0)
        expect(begun.every(({ approvedBy }) => approvedBy !== undefined)).toBe(true)
      }),
      // A seed: that anything was shredded at all, as is held below, is not left to chance.
      { numRuns: 30, seed: 20181 },
    )
    expect(at.shredded.length).toBeGreaterThan(0)
  })

  async function act(at: Scene, item: ItemId, kind: string, who: Person): Promise<unknown> {
    const signed = { actor: `person:${who.id}`, at: at.clock } as const
    const [latest] = (await destructionsOf(at.database, item)).filter((one) => one.withdrawnAt === undefined)
    const key = { item, purpose: 'assess', profile: 'hotline-memorandum' } as const
    switch (kind) {
      case 'propose':
        return propose(at, acting(who), { item, because })
      case 'approve':
        return latest && approve(at, acting(who), latest.id)
      case 'carry-out':
        return latest && carryOut(at, acting(who), latest.id)
      case 'withdraw':
        return latest && withdraw(at, acting(who), latest.id)
      case 'hold':
        return at.database.transaction((tx) => placeHold(tx, { item, because: 'b', issuer: 'i' }, signed))
      case 'release': {
        const [hold] = await holdsOn(at.database, item)
        return hold && at.database.transaction((tx) => releaseHold(tx, hold.id, 'r', signed))
      }
      case 'lapse':
        return lapseDue(at.database, DUE)
      case 'keep':
        return at.database.transaction((tx) => keepItem(tx, profiles, { ...key, purpose: 'report' }, signed))
      default: {
        const decided = { until: SEALED, because: 'instructed' }
        return at.database.transaction((tx) => decideKeeping(tx, profiles, key, decided, signed))
      }
    }
  }

  function onlyFault(error: unknown): void {
    if (!(error instanceof Fault)) throw error
  }
})
