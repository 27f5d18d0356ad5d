/** Stack: which items of a case look so alike that one decision may serve them; exact, and the same whatever the order. */
import type { CaseItem, CaseItemId } from '#terms/casework'
import { bandsOf, findNear, NEAR_DISTANCE_MAX, wordsOf } from './near.ts'

/** The largest PDQ distance at which two items are near-duplicates. */
export const STACK_DISTANCE_MAX = NEAR_DISTANCE_MAX
/** Items of one stack at most: a chain that goes on and on is not one picture any more. */
export const STACK_ITEMS_MAX = 500
/** Below it a hash is mostly noise, and would make strangers of a stack. */
export const QUALITY_MIN = 50

/** What of an item decides where it lies. */
export interface Stackable extends Pick<CaseItem, 'id' | 'stack' | 'hashes'> {
  /** Its PDQ hashes turned and mirrored, hex, where its bytes were read: those of good quality alone. */
  readonly turned?: readonly string[]
}

/**
 * The stack of each item. Two lie in one where a PDQ hash of the one, as it stands, differs by at most `STACK_DISTANCE_MAX` bits
 * from one of the other, as it stands or turned (either way round: to turn a picture moves a few bits of its hash), or others
 * lead from one to the other. A stack that stands keeps its name; a new one is called by its first item.
 *
 * @returns the items whose stack is another than it was, and the name of it
 */
export function stacked(items: readonly Stackable[]): ReadonlyMap<CaseItemId, CaseItemId> {
  const sorted = items.toSorted(byId)
  const roots = joined(sorted)
  const groups = new Map<number, Stackable[]>()
  for (const [at, item] of sorted.entries()) {
    const root = roots[at] ?? at
    const group = groups.get(root)
    if (group) group.push(item)
    else groups.set(root, [item])
  }
  const moved = new Map<CaseItemId, CaseItemId>()
  for (const group of groups.values()) {
    const name = nameOf(group)
    for (const { id, stack } of group) if (stack !== name) moved.set(id, name)
  }
  return moved
}

function byId(one: Stackable, other: Stackable): number {
  return one.id < other.id ? -1 : 1
}

/** Union-find: for each item the place of the first of its group. */
function joined(items: readonly Stackable[]): number[] {
  const roots = items.map((_, at) => at)
  const sizes = items.map(() => 1)
  const rootOf = (at: number): number => {
    let root = at
    for (let up = roots[root] ?? root; up !== root; up = roots[root] ?? root) root = up
    roots[at] = root
    return root
  }
  const sizeOf = (one: number, two: number): number => (sizes[one] ?? 1) + (sizes[two] ?? 1)
  // One already, or too many together; groups only grow, so that neither changes any more.
  const isSettled = (at: number, other: number): boolean => {
    const [one, two] = [rootOf(at), rootOf(other)]
    return one === two || sizeOf(one, two) > STACK_ITEMS_MAX
  }
  for (const [at, near] of nearOf(items, isSettled))
    for (const other of near) {
      if (isSettled(at, other)) continue
      const [one, two] = [rootOf(at), rootOf(other)]
      const [first, second] = one < two ? [one, two] : [two, one]
      sizes[first] = sizeOf(one, two)
      roots[second] = first
    }
  return items.map((_, at) => rootOf(at))
}

/** For each item those behind it that lie near, in their order, without those that are settled by then. */
function* nearOf(
  items: readonly Stackable[],
  isSettled: (at: number, other: number) => boolean,
): Generator<readonly [at: number, near: readonly number[]]> {
  const uprights = items.map(uprightOf)
  const turned = items.map((item, at) => wordsOf(uprights[at]?.length === 0 ? [] : (item.turned ?? [])))
  const [ofUpright, ofTurned] = [bandsOf(uprights), bandsOf(turned)]
  const found = new Int32Array(items.length)
  for (const [at, upright] of uprights.entries()) {
    const list: number[] = []
    const into = { found, mark: at + 1, list }
    let left = 0
    for (let other = at + 1; other < items.length; other++)
      if (isSettled(at, other)) found[other] = into.mark
      else left++
    if (left === 0) continue
    findNear(ofUpright, upright, at, into)
    findNear(ofUpright, turned[at] ?? upright, at, into)
    findNear(ofTurned, upright, at, into)
    yield [at, list.sort((one, other) => one - other)]
  }
}

function uprightOf({ hashes }: Stackable): Uint32Array {
  const good = (hashes.pdq ?? []).filter(({ quality }) => quality >= QUALITY_MIN)
  return wordsOf(good.map(({ hash }) => hash))
}

/** A name that stands already for several, else that of the first. */
function nameOf(group: readonly Stackable[]): CaseItemId {
  const counts = new Map<CaseItemId, number>()
  for (const { stack } of group) counts.set(stack, (counts.get(stack) ?? 0) + 1)
  const ids = new Set(group.map(({ id }) => id))
  const standing = [...counts].filter(([stack, count]) => count > 1 && ids.has(stack)).map(([stack]) => stack)
  const [first] = standing.length > 0 ? standing.toSorted() : [...ids].toSorted()
  if (first === undefined) throw new TypeError('a group without an item')
  return first
}
