/** Steps: a change of a list's entries, staged, weighed and applied in one transaction, or not at all. */
import { Fault } from '#terms/fault'
import type { ChangeKind, ListChange, RegisteredList } from '#terms/register'
import type { Signed } from './append.ts'
import { type ChangeCounts, lockList, nextChange, writeChange } from './changes.ts'
import type { Database, Transaction } from './database.ts'
import { hasHistory, lastRow, mergeSteps, settleFirst } from './merge.ts'
import { joinRepeated } from './repeats.ts'
import { copySteps, newTally, openAside, type Staging, type Steps } from './staging.ts'

/** How far a list may change at once: shares of the entries it had (0.1: a tenth), or entries. An empty list has no bounds. */
export interface Bounds {
  readonly withdrawnShareMax?: number
  readonly withdrawnMax?: number
  readonly addedShareMax?: number
  readonly addedMax?: number
}

export interface StepsOptions {
  readonly kind: ChangeKind
  /** The steps are the whole list: what they do not put is withdrawn. */
  readonly whole?: boolean
  /** Gives the figures of the change, and changes nothing. */
  readonly dryRun?: boolean
  /** Beyond them nothing is applied. */
  readonly bounds?: Bounds
  /** Of steps with one key: `join` the entries (default), or take the `last` step alone. */
  readonly repeats?: 'join' | 'last'
  readonly because?: string
  /** What else is to be kept if and only if the change is: a checkpoint. Not called in a dry run. */
  readonly also?: (transaction: Transaction, applied: Applied) => Promise<void>
  readonly signed: Signed
}

/** What steps came to. */
export interface StepCounts extends ChangeCounts {
  /** Entries that the list had before. */
  readonly before: number
  /** Keys that came more than once. */
  readonly repeated: number
  /** Entries left out: no hash, or only those of a file without content. */
  readonly left: number
}

/** An applied change; `unchanged`: there was nothing to change; `dry-run`: what the change would be. */
export type Applied =
  | (ListChange & StepCounts)
  | ({ readonly kind: 'unchanged' | 'dry-run'; readonly list: number } & StepCounts)

/**
 * Applies steps to a list, in one transaction: all of them or none, and nobody sees a part. An entry whose key stands is
 * replaced where anything in it differs, and keeps its number; so does one whose key was withdrawn before.
 *
 * @param given the steps, or what decides on them once the list is locked
 * @throws Fault `register.unknown`; `register.held` beyond the bounds, with the counts as its cause, nothing applied;
 * `list.invalid` for a key or text that cannot be kept; whatever the steps throw
 */
export async function applySteps(
  database: Database,
  listName: string,
  given: Steps | ((transaction: Transaction, list: RegisteredList) => Promise<Steps>),
  options: StepsOptions,
): Promise<Applied> {
  let isBegun = false
  try {
    return await database.transaction(async (transaction) => {
      // Steps come once: a second try would find none, and take that for an empty list.
      if (isBegun)
        throw new Fault('store.conflict', `list "${listName}" was changed by somebody else meanwhile`)
      const list = await lockList(transaction, listName)
      isBegun = true
      const steps = typeof given === 'function' ? await given(transaction, list) : given
      const applied = await applyStepsIn(transaction, list, steps, options)
      if (applied.kind === 'dry-run') throw new Tried(applied)
      return applied
    })
  } catch (ended) {
    if (ended instanceof Tried) return ended.applied
    throw ended
  }
}

/** Ends a dry run's transaction without keeping anything of it. */
class Tried extends Error {
  readonly applied: Applied

  constructor(applied: Applied) {
    super('a dry run')
    this.applied = applied
  }
}

/**
 * Applies steps within a transaction that others share. In a dry run the transaction must not be kept.
 *
 * @param list locked by `lockList`
 */
export async function applyStepsIn(
  transaction: Transaction,
  list: RegisteredList,
  steps: Steps,
  options: StepsOptions,
): Promise<Applied> {
  await transaction.query(`SET LOCAL work_mem = '96MB'; SET LOCAL jit = off`)
  const id = await nextChange(transaction)
  const staging = await openStaging(transaction, list, id)
  const tally = newTally()
  await copySteps(transaction, staging, steps, tally)
  const repeated = await joinRepeated(transaction, staging, list, tally, options.repeats ?? 'join')
  const merge = { change: id, steps: tally.steps, isWhole: options.whole ?? false }
  const { rows, ...changed } =
    staging.kind === 'aside'
      ? await mergeSteps(transaction, list, merge)
      : await settleFirst(transaction, staging)
  const counts = { ...changed, before: list.entries, repeated, left: tally.left }
  if (options.bounds) checkBounds(list, counts, options.bounds)
  const isNothing = counts.added + counts.replaced + counts.withdrawn === 0
  if (options.dryRun) return { kind: 'dry-run', list: list.id, ...counts }
  const because = options.because !== undefined && { because: options.because }
  const made = { id, kind: options.kind, ...changed, ...(rows && { rows }), ...because }
  const applied: Applied = isNothing
    ? { kind: 'unchanged', list: list.id, ...counts }
    : { ...(await writeChange(transaction, list, made, options.signed)), ...counts }
  await options.also?.(transaction, applied)
  return applied
}

/** Into a list that never had an entry, steps go at once: there is nothing to compare them with. */
async function openStaging(transaction: Transaction, list: RegisteredList, change: number): Promise<Staging> {
  if (list.entries > 0 || (await hasHistory(transaction, list))) return openAside(transaction)
  const { id, trust } = list
  return { kind: 'entry', list: id, change, trust, after: await lastRow(transaction) }
}

/** @throws Fault `register.held` when a change goes beyond its bounds */
function checkBounds(list: RegisteredList, counts: StepCounts, bounds: Bounds): void {
  const { before, added, withdrawn } = counts
  if (before === 0) return
  const most = (max = Number.POSITIVE_INFINITY, share = Number.POSITIVE_INFINITY): number =>
    Math.min(max, share * before)
  const isHeld =
    withdrawn > most(bounds.withdrawnMax, bounds.withdrawnShareMax) ||
    added > most(bounds.addedMax, bounds.addedShareMax)
  if (!isHeld) return
  const what = `${added} entries would be added and ${withdrawn} withdrawn of ${before}`
  throw new Fault('register.held', `list "${list.name}": ${what}, which is beyond its bounds`, {
    cause: counts,
  })
}
