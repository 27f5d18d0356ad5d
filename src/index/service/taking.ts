/** Taking: one committed change taken into the contents: prepared a little at a time, and visible at one stroke. */
import { DIGEST_KINDS, HASH_BYTES } from '#terms/hash'
import type { FeedChange, FeedEnded, FeedRows } from '#terms/index-feed'
import type { Contents } from './contents.ts'
import { HashGathering, only, putFacts } from './gathering.ts'
import { Holdings } from './holdings.ts'
import { inSlices } from './slices.ts'

/** Hashes gathered of a large change before they are ordered. */
const GATHERED_MAX = 250_000

/** A change being taken. Where the feed breaks off, `take` goes on from there when it is called again. */
export class Taking {
  readonly number: number
  readonly #contents: Contents
  readonly #gathering = new HashGathering()
  readonly #ended: FeedEnded[] = []
  readonly #begun = new Holdings()
  readonly #left = new Holdings()
  /** The groups of the rows that begin and end with a large change. */
  readonly #groups: { readonly begun: number; readonly ended: number }

  readonly #shown: () => void

  /** @param shown called once all of it is visible, before the last of its work is done */
  constructor(contents: Contents, { number, listId }: FeedChange, shown: () => void) {
    this.#contents = contents
    this.#shown = shown
    this.number = number
    this.#groups = { begun: contents.groups.open(), ended: contents.groups.open(listId) }
  }

  /**
   * Takes the change in. Nothing of it is visible until the promise is fulfilled, and all of it then.
   *
   * @param isStopped asked between batches: true leaves the rest for another time
   * @returns false when it was stopped
   * @throws what the feed throws
   */
  async take(change: FeedChange, isStopped: () => boolean): Promise<boolean> {
    const contents = this.#contents
    for await (const batch of change.begun()) {
      if (isStopped()) return false
      this.#begin(batch)
      if (this.#gathering.length >= GATHERED_MAX) await this.#gathering.flush(contents)
    }
    for await (const batch of change.ended()) {
      if (isStopped()) return false
      this.#end(batch)
    }
    await this.#gathering.flush(contents)
    this.#show(change)
    await inSlices(this.#forgetting())
    return true
  }

  #begin(batch: FeedRows): void {
    const { facts } = this.#contents
    // Where the feed broke off before, some of the rows are here already.
    const isNew = (row: number): boolean => facts.group(row) !== this.#groups.begun
    const fresh = batch.rows.every(isNew) ? batch : only(batch, isNew)
    putFacts(this.#contents, this.#begun, fresh, () => this.#groups.begun)
    this.#gathering.push(fresh)
  }

  #end(batch: FeedEnded): void {
    const { facts, groups } = this.#contents
    for (const row of batch.rows) {
      const group = facts.group(row)
      const list = groups.list(group)
      if (list === 0 || group === this.#groups.ended) continue
      this.#left.add(list, facts.kinds(row), 1)
      facts.regroup(row, this.#groups.ended)
    }
    this.#ended.push(batch)
  }

  #show(change: FeedChange): void {
    const { groups } = this.#contents
    groups.show(this.#groups.begun, change.listId)
    groups.end(this.#groups.ended)
    publish(this.#contents, change, this.#begun, this.#left)
    this.#contents.reach(change)
    this.#shown()
  }

  *#forgetting(): Generator<void> {
    const { facts } = this.#contents
    for (const batch of this.#ended.splice(0)) {
      for (const steps = removing(this.#contents, batch); !steps.next().done; ) yield
      for (const row of batch.rows) if (facts.group(row) === this.#groups.ended) facts.regroup(row, 0)
      yield
    }
  }
}

/** What a small change begins and ends. */
export interface SmallRead {
  readonly begun: readonly FeedRows[]
  readonly ended: readonly FeedEnded[]
}

/** Reads a small change whole. @throws what the feed throws */
export async function readSmall(change: FeedChange): Promise<SmallRead> {
  const begun: FeedRows[] = []
  const ended: FeedEnded[] = []
  for await (const batch of change.begun()) begun.push(batch)
  for await (const batch of change.ended()) ended.push(batch)
  return { begun, ended }
}

/** Takes a small change in: read first, then put and shown without a pause. @throws what the feed throws */
export async function takeSmall(contents: Contents, change: FeedChange): Promise<void> {
  const read = await readSmall(change)
  showSmall(contents, change, read)
  contents.reach(change)
  for (const batch of read.ended) await inSlices(removing(contents, batch))
}

/** Shows a small change that ends nothing, though not all before it is shown. */
export function showAhead(contents: Contents, change: FeedChange, read: SmallRead): void {
  showSmall(contents, change, read)
  contents.ahead.add(change.number)
}

function showSmall(contents: Contents, change: FeedChange, { begun, ended }: SmallRead): void {
  const { facts, groups, digests, pdq } = contents
  const [came, left] = [new Holdings(), new Holdings()]
  for (const { rows } of ended) {
    for (const row of rows) {
      const list = contents.listOf(row)
      if (list === 0) continue
      left.add(list, facts.kinds(row), 1)
      facts.regroup(row, 0)
    }
  }
  for (const batch of begun) {
    putFacts(contents, came, batch, (list) => groups.own(list))
    for (const kind of DIGEST_KINDS) digests[kind].add(batch.hashes[kind])
    const { rows, bytes } = batch.hashes.pdq
    for (let at = 0; at < rows.length; at++) pdq.add(hashAt(bytes, at), rows[at] ?? 0)
  }
  publish(contents, change, came, left)
}

/** What becomes true with a change beside its rows, which must become so in the same breath. */
function publish(contents: Contents, change: FeedChange, came: Holdings, left: Holdings): void {
  const { judgements, holdings, groups } = contents
  for (const entry of change.judgementsEnded) judgements.delete(entry)
  for (const judgement of change.judgementsBegun) judgements.set(judgement.entry, judgement)
  holdings.addAll(came, 1)
  holdings.addAll(left, -1)
  const { listId, list } = change
  const lists = new Map(contents.lists)
  if (list) lists.set(listId, { ...list, holds: holdings.of(listId) })
  else {
    lists.delete(listId)
    groups.endList(listId)
    holdings.forget(listId)
  }
  contents.lists = lists
}

/** Takes hashes of rows that are gone out of the PDQ index, where they would be in the way. */
function* removing({ pdq }: Contents, { pdq: { rows, bytes } }: FeedEnded): Generator<void> {
  for (let at = 0; at < rows.length; at++) {
    pdq.remove(hashAt(bytes, at), rows[at] ?? 0)
    if ((at & 255) === 255) yield
  }
}

function hashAt(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(at * HASH_BYTES.pdq, (at + 1) * HASH_BYTES.pdq)
}
