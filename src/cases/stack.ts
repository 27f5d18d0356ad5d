/** Stack: which items of a case look so alike that one decision may serve them; exact, and the same whatever the order. */
import type { CaseItem, CaseItemId } from '#terms/casework'

/** The largest PDQ distance at which two items are near-duplicates. */
export const STACK_DISTANCE_MAX = 31
/** Items of one stack at most: a chain that goes on and on is not one picture any more. */
export const STACK_ITEMS_MAX = 500
/** Below it a hash is mostly noise, and would make strangers of a stack. */
const QUALITY_MIN = 50
const WORDS = 8

/** What of an item decides where it lies. */
export type Stackable = Pick<CaseItem, 'id' | 'stack' | 'hashes'>

/**
 * The stack of each item. Two lie in one where their PDQ hashes differ by at most `STACK_DISTANCE_MAX` bits, or others lead from
 * one to the other. A stack that stands keeps its name; a new one is called by its first item.
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
  const hashes = items.map(hashesOf)
  for (const [at, mine] of hashes.entries()) {
    if (mine.length === 0) continue
    for (let other = at + 1; other < hashes.length; other++) {
      const [one, two] = [rootOf(at), rootOf(other)]
      if (one === two || !areNear(mine, hashes[other] ?? [])) continue
      const size = (sizes[one] ?? 1) + (sizes[two] ?? 1)
      if (size > STACK_ITEMS_MAX) continue
      const [first, second] = one < two ? [one, two] : [two, one]
      roots[second] = first
      sizes[first] = size
    }
  }
  return items.map((_, at) => rootOf(at))
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

function hashesOf({ hashes }: Stackable): Uint32Array[] {
  const good = (hashes.pdq ?? []).filter(({ quality }) => quality >= QUALITY_MIN)
  return good.map(({ hash }) => {
    return Uint32Array.from({ length: WORDS }, (_, at) => Number.parseInt(hash.slice(at * 8, at * 8 + 8), 16))
  })
}

function areNear(one: readonly Uint32Array[], other: readonly Uint32Array[]): boolean {
  return one.some((mine) => other.some((theirs) => isWithin(mine, theirs)))
}

function isWithin(one: Uint32Array, other: Uint32Array): boolean {
  let bits = 0
  for (let at = 0; at < WORDS; at++) {
    bits += ones(((one[at] ?? 0) ^ (other[at] ?? 0)) >>> 0)
    if (bits > STACK_DISTANCE_MAX) return false
  }
  return true
}

/** Bits that are set in 32. */
function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
