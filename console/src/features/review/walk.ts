/** Walk: which items of a case wait for whoever has it, pile by pile, and what of them is graded already. */
import type { WholeCaseTold } from '#contract/desk'
import type { CaseItemState, Claim } from '#terms/casework'

export type ItemTold = WholeCaseTold['items'][number]

/** Near-duplicates that can be graded together, or one item by itself. */
export interface Pile {
  readonly stack: string
  readonly items: readonly ItemTold[]
}

const WAITING: Readonly<Record<Claim['purpose'], ReadonlySet<CaseItemState>>> = {
  assess: new Set(['near', 'none', 'unknown']),
  'second-review': new Set(['voted']),
  adjudicate: new Set(['split']),
}

/** Items that wait for the part in which the case was taken up, pile by pile, in the order in which the case lists them. */
export function pilesToGrade(
  { items, votes }: Pick<WholeCaseTold, 'items' | 'votes'>,
  purpose: Claim['purpose'],
): Pile[] {
  const mine = new Set(votes.filter((vote) => vote.mine).map(({ item }) => item))
  const waiting = items.filter(({ id, state }) => WAITING[purpose].has(state) && !mine.has(id))
  const piles = new Map<string, ItemTold[]>()
  for (const item of waiting) piles.set(item.stack, [...(piles.get(item.stack) ?? []), item])
  return [...piles]
    .map(([stack, of]) => ({ stack, items: of }))
    .toSorted((a, b) => Number(hasNear(b)) - Number(hasNear(a)))
}

/** What is near a known entry is confirmed soonest, and comes first. */
function hasNear({ items }: Pile): boolean {
  return items.some(({ state, screening }) => state === 'near' || screening?.outcome === 'near')
}

/** Items that nobody need look at: the same file as an entry that is relied on. */
export function knownItems({ items }: Pick<WholeCaseTold, 'items'>): ItemTold[] {
  return items.filter(({ state }) => state === 'known')
}

/** The item after one, in a walk that ends where it began; undefined where none is left. */
export function itemAfter(
  walk: readonly ItemTold[],
  from: string | undefined,
  isOpen: (item: ItemTold) => boolean,
): ItemTold | undefined {
  const at = walk.findIndex(({ id }) => id === from)
  return [...walk.slice(at + 1), ...walk.slice(0, at + 1)].find(isOpen)
}

/** The item that lies so many steps from one; the walk has ends, and stops there. */
export function itemBeside(walk: readonly ItemTold[], from: string | undefined, steps: number) {
  const at = walk.findIndex(({ id }) => id === from)
  return walk[Math.min(walk.length - 1, Math.max(0, at + steps))]
}
