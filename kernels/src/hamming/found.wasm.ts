/**
 * Found: what queries find, never more than a limit each, the nearest first.
 *
 * A key is distance × 2^32 + payload, so that the order of keys is the order of answers. One query at a time is
 * collected in bounded room; many at once are gathered in one list with their numbers, sorted by number, and collected.
 */
import { answers, finds, findsStarts, keys } from './place.wasm'

/** Twice the largest limit and a little: what is found may fill it, and is then cut to the nearest `limit`. */
const KEYS_MAX: u32 = 131_072 + 64
const FINDS_MAX: u32 = 65_536

let limit: u32
let held: u32
/** Nothing at or above this key can still be among the nearest. */
let ceiling: u64
let leftOut: bool

/** True while many queries are searched together. */
let gathering: bool = false
let finding: u32

/** Begins the answers of one query. */
export function openFound(limitGiven: u32): void {
  gathering = false
  limit = limitGiven
  held = 0
  ceiling = u64.MAX_VALUE
  leftOut = false
}

/** Begins a list of what many queries find. */
export function openGathering(): void {
  gathering = true
  finding = 0
}

export function offer(query: u32, distance: u32, payload: u32): void {
  const key = (u64(distance) << 32) | u64(payload)
  if (!gathering) return collect(key)
  if (finding < FINDS_MAX) {
    store<u64>(finds + (usize(finding) << 4), key)
    store<u32>(finds + (usize(finding) << 4), query, 8)
  }
  finding++
}

function collect(key: u64): void {
  if (key >= ceiling) {
    leftOut = true
    return
  }
  setKey(held, key)
  held++
  if (held == limit * 2 + 64) cut()
}

/** False when more was offered than the list holds: then it is of no use. */
export function gathered(): bool {
  return finding <= FINDS_MAX
}

/** Orders the list by query: findsStarts then says where each query's part begins, its keys lie in `keys`' upper room. */
export function sortGathered(count: u32): void {
  memory.fill(findsStarts, 0, (usize(count) + 2) << 2)
  const last = finds + (usize(finding) << 4)
  for (let at = finds; at < last; at += 16) {
    const slot = findsStarts + (usize(load<u32>(at, 8) + 2) << 2)
    store<u32>(slot, load<u32>(slot) + 1)
  }
  for (let query: u32 = 0; query < count; query++) {
    const slot = findsStarts + (usize(query + 1) << 2)
    store<u32>(slot, load<u32>(slot, 4) + load<u32>(slot), 4)
  }
  for (let at = finds; at < last; at += 16) {
    const slot = findsStarts + (usize(load<u32>(at, 8) + 1) << 2)
    const place = load<u32>(slot)
    store<u32>(slot, place + 1)
    store<u64>(sortedFind(place), load<u64>(at))
  }
}

@inline function sortedFind(place: u32): usize {
  return finds + (usize(FINDS_MAX) << 4) + (usize(place) << 3)
}

/** Collects what a query found among the gathered. */
export function gather(query: u32): void {
  const slot = findsStarts + (usize(query) << 2)
  const until = load<u32>(slot, 4)
  for (let place = load<u32>(slot); place < until; place++) collect(load<u64>(sortedFind(place)))
}

/** Ends a query: writes its sorted answers at `index` of all; returns how many, the top bit set when more were left out. */
export function closeFound(index: u32): u32 {
  if (held > limit) cut()
  sort(0, i32(held) - 1)
  memory.copy(answers + (usize(index) << 3), keys, usize(held) << 3)
  return held | (leftOut ? 0x8000_0000 : 0)
}

/** Keeps the nearest `limit` keys. */
function cut(): void {
  select(0, i32(held) - 1, i32(limit) - 1)
  held = limit
  leftOut = true
  ceiling = keyAt(i32(limit) - 1)
}

@inline function keyAt(index: i32): u64 {
  return load<u64>(keys + (usize(index) << 3))
}

@inline function setKey(index: i32, key: u64): void {
  store<u64>(keys + (usize(index) << 3), key)
}

/** Parts keys low..high about their middle one; afterwards all up to the place returned are ≤ all after it. */
function part(low: i32, high: i32): i32 {
  const pivot = keyAt((low + high) >> 1)
  let i = low - 1
  let j = high + 1
  while (true) {
    do i++; while (keyAt(i) < pivot)
    do j--; while (keyAt(j) > pivot)
    if (i >= j) return j
    const swapped = keyAt(i)
    setKey(i, keyAt(j))
    setKey(j, swapped)
  }
}

/** Orders keys low..high so far that the `nth` stands where sorting would put it, with no greater one before. */
function select(low: i32, high: i32, nth: i32): void {
  while (low < high) {
    const middle = part(low, high)
    if (nth <= middle) high = middle
    else low = middle + 1
  }
}

function sort(low: i32, high: i32): void {
  while (high - low > 16) {
    const middle = part(low, high)
    if (middle - low < high - middle) {
      sort(low, middle)
      low = middle + 1
    } else {
      sort(middle + 1, high)
      high = middle
    }
  }
  for (let i = low + 1; i <= high; i++) {
    const key = keyAt(i)
    let j = i - 1
    while (j >= low && keyAt(j) > key) {
      setKey(j + 1, keyAt(j))
      j--
    }
    setKey(j + 1, key)
  }
}
