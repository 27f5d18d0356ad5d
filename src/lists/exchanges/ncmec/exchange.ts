/** NCMEC: pulls a hash-sharing environment by windows of time, and gives feedback. Spec: NCMEC Hash Sharing v2. */
import type { Ask } from '#ground/wire/ask'
import type { Exchange, FeedbackTold, Page, PullFrom, PullMoment, Resume, Told } from '#terms/exchange'
import type { EntryStep } from '#terms/register'
import type { SourceDefinition } from '#terms/source'
import type { NcmecEntry } from '../../ncmec/entry.ts'
import { NcmecParser } from '../../ncmec/page.ts'
import { Line, type LineRequest } from '../line.ts'
import { checkDates, tooMuchMalformed } from '../page-checks.ts'
import { type Secrets, secretOf } from '../secrets.ts'
import { documentOf, statusOf } from './documents.ts'
import { tellNcmec } from './feedback.ts'
import { stepOf } from './steps.ts'
import { following, resumeOf, shorter, type Window, windowOf } from './window.ts'

/** What was changed this moment may not be written yet. */
const SETTLE_SECONDS = 5
/** Asked for again each time, in case it was written late; what is known already changes nothing. */
const OVERLAP_SECONDS = 60
const WINDOW_ROWS_MAX = 400_000
/** Links to pages are dead after this. */
const LINK_SECONDS_MAX = 12 * 3600
/** Statuses of a link that has run out: which one is not stated. */
const RUN_OUT: readonly number[] = [400, 404, 410]
const RESTARTS_MAX = 3

/** Opens an environment. @throws Fault `source.invalid` when a secret is missing */
export function openNcmec(source: SourceDefinition, secrets: Secrets, ask: Ask): Exchange {
  return new Ncmec(source, secrets, ask)
}

class Ncmec implements Exchange {
  readonly #source: SourceDefinition
  readonly #line: Line
  readonly #rowsMax: number
  readonly #members: ReadonlySet<string> | undefined
  readonly #authorization: string

  constructor(source: SourceDefinition, secrets: Secrets, ask: Ask) {
    const { members, windowRowsMax } = source.api.options
    this.#source = source
    this.#line = new Line(source, ask)
    this.#rowsMax = Number(windowRowsMax ?? WINDOW_ROWS_MAX)
    this.#members = typeof members === 'object' ? new Set(members) : undefined
    const pair = `${secretOf(secrets, 'username')}:${secretOf(secrets, 'password')}`
    this.#authorization = `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
  }

  async check(moment: PullMoment): Promise<string> {
    const status = statusOf(await documentOf(this.#line, this.#to('/v2/status'), moment))
    if (status === undefined) throw this.#line.damaged('the status names no member')
    return status
  }

  goingOn(resume: Resume, ageSeconds: number): Resume | undefined {
    const window = windowOf(resume)
    if (!window || ageSeconds <= LINK_SECONDS_MAX) return window && resume
    return resumeOf(begunAgain(window))
  }

  tell(told: FeedbackTold, moment: PullMoment): Promise<Told> {
    return tellNcmec(this.#line, (path, more) => this.#to(path, more), told, moment)
  }

  async *pull({ checkpoint, resume }: PullFrom, moment: PullMoment): AsyncGenerator<Page, void, void> {
    await this.check(moment)
    let window: Window | undefined = windowOf(resume) ?? firstWindow(checkpoint, this.#reachable(moment))
    let restarts = 0
    while (window) {
      const page: NcmecPage | undefined = await this.#page(window, moment)
      if (!page) {
        restarts++
        if (restarts > RESTARTS_MAX)
          throw this.#line.damaged('links to pages run out as soon as they are given')
        window = begunAgain(window)
        yield { steps: [], leftOut: 0, bytes: 0, isAgain: true, resume: resumeOf(window) }
        continue
      }
      const isTooMuch: boolean = window.next === undefined && page.remaining > this.#rowsMax
      const less: Window | undefined = isTooMuch ? shorter(window) : undefined
      if (less) {
        window = less
        continue
      }
      const { next, ...said }: NcmecPage = page
      const done: Window = { ...window, rows: window.rows + page.steps.length }
      window = next === undefined ? following(done, this.#rowsMax) : { ...done, next }
      if (next === undefined) restarts = 0
      const reached = { time: Math.max(done.until, checkpoint?.time ?? 0) }
      yield { ...said, ...(window ? { resume: resumeOf(window) } : { checkpoint: reached }) }
    }
  }

  /**
   * How far can be read, in seconds since 1970: never beyond the partner's own clock. A checkpoint set by a clock of ours that
   * runs ahead would pass over what the partner adds until then, for good.
   */
  #reachable({ now }: PullMoment): number {
    return Math.min(now.getTime() / 1000, this.#line.partnerTime ?? Number.POSITIVE_INFINITY)
  }

  /** Undefined where the link to the page has run out. */
  async #page(window: Window, moment: PullMoment): Promise<NcmecPage | undefined> {
    const query = new URLSearchParams({ from: timestamp(window.from), to: timestamp(window.to) })
    const path = window.next ?? `/v2/entries?${query}`
    const expected = window.next === undefined ? [] : RUN_OUT
    const answer = await this.#line.ask(this.#to(path, { expected }), moment)
    if (RUN_OUT.includes(answer.status)) {
      answer.drop()
      return undefined
    }
    const read = await readPage(answer.body, this.#line)
    const { entries, malformed, bytes, next } = read
    if (tooMuchMalformed(malformed, entries.length + malformed))
      throw this.#line.damaged(`${malformed} entries of a page are malformed`)
    this.#checkTimes(read, window, moment.now)
    const kept = entries.filter(({ member }) => this.#members?.has(String(member.id)) ?? true)
    const steps = kept.map((entry) => stepOf(entry, this.#source.scheme))
    return { steps, leftOut: malformed, bytes, ...linked(next, window, this.#line) }
  }

  #checkTimes({ entries, maxTimestamp }: PageRead, window: Window, now: Date): void {
    const times = entries.map((entry) => Date.parse(entry.timestamp) / 1000)
    const stated = maxTimestamp === undefined ? [] : [Date.parse(maxTimestamp) / 1000]
    checkDates([...times, ...stated], this.#source, now)
    const early = times.find((time) => time < window.from - 1)
    if (early !== undefined)
      throw this.#line.damaged(
        `an entry of ${timestamp(early)} came when ${timestamp(window.from)} was asked from`,
      )
  }

  #to(path: string, more: Partial<LineRequest> = {}): LineRequest {
    const headers = { authorization: this.#authorization, ...more.headers }
    return { ...more, url: `${this.#line.base}${path}`, headers }
  }
}

function firstWindow(checkpoint: PullFrom['checkpoint'], now: number): Window {
  const until = Math.floor(now) - SETTLE_SECONDS
  const from = Math.max(0, Math.floor(checkpoint?.time ?? 0) - OVERLAP_SECONDS)
  return { from, to: Math.max(from, until), until, rows: 0 }
}

/** A window from its first page on. */
function begunAgain({ from, to, until }: Window): Window {
  return { from, to, until, rows: 0 }
}

interface NcmecPage {
  readonly steps: readonly EntryStep[]
  readonly leftOut: number
  readonly bytes: number
  readonly next?: string
  /** Rows of the window after this page, as the link to the next states them. */
  readonly remaining: number
}

interface PageRead {
  readonly entries: readonly NcmecEntry[]
  readonly malformed: number
  readonly bytes: number
  readonly next?: string
  readonly maxTimestamp?: string
}

async function readPage(body: AsyncIterable<Uint8Array>, line: Line): Promise<PageRead> {
  const refused = new Set<number>()
  const parser = new NcmecParser({
    addAt: ({ entry }) => void refused.add(entry),
    refuse: (reason) => {
      throw line.damaged(`a page ${reason}`)
    },
  })
  const entries: NcmecEntry[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      entries.push(...parser.take(chunk))
    }
  } catch (error) {
    line.rethrow(error)
  }
  const { next, maxTimestamp, found } = parser.end()
  return {
    entries,
    malformed: found - entries.length,
    bytes,
    ...(next && { next }),
    ...(maxTimestamp && { maxTimestamp }),
  }
}

/** A link is a path below the root of the application; its rows go on after those of the link before. */
function linked(
  next: string | undefined,
  window: Window,
  line: Line,
): { readonly next?: string; readonly remaining: number } {
  if (next === undefined) return { remaining: 0 }
  if (!/^\/v2\/entries\?[\x21-\x7e]+$/.test(next))
    throw line.damaged('the link to the next page is not one of entries')
  const [start, max] = ['start', 'max'].map((name) => numberIn(next, name))
  const before = window.next === undefined ? undefined : numberIn(window.next, 'start')
  if (start !== undefined && before !== undefined && start <= before)
    throw line.damaged('the partner repeats a page')
  const remaining = start === undefined || max === undefined ? 0 : Math.max(0, max - start + 1)
  return { next, remaining }
}

function numberIn(path: string, name: string): number | undefined {
  const text = new URLSearchParams(path.slice(path.indexOf('?'))).get(name)
  return text && /^\d{1,12}$/.test(text) ? Number(text) : undefined
}

/** UTC, to the second. */
function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
