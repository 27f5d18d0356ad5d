/** Search: the entries that a fingerprint hits, nearest first, none that does not stand and none of a list not asked for. */
import { DISTANCE_MAX_LIMIT, LIMIT_MAX, type ManyResult } from '@tutela/kernels/hamming'
import { HASH_BYTES } from '#terms/hash'
import type { FeedJudgement } from '#terms/index-feed'
import type { Fingerprint, RegisterHit, RegisterHits } from '#terms/lookup'
import { TRUSTS } from '#terms/register'
import { type Check, STRENGTH } from '#terms/verdict'
import type { Contents } from './contents.ts'

/** Hits unless another limit is given. */
const LIMIT_DEFAULT = 1_000
/** The most hits that can be asked for. */
export const HITS_MAX = 10_000
/** How many times as many answers are asked for when those that came were of no use. */
const DEEPER = 16

export interface HitsOptions {
  /** Most bits that may differ, 0 to 63; that of the index unless given. */
  readonly distanceMax?: number
  /** Most hits, 1 to 10 000; 1 000 unless given. */
  readonly limit?: number
  /** Only entries of these lists, by id; of every list unless given. */
  readonly lists?: ReadonlySet<number>
}

export interface Asked {
  readonly distanceMax: number
  readonly limit: number
  readonly lists?: ReadonlySet<number>
}

/** @throws RangeError when an option is out of its range */
export function asked(options: HitsOptions, distanceMaxDefault: number): Asked {
  const { distanceMax = distanceMaxDefault, limit = LIMIT_DEFAULT, lists } = options
  if (!Number.isInteger(limit) || limit < 1 || limit > HITS_MAX)
    throw new RangeError(`limit must be a whole number from 1 to ${HITS_MAX}, not ${limit}`)
  if (!Number.isInteger(distanceMax) || distanceMax < 0 || distanceMax > DISTANCE_MAX_LIMIT)
    throw new RangeError(
      `distanceMax must be a whole number from 0 to ${DISTANCE_MAX_LIMIT}, not ${distanceMax}`,
    )
  return { distanceMax, limit, ...(lists && { lists }) }
}

/** Answers asked for at first: one more than the limit, to tell whether it cut something off. */
export function answersWanted({ limit }: Asked): number {
  return limit + 1
}

/** The PDQ hashes of a fingerprint, one after the other. */
export function packed({ pdq }: Fingerprint): Uint8Array {
  const [only] = pdq
  if (pdq.length === 1 && only) return only.hash
  const hashes = new Uint8Array(pdq.length * HASH_BYTES.pdq)
  for (const [at, { hash }] of pdq.entries()) hashes.set(hash, at * HASH_BYTES.pdq)
  return hashes
}

/** What was answered to some hashes, of which those of one fingerprint begin at `first`. */
export interface PdqAnswers {
  readonly answers: ManyResult
  readonly first: number
}

/**
 * The hits of a fingerprint: by SHA-256, SHA-1 and MD5, then by PDQ, the nearest first, then by row.
 *
 * @param near what the PDQ index answered to its hashes, of which `answersWanted` were asked for
 */
export function hitsOf(
  contents: Contents,
  fingerprint: Fingerprint,
  asked: Asked,
  near?: PdqAnswers,
): RegisterHits {
  const hits: RegisterHit[] = []
  const isMore =
    digestHits(contents, fingerprint, asked, hits) ||
    (near !== undefined && pdqHits(contents, fingerprint, asked, near, hits))
  return { hits, more: isMore }
}

/** Adds hits by digest, those of a kind by row. @returns true when there are more than the limit */
function digestHits(
  contents: Contents,
  { digests }: Fingerprint,
  asked: Asked,
  hits: RegisterHit[],
): boolean {
  for (const basis of STRENGTH) {
    const hex = basis === 'pdq' ? undefined : digests[basis]
    if (basis === 'pdq' || hex === undefined || hex.length !== HASH_BYTES[basis] * 2) continue
    const rows: number[] = []
    contents.digests[basis].each(Buffer.from(hex, 'hex'), (row) => {
      if (isWanted(contents, row, asked)) rows.push(row)
    })
    // The order in which they are found depends on merges; an answer must not.
    for (const row of rows.length > 1 ? Uint32Array.from(rows).sort() : rows) {
      if (hits.length === asked.limit) return true
      hits.push(hit(contents, row, basis))
    }
  }
  return false
}

interface Nearest {
  distance: number
  query: number
}

/** Adds hits by PDQ, up to the limit. @returns true when there are more */
function pdqHits(
  contents: Contents,
  { pdq }: Fingerprint,
  asked: Asked,
  { answers, first }: PdqAnswers,
  hits: RegisterHit[],
): boolean {
  const nearest = new Map<number, Nearest>()
  for (let query = 0; query < pdq.length; query++) {
    const of = first + query
    const from = answers.offsets[of] ?? 0
    const until = answers.offsets[of + 1] ?? 0
    if (from === until) continue
    const taken = take(contents, asked, nearest, query, answers, from, until)
    const isCut = answers.more[of] !== 0 && taken <= asked.limit
    if (isCut) takeDeeper(contents, asked, nearest, query, pdq[query]?.hash ?? new Uint8Array(0))
  }
  if (nearest.size === 0) return false
  const inOrder = [...nearest].sort(([a, near], [b, other]) => near.distance - other.distance || a - b)
  for (const [row, { distance, query }] of inOrder) {
    if (hits.length === asked.limit) return true
    hits.push({ ...hit(contents, row, 'pdq'), distance, query })
  }
  return false
}

/** Takes the answers to one query that are wanted. @returns how many */
function take(
  contents: Contents,
  asked: Asked,
  nearest: Map<number, Nearest>,
  query: number,
  { payloads, distances }: Pick<ManyResult, 'payloads' | 'distances'>,
  from: number,
  until: number,
): number {
  let taken = 0
  for (let at = from; at < until; at++) {
    const row = payloads[at] ?? 0
    if (!isWanted(contents, row, asked)) continue
    taken++
    const distance = distances[at] ?? 0
    const had = nearest.get(row)
    if (!had) nearest.set(row, { distance, query })
    else if (distance < had.distance) {
      had.distance = distance
      had.query = query
    }
  }
  return taken
}

/**
 * Asks again where the nearest answers were cut and hid what is wanted: for more of them, and in the end by a look at every
 * hash, so that no entry is ever missed for those that nobody may see.
 */
function takeDeeper(
  contents: Contents,
  asked: Asked,
  nearest: Map<number, Nearest>,
  query: number,
  hash: Uint8Array,
): void {
  const { distanceMax } = asked
  for (let limit = answersWanted(asked); limit < LIMIT_MAX; ) {
    limit = Math.min(limit * DEEPER, LIMIT_MAX)
    const answers = contents.pdq.searchMany(hash, { distanceMax, limit })
    const taken = take(contents, asked, nearest, query, answers, 0, answers.payloads.length)
    if (taken > asked.limit || answers.more[0] === 0) return
  }
  const options = { distanceMax, limit: answersWanted(asked) }
  const { found } = contents.pdq.searchWhere(hash, (row) => isWanted(contents, row, asked), options)
  const payloads = Uint32Array.from(found, ({ payload }) => payload)
  const distances = Uint8Array.from(found, ({ distance }) => distance)
  take(contents, asked, nearest, query, { payloads, distances }, 0, payloads.length)
}

function isWanted(contents: Contents, row: number, { lists }: Asked): boolean {
  const list = contents.listOf(row)
  return list !== 0 && (lists === undefined || lists.has(list))
}

function hit(contents: Contents, row: number, basis: Check): RegisterHit {
  const { group, entry, trust, categories } = contents.facts.fact(row)
  const judgement = contents.judgements.get(entry)
  return {
    row,
    entry,
    list: contents.groups.list(group),
    trust: TRUSTS[trust - 1] ?? unknownTrust(trust),
    categories: contents.categories.value(categories),
    basis,
    ...(judgement && judged(judgement)),
  }
}

function judged({ trust, disabledUntil }: FeedJudgement): Pick<RegisterHit, 'judged' | 'disabledUntil'> {
  return { ...(trust && { judged: trust }), ...(disabledUntil !== undefined && { disabledUntil }) }
}

function unknownTrust(trust: number): never {
  throw new RangeError(`${trust} is no trust`)
}
