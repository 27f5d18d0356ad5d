/** Apply: what a pull staged becomes one change of its list, within the source's bounds, or is held. */

import type { Signed } from '#store/append'
import type { Transaction } from '#store/database'
import { listToTry } from '#store/lists'
import { finishPull, holdPull, lockStaged } from '#store/pulls'
import type { HeldPull, Staging } from '#store/sources'
import { type Applied, applySteps, applyStepsIn, type StepCounts } from '#store/steps'
import { Fault } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'
import type { PullDesk, PullOutcome } from './desk.ts'
import { termsOf } from './place.ts'
import { nextBySchedule } from './schedule.ts'

export interface ApplyOptions {
  readonly isDryRun: boolean
  readonly isBeyondBounds: boolean
  readonly signed: Signed
}

/**
 * Applies a complete pull to the list, and moves the checkpoint on in the same transaction.
 *
 * @throws Fault of the store or of the list; never `register.held`, which is an outcome
 */
export async function applyStaged(
  desk: PullDesk,
  source: SourceDefinition,
  listName: string,
  staging: Staging,
  options: ApplyOptions,
): Promise<PullOutcome> {
  const { isDryRun, isBeyondBounds, signed } = options
  const { checkpoint, pages, rows, leftOut } = staging
  if (!checkpoint) throw new TypeError('a pull is applied when its last page came')
  const nextAt = nextBySchedule(source, signed.at)
  const { shrinkMax, growMax } = source.assertions
  const fetched = { whole: staging.from === undefined, pages, rows, leftOut }
  try {
    const steps = (transaction: Transaction) => lockStaged(transaction, desk.database, source.name, staging)
    const applied = await applySteps(desk.database, listName, steps, {
      kind: 'pull',
      whole: fetched.whole,
      dryRun: isDryRun,
      ...(!isBeyondBounds && { bounds: { withdrawnShareMax: shrinkMax, addedShareMax: growMax } }),
      ...(isBeyondBounds && { because: 'beyond the bounds of its source, by decision' }),
      also: async (transaction, made) => {
        if (!isBeyondBounds) checkEntries(source, made)
        const change = 'number' in made ? { change: made.number } : {}
        const counts = { added: made.added, replaced: made.replaced, withdrawn: made.withdrawn }
        const done = { staging, checkpoint, ...change, ...counts, isBeyondBounds, nextAt }
        await finishPull(transaction, source.name, done, signed)
      },
      signed,
    })
    if (isDryRun && !isBeyondBounds) checkEntries(source, applied)
    const counts = countsOf(applied)
    if ('number' in applied) return { kind: 'applied', change: applied.number, counts, fetched }
    return { kind: isDryRun ? 'dry-run' : 'unchanged', counts, fetched }
  } catch (error) {
    const held = heldBy(error, signed.at)
    if (!held) throw error
    if (!isDryRun) await holdPull(desk.database, source.name, { held, staging, nextAt }, signed)
    return { kind: 'held', held, fetched }
  }
}

/** Ends a transaction of which nothing is kept. */
class Tried extends Error {
  readonly applied: Applied

  constructor(applied: Applied) {
    super('a dry run')
    this.applied = applied
  }
}

/** What a complete pull would come to for a source whose list is not there yet. Nothing is kept. */
export async function tryWithoutList(
  desk: PullDesk,
  source: SourceDefinition,
  staging: Staging,
  { isBeyondBounds, signed }: Omit<ApplyOptions, 'isDryRun'>,
): Promise<PullOutcome> {
  const { pages, rows, leftOut } = staging
  const fetched = { whole: staging.from === undefined, pages, rows, leftOut }
  const options = { kind: 'pull', whole: fetched.whole, dryRun: true, signed } as const
  try {
    const applied = await desk.database
      .transaction(async (transaction): Promise<Applied> => {
        const list = await listToTry(transaction, source.list, termsOf(source), signed)
        const steps = await lockStaged(transaction, desk.database, source.name, staging)
        throw new Tried(await applyStepsIn(transaction, list, steps, options))
      })
      .catch(onlyTried)
    if (!isBeyondBounds) checkEntries(source, applied)
    return { kind: 'dry-run', counts: countsOf(applied), fetched }
  } catch (error) {
    const held = heldBy(error, signed.at)
    if (!held) throw error
    return { kind: 'held', held, fetched }
  }
}

function onlyTried(ended: unknown): Applied {
  if (ended instanceof Tried) return ended.applied
  throw ended
}

/** @throws Fault `register.held` where the list would have fewer or more entries than the source asserts */
function checkEntries({ name, assertions }: SourceDefinition, counts: StepCounts): void {
  const { entriesMin = 0, entriesMax = Number.POSITIVE_INFINITY } = assertions
  const after = counts.before + counts.added - counts.withdrawn
  if (after >= entriesMin && after <= entriesMax) return
  const bound = after < entriesMin ? `at least ${entriesMin}` : `at most ${entriesMax}`
  throw new Fault('register.held', `${name}: the list would have ${after} entries, not ${bound}`, {
    cause: countsOf(counts),
  })
}

function heldBy(error: unknown, at: Date): HeldPull | undefined {
  if (!(error instanceof Fault) || error.code !== 'register.held') return undefined
  const figures = countsOf(error.cause as StepCounts)
  return { at: at.toISOString(), because: error.message, figures: { ...figures } }
}

function countsOf(given: Applied | StepCounts): StepCounts {
  const { added, replaced, withdrawn, unchanged, before, repeated, left } = given
  return { added, replaced, withdrawn, unchanged, before, repeated, left }
}
