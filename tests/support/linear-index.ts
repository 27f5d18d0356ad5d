/** Linear index: the register's index as its terms say it, by looking at every entry each time. */
import { Fault } from '#terms/fault'
import type { Fingerprint, IndexedRegisterList, RegisterHit, RegisterHits } from '#terms/lookup'
import { KIND_BITS } from '#terms/lookup'
import type { EntryHashes, Trust } from '#terms/register'
import type { HitsAsked, IndexState, RegisterIndex } from '#terms/register-index'

/** An entry as a test states it. */
export interface StatedEntry extends Partial<Record<keyof EntryHashes, string>> {
  readonly list: number
  readonly trust?: Trust
  readonly judged?: Trust
  readonly disabledUntil?: number
  readonly categories?: Readonly<Record<string, readonly string[]>>
}

export interface StatedList extends Partial<IndexedRegisterList> {
  readonly id: number
  readonly name: string
}

export class LinearIndex implements RegisterIndex {
  state: IndexState = { kind: 'ready', number: 1 }
  readonly entries: StatedEntry[]
  readonly stated: StatedList[]

  constructor(stated: readonly StatedList[], entries: readonly StatedEntry[]) {
    this.stated = [...stated]
    this.entries = [...entries]
  }

  lists(): ReadonlyMap<number, IndexedRegisterList> {
    return new Map(this.stated.map((one) => [one.id, this.#list(one)]))
  }

  hits(fingerprint: Fingerprint, asked: HitsAsked = {}): RegisterHits {
    if (this.state.kind === 'building') throw new Fault('index.not-ready', 'building')
    const { distanceMax = 31, limit = 1000, lists } = asked
    const all = this.entries.flatMap((entry, at) =>
      lists && !lists.has(entry.list) ? [] : hitsOf(entry, at + 1, fingerprint, distanceMax),
    )
    return { hits: all.slice(0, limit), more: all.length > limit }
  }

  async hitsMany(fingerprints: readonly Fingerprint[], asked?: HitsAsked): Promise<RegisterHits[]> {
    return fingerprints.map((fingerprint) => this.hits(fingerprint, asked))
  }

  async catchUp(): Promise<void> {}

  #list(one: StatedList): IndexedRegisterList {
    const entries = this.entries.filter((entry) => entry.list === one.id)
    return {
      kind: 'alert',
      uses: ['gate'],
      enabledRatio: 1,
      entries: entries.length,
      holds: [...new Set(entries.map(holdsOf))],
      changedAt: '2026-03-01T12:00:00.000Z',
      ...one,
    }
  }
}

function holdsOf(entry: StatedEntry): number {
  return Object.entries(KIND_BITS).reduce(
    (bits, [kind, bit]) => bits | (entry[kind as keyof EntryHashes] ? bit : 0),
    0,
  )
}

function hitsOf(entry: StatedEntry, number: number, asked: Fingerprint, distanceMax: number): RegisterHit[] {
  const { list, trust = 'confirmed', judged, disabledUntil, categories = {} } = entry
  const facts = {
    row: number,
    entry: number,
    list,
    trust,
    categories,
    ...(judged && { judged }),
    ...(disabledUntil !== undefined && { disabledUntil }),
  }
  const hits: RegisterHit[] = []
  for (const basis of ['sha256', 'sha1', 'md5'] as const)
    if (entry[basis] !== undefined && entry[basis] === asked.digests[basis]) hits.push({ ...facts, basis })
  if (entry.pdq === undefined) return hits
  const own = Buffer.from(entry.pdq, 'hex')
  const distances = asked.pdq.map(({ hash }) => distance(own, hash))
  const nearest = Math.min(...distances)
  if (nearest <= distanceMax)
    hits.push({ ...facts, basis: 'pdq', distance: nearest, query: distances.indexOf(nearest) })
  return hits
}

export function distance(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, byte, at) => sum + bits(byte ^ (b[at] ?? 0)), 0)
}

function bits(byte: number): number {
  return byte === 0 ? 0 : (byte & 1) + bits(byte >> 1)
}
