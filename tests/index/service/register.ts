/** Register: a small register in memory that behaves as the store's does, and what a linear search in it finds. */
import { HASH_BYTES, type HashKind } from '#terms/hash'
import type {
  FeedChange,
  FeedEnded,
  FeedHashes,
  FeedJudgement,
  FeedRows,
  FeedWhole,
  IndexFeed,
} from '#terms/index-feed'
import {
  type Fingerprint,
  type IndexedRegisterList,
  KIND_BITS,
  type RegisterHit,
  type RegisterHits,
} from '#terms/lookup'
import { type Categories, TRUSTS, type Trust } from '#terms/register'
import { type Check, STRENGTH } from '#terms/verdict'

export interface Version {
  readonly row: number
  readonly entry: number
  readonly list: number
  readonly key: string
  readonly trust: Trust
  readonly categories: Categories
  readonly hashes: Readonly<Partial<Record<HashKind, string>>>
  readonly since: number
  until: number
}

export interface Put {
  readonly key: string
  readonly trust?: Trust
  readonly categories?: Categories
  readonly hashes: Readonly<Partial<Record<HashKind, string>>>
}

const NOW = Number.POSITIVE_INFINITY
const KINDS: readonly HashKind[] = ['md5', 'sha1', 'sha256', 'pdq']

interface Change {
  readonly number: number
  readonly list: number
  /** Entries of the list after it. */
  readonly entries: number
  readonly judgementsEnded: readonly number[]
  readonly judgementsBegun: readonly FeedJudgement[]
}

/** A register whose every change is committed at once. */
export class MemoryRegister implements IndexFeed {
  name: string
  readonly versions: Version[] = []
  readonly changes: Change[] = []
  readonly judgements = new Map<number, FeedJudgement>()
  readonly standing = new Map<number, IndexedRegisterList>()
  /** Rows in a batch; the feed breaks off once after so many batches. */
  batchRows = 3
  breakAfter = NOW
  /** Called before each batch with its versions, which are read once it is fulfilled. */
  before: (versions: readonly Version[]) => void | Promise<void> = () => {}
  readonly #told = new Set<() => void>()
  #row = 0

  constructor(name = 'one') {
    this.name = name
  }

  readonly told = (changed: () => void): (() => void) => {
    this.#told.add(changed)
    return () => this.#told.delete(changed)
  }

  get number(): number {
    return this.changes.length
  }

  createList(id: number): void {
    const list = { id, name: `list ${id}`, kind: 'alert', uses: ['gate'], enabledRatio: 1 } as const
    this.standing.set(id, { ...list, entries: 0, changedAt: '2026-01-01T00:00:00.000Z' })
    this.#commit({ list: id })
  }

  removeList(id: number): void {
    this.standing.delete(id)
    for (const version of this.versions)
      if (version.list === id && version.until === NOW) version.until = this.number + 1
    this.#commit({ list: id })
  }

  setTerms(id: number, terms: Partial<IndexedRegisterList>): void {
    const list = this.standing.get(id)
    if (list) this.standing.set(id, { ...list, ...terms })
    this.#commit({ list: id })
  }

  /** Puts entries, each in place of the version with its key, and withdraws others. */
  apply(list: number, puts: readonly Put[], withdrawn: readonly string[] = []): void {
    const number = this.number + 1
    const byKey = new Map<string, Version>()
    for (const version of this.versions)
      if (version.list === list && version.until === NOW) byKey.set(version.key, version)
    for (const key of withdrawn) {
      const version = byKey.get(key)
      if (version) version.until = number
    }
    for (const { key, hashes, trust = 'confirmed', categories = {} } of puts) {
      const before = byKey.get(key)
      if (before?.since === number) continue
      if (before) before.until = Math.min(before.until, number)
      this.#row += 1 + (this.#row % 31 === 0 ? 40_000 : 0) // numbers have gaps
      const row = this.#row
      const entry = before?.entry ?? row
      const version = { row, entry, list, key, trust, categories, hashes, since: number, until: NOW }
      this.versions.push(version)
      byKey.set(key, version)
    }
    this.#commit({ list })
  }

  judge(entry: number, judgement: Omit<FeedJudgement, 'entry'> | undefined): void {
    const list = this.versions.find((version) => version.entry === entry)?.list ?? 0
    const judgementsEnded = this.judgements.has(entry) ? [entry] : []
    this.judgements.delete(entry)
    if (judgement) this.judgements.set(entry, { entry, ...judgement })
    const judgementsBegun = judgement ? [{ entry, ...judgement }] : []
    this.#commit({ list, judgementsEnded, judgementsBegun })
  }

  mark(number: number): Promise<string | undefined> {
    return Promise.resolve(number > this.number ? undefined : `${this.name}@${number}`)
  }

  async everything<T>(take: (whole: FeedWhole) => Promise<T>): Promise<T> {
    const versions = this.versions.filter(
      (version) => version.until === NOW && this.standing.has(version.list),
    )
    return take({
      number: this.number,
      mark: `${this.name}@${this.number}`,
      lists: [...this.standing.values()],
      judgements: [...this.judgements.values()],
      rowsAbout: versions.length,
      rows: () => this.#batches(versions, rowsOf),
    })
  }

  async *after(number: number): AsyncIterable<FeedChange> {
    for (const change of this.changes.slice(number)) {
      const stands = this.standing.get(change.list)
      const list = stands && { ...stands, entries: change.entries }
      const begun = this.versions.filter((version) => version.since === change.number)
      const ended = this.versions.filter((version) => version.until === change.number)
      yield {
        number: change.number,
        mark: `${this.name}@${change.number}`,
        listId: change.list,
        ...(list && { list }),
        rows: begun.length + ended.length,
        judgementsBegun: change.judgementsBegun,
        judgementsEnded: change.judgementsEnded,
        begun: () => this.#batches(begun, rowsOf),
        ended: () => this.#batches(ended, endedOf),
      }
    }
  }

  /** What a search through every version finds. */
  linear(
    { digests, pdq }: Fingerprint,
    {
      distanceMax = 31,
      limit = 1_000,
      lists,
    }: { distanceMax?: number; limit?: number; lists?: ReadonlySet<number> },
  ): RegisterHits {
    const isVisible = ({ until, list }: Version): boolean =>
      until === NOW && this.standing.has(list) && (lists?.has(list) ?? true)
    const versions = this.versions.filter(isVisible).sort((a, b) => a.row - b.row)
    const hits = STRENGTH.flatMap((basis) => {
      if (basis !== 'pdq')
        return versions
          .filter(({ hashes }) => hashes[basis] !== undefined && hashes[basis] === digests[basis])
          .map((version) => this.#hit(version, basis))
      return versions
        .flatMap((version) => {
          const distances = pdq.map(({ hash }) => distance(hash, version.hashes.pdq))
          const least = Math.min(256, ...distances)
          const near = { distance: least, query: distances.indexOf(least) }
          return least <= distanceMax ? [{ ...this.#hit(version, 'pdq'), ...near }] : []
        })
        .sort((a, b) => a.distance - b.distance)
    })
    return { hits: hits.slice(0, limit), more: hits.length > limit }
  }

  #hit({ row, entry, list, trust, categories }: Version, basis: Check): RegisterHit {
    const judgement = this.judgements.get(entry)
    const judged = judgement?.trust && { judged: judgement.trust }
    const disabled = judgement?.disabledUntil !== undefined && { disabledUntil: judgement.disabledUntil }
    return { row, entry, list, trust, categories, basis, ...judged, ...disabled }
  }

  async *#batches<B>(
    versions: readonly Version[],
    form: (versions: readonly Version[]) => B,
  ): AsyncIterable<B> {
    for (let from = 0; from < versions.length; from += this.batchRows) {
      if (this.breakAfter-- <= 0) {
        this.breakAfter = NOW
        throw new Error('the feed broke off')
      }
      const batch = versions.slice(from, from + this.batchRows)
      await this.before(batch)
      yield form(batch)
    }
  }

  #commit(change: Partial<Change> & { readonly list: number }): void {
    const list = this.standing.get(change.list)
    const entries = this.versions.filter((one) => one.list === change.list && one.until === NOW).length
    if (list) this.standing.set(change.list, { ...list, entries })
    const number = this.number + 1
    this.changes.push({ judgementsBegun: [], judgementsEnded: [], ...change, entries, number })
    for (const told of this.#told) told()
  }
}

function hashesOf(versions: readonly Version[], kind: HashKind): FeedHashes {
  const carrying = versions.filter(({ hashes }) => hashes[kind] !== undefined)
  const bytes = new Uint8Array(carrying.length * HASH_BYTES[kind])
  for (const [at, { hashes }] of carrying.entries())
    bytes.set(Buffer.from(hashes[kind] ?? '', 'hex'), at * HASH_BYTES[kind])
  return { rows: Uint32Array.from(carrying, ({ row }) => row), bytes }
}

function rowsOf(versions: readonly Version[]): FeedRows {
  const categoryTexts = [...new Set(versions.map(({ categories }) => JSON.stringify(categories)))]
  const kindsOf = ({ hashes }: Version): number =>
    KINDS.reduce((bits, kind) => (hashes[kind] === undefined ? bits : bits | KIND_BITS[kind]), 0)
  return {
    rows: Uint32Array.from(versions, ({ row }) => row),
    entries: Uint32Array.from(versions, ({ entry }) => entry),
    lists: Uint32Array.from(versions, ({ list }) => list),
    trusts: Uint8Array.from(versions, ({ trust }) => TRUSTS.indexOf(trust) + 1),
    kinds: Uint8Array.from(versions, kindsOf),
    categories: Uint32Array.from(versions, ({ categories }) =>
      categoryTexts.indexOf(JSON.stringify(categories)),
    ),
    categoryTexts,
    hashes: {
      md5: hashesOf(versions, 'md5'),
      sha1: hashesOf(versions, 'sha1'),
      sha256: hashesOf(versions, 'sha256'),
      pdq: hashesOf(versions, 'pdq'),
    },
  }
}

function endedOf(versions: readonly Version[]): FeedEnded {
  return { rows: Uint32Array.from(versions, ({ row }) => row), pdq: hashesOf(versions, 'pdq') }
}

function distance(hash: Uint8Array, hex: string | undefined): number {
  if (hex === undefined) return 256
  const other = Buffer.from(hex, 'hex')
  return other.reduce((sum, byte, at) => sum + onesIn(byte ^ (hash[at] ?? 0)), 0)
}

function onesIn(byte: number): number {
  let count = 0
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++
  return count
}
