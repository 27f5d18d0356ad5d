/** Rewrite: a VICS document with what a review changed, and every other byte as its writer left it. Spec: VICS, import rule 5. */
import { isUtf8 } from 'node:buffer'
import { type WholeFileOptions, type WholeFileSink, writeWholeFile } from '#ground/whole-file'
import { readBytes } from '../bytes.ts'
import { isObject } from '../extra.ts'
import { Problems } from '../problems.ts'
import { answer } from '../tables/icse.ts'
import { withMembers, withValues } from './members.ts'
import type { ElementRun } from './split-watch.ts'
import { JsonSplitter } from './splitter.ts'

/** What a review may change of a Media object. */
export interface VicsChange {
  readonly Category?: number | null
  readonly Comments?: string
  readonly Tags?: string
  readonly Series?: string
  readonly IsPrecategorized?: boolean
}

/** The members that may change; what else is asked for is a bug. */
const CHANGEABLE: ReadonlySet<string> = new Set([
  'Category',
  'Comments',
  'Tags',
  'Series',
  'IsPrecategorized',
])

/** Says what changes of a Media object; undefined when nothing does. It is asked twice and must answer the same. */
export type ReviewOf = (media: Readonly<Record<string, unknown>>) => VicsChange | undefined

/** What was written. */
export interface Rewritten {
  readonly media: number
  readonly changed: number
}

/**
 * Writes a document anew with some of its Media changed, and `TotalPrecategorized` of its cases counted afresh. What stands
 * before and after the document (a byte order mark, white space) is left out; no other byte changes.
 *
 * @throws Fault `list.invalid` when it is no VICS document, or an entry is none that can be copied; those of `writeWholeFile`
 */
export async function rewriteVics(
  from: string,
  to: string,
  review: ReviewOf,
  options: WholeFileOptions = {},
): Promise<Rewritten> {
  const totals = new Rewriting(from, review)
  await pass(from, totals, async () => undefined)
  const rewriting = new Rewriting(from, review, totals.precategorized)
  await writeWholeFile(to, options, (sink) => pass(from, rewriting, (bytes) => put(sink, bytes)))
  return { media: rewriting.media, changed: rewriting.changed }
}

async function pass(
  path: string,
  rewriting: Rewriting,
  put: (bytes: readonly Uint8Array[]) => Promise<void>,
): Promise<void> {
  for await (const bytes of readBytes(path)) await put(rewriting.take(bytes))
  rewriting.end()
}

async function put(sink: WholeFileSink, pieces: readonly Uint8Array[]): Promise<void> {
  for (const bytes of pieces) await sink.write(bytes)
}

/** One pass over a document. The first only counts, since a total may stand before what it is the total of. */
class Rewriting {
  /** Media that are graded already, by the object that holds them, in the order in which these begin. */
  readonly precategorized: number[] = []
  media = 0
  changed = 0
  readonly #review: ReviewOf
  readonly #totals: readonly number[]
  readonly #splitter: JsonSplitter
  /** Numbers of the objects whose array is being gone through. */
  readonly #open: number[] = []
  #closed = 0
  #pieces: Uint8Array[] = []

  constructor(path: string, review: ReviewOf, totals: readonly number[] = []) {
    const problems = new Problems(path, true)
    this.#review = review
    this.#totals = totals
    this.#splitter = new JsonSplitter({
      elements: (run) => this.#elements(run),
      left: (entry, offset, reason) => problems.addAt({ entry, offset }, reason),
      frameBegins: (bytes) => this.#frameBegins(bytes),
      frameEnds: (_, __, rest) => this.#frameEnds(rest),
      between: (bytes) => this.#pieces.push(bytes),
      refuse: (reason) => problems.refuse(reason),
    })
  }

  /** Takes in bytes of the document. @returns those of the new one; they are lent until the next are taken */
  take(bytes: Buffer): readonly Uint8Array[] {
    this.#pieces = []
    this.#splitter.take(bytes)
    return this.#pieces
  }

  end(): void {
    this.#splitter.end()
  }

  #elements({ bytes, bounds }: ElementRun): void {
    let done = 0
    for (let at = 0; at < bounds.length; at += 2) {
      const [start = 0, end = 0] = [bounds[at], bounds[at + 1]]
      this.#pieces.push(bytes.subarray(done, start), this.#element(bytes.subarray(start, end)))
      done = end
    }
  }

  /** What cannot be parsed, or is a case without Media, is nobody's to review and stays as it is. */
  #element(bytes: Buffer): Uint8Array {
    const media = parsed(bytes)
    if (media?.['MD5'] === undefined) return bytes
    this.media++
    const change = this.#review(media)
    const holder = this.#open.at(-1) ?? 0
    const isGraded = change?.IsPrecategorized ?? answer(String(media['IsPrecategorized'] ?? ''))
    if (isGraded) this.precategorized[holder] = (this.precategorized[holder] ?? 0) + 1
    if (!change) return bytes
    if (!Object.keys(change).every((name) => CHANGEABLE.has(name)))
      throw new TypeError('a review changes none but the members that are a review’s')
    this.changed++
    return withMembers(bytes, change as Readonly<Record<string, unknown>>)
  }

  #frameBegins(bytes: Buffer): void {
    const number = this.#closed + this.#open.length
    this.#open.push(number)
    this.#pieces.push(withValues(bytes, this.#total(number)).bytes)
  }

  #frameEnds(rest: Buffer): void {
    const number = this.#open.pop()
    if (number === undefined)
      this.#pieces.push(rest) // a document without entries
    else this.#pieces.push(withValues(rest, this.#total(number), 2).bytes)
    this.#closed++
  }

  #total(number: number): Readonly<Record<string, unknown>> {
    return { TotalPrecategorized: this.#totals[number] ?? 0 }
  }
}

function parsed(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = isUtf8(bytes) ? JSON.parse(bytes.toString('utf8')) : undefined
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
