/** Snapshot layout: the parts of the file from which the index in service starts. `docs/formats/index-snapshot.md` */
import type { DigestKind } from '#terms/hash'
import type { FeedJudgement } from '#terms/index-feed'
import type { IndexedRegisterList } from '#terms/lookup'
import { LIST_KINDS, TRUSTS, type Trust, USES } from '#terms/register'
import { checkPlaces, damaged, type FileForm, type Preamble, parseSection, type Section } from '../layout.ts'
import { count, items, record, text, Unexpected } from '../parsing.ts'

/** The first bytes, like those of an index file but for the letter that tells the two apart. */
export const SNAPSHOT_FORM: FileForm = {
  magic: Buffer.from([0x89, 0x54, 0x55, 0x54, 0x53, 0x4e, 0x41, 0x0a]),
  version: 1,
  name: 'snapshot of the index in service',
}

/** Every section, in the order of the file. */
export const SNAPSHOT_SECTIONS = [
  'facts.places',
  'facts',
  'categories',
  'judgements',
  'md5.digests',
  'md5.rows',
  'sha1.digests',
  'sha1.rows',
  'sha256.digests',
  'sha256.rows',
  'pdq',
] as const
export type SnapshotSection = (typeof SNAPSHOT_SECTIONS)[number]

/** What a snapshot says of itself. */
export interface SnapshotMetadata {
  /** The change that it is as of, and what tells its database from others. */
  readonly number: number
  readonly mark: string
  readonly lists: readonly IndexedRegisterList[]
  /** The list of each group of rows, by the group's number. */
  readonly groups: readonly number[]
  /** Entries by list and combination of kinds of hash. */
  readonly holdings: readonly (readonly [list: number, counts: readonly number[]])[]
  /** Chunks of facts. */
  readonly chunks: number
  /** Digests of each run, the oldest first. */
  readonly runs: Readonly<Record<DigestKind, readonly number[]>>
  readonly pdq: number
  readonly sections: readonly Section<SnapshotSection>[]
}

/** @throws Fault `index.damaged` when the metadata are not as this version writes them, or do not cover the file */
export function parseSnapshotMetadata(
  path: string,
  untrusted: Buffer,
  { metadataAt }: Preamble,
): SnapshotMetadata {
  try {
    const value = record(JSON.parse(untrusted.toString('utf8')))
    const runs = record(value['runs'])
    const metadata = {
      number: count(value['number']),
      mark: text(value['mark']),
      lists: items(value['lists']).map(parseList),
      groups: items(value['groups']).map(parseGroup),
      holdings: items(value['holdings']).map(parseHoldings),
      chunks: count(value['chunks']),
      runs: {
        md5: items(runs['md5']).map(count),
        sha1: items(runs['sha1']).map(count),
        sha256: items(runs['sha256']).map(count),
      },
      pdq: count(value['pdq']),
      sections: items(value['sections']).map((section) => parseSection(section, SNAPSHOT_SECTIONS)),
    }
    checkPlaces(metadata.sections, metadataAt)
    return metadata
  } catch (cause) {
    if (cause instanceof Unexpected || cause instanceof SyntaxError) damaged(path, 'metadata', cause.message)
    throw cause
  }
}

function parseList(untrusted: unknown): IndexedRegisterList {
  const value = record(untrusted)
  return {
    id: count(value['id']),
    name: text(value['name']),
    kind: oneOf(value['kind'], LIST_KINDS),
    uses: items(value['uses']).map((use) => oneOf(use, USES)),
    enabledRatio: ratio(value['enabledRatio']),
    entries: count(value['entries']),
    holds: items(value['holds'] ?? []).map(count),
    changedAt: text(value['changedAt']),
  }
}

/** A list's id, 0 for rows to come, -1 for rows that are gone. */
function parseGroup(value: unknown): number {
  return value === -1 ? -1 : count(value)
}

function parseHoldings(untrusted: unknown): readonly [number, readonly number[]] {
  const [list, counts] = items(untrusted)
  return [count(list), items(counts).map(count)]
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value)
  if (found === undefined) throw new Unexpected('a value is not one of those known')
  return found
}

function ratio(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw new Unexpected('a share was expected')
  return value
}

/** Judgements as a section holds them; Infinity, which JSON has no word for, as a text. */
export function printJudgements(judgements: Iterable<FeedJudgement>): Uint8Array {
  const rows = [...judgements].map(({ entry, trust, disabledUntil }) => [
    entry,
    trust ?? null,
    disabledUntil === Number.POSITIVE_INFINITY ? 'always' : (disabledUntil ?? null),
  ])
  return Buffer.from(JSON.stringify(rows))
}

/** @throws Unexpected, SyntaxError */
export function parseJudgements(untrusted: Buffer): FeedJudgement[] {
  return items(JSON.parse(untrusted.toString('utf8'))).map((row) => {
    const [entry, trust, disabled] = items(row)
    return {
      entry: count(entry),
      ...(trust !== null && { trust: oneOf<Trust>(trust, TRUSTS) }),
      ...(disabled !== null && {
        disabledUntil: disabled === 'always' ? Number.POSITIVE_INFINITY : Number(disabled),
      }),
    }
  })
}
