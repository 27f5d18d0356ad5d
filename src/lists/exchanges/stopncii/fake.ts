/** Fake StopNCII: FetchHashes and SubmitFeedback as their interface says, with hashes of nothing. */
import type { FakeAnswer, FakeRequest, FakeRules } from '../fake.ts'
import { madeUpHex } from '../made-up.ts'

/** What the fake keeps of one hash. */
export interface FakeRecord {
  lastModtimestamp: number
  readonly signalType: string
  readonly hashValue: string
  hashStatus: string
}

export interface FakeStopNciiOptions {
  readonly subscriptionKey: string
  readonly fetchKey: string
  readonly feedbackKey: string
  /** Seconds since 1970; a clock of its own. */
  readonly now: () => number
  /** Most records a page, whatever is asked for. */
  readonly pageSizeMax?: number
}

const PAGE_SIZE_MAX = 1000
const FAR = 86_400 * 365

/** The rules, and the state that tests look at and change. */
export class FakeStopNcii implements FakeRules {
  readonly records: FakeRecord[] = []
  readonly feedbacks: { readonly hashValue: string; readonly feedbackValue: string }[] = []
  readonly #options: FakeStopNciiOptions
  #made = 0
  /** Tokens of pages: where they start. A new start of the fake forgets them. */
  readonly #tokens = new Map<string, number>()

  constructor(options: FakeStopNciiOptions) {
    this.#options = options
  }

  grow(count: number): void {
    for (let more = 0; more < count; more++) {
      const isPdq = this.#made++ % 4 !== 3
      const hashValue = madeUpHex(`stopncii ${this.#made}`, isPdq ? 64 : 32)
      const signalType = isPdq ? 'ImagePDQ' : 'VideoMD5'
      const lastModtimestamp = this.#options.now()
      this.records.push({ lastModtimestamp, signalType, hashValue, hashStatus: 'Active' })
    }
  }

  shrink(count: number): void {
    for (const record of this.records.filter(({ hashStatus }) => hashStatus === 'Active').slice(0, count)) {
      record.hashStatus = 'Withdrawn'
      record.lastModtimestamp = this.#options.now()
    }
  }

  /** Forgets the tokens that it gave out. */
  expire(): void {
    this.#tokens.clear()
  }

  answer(request: FakeRequest): FakeAnswer {
    const path = request.url.pathname
    const isFetch = path === '/FetchHashes' && request.method === 'GET'
    const isFeedback = path === '/SubmitFeedback' && request.method === 'POST'
    if (!isFetch && !isFeedback) return { status: 404, body: '{}' }
    const { subscriptionKey, fetchKey, feedbackKey } = this.#options
    const isKnown =
      request.headers['ocp-apim-subscription-key'] === subscriptionKey &&
      request.headers['x-functions-key'] === (isFetch ? fetchKey : feedbackKey)
    if (!isKnown) return { status: 401, body: '{}' }
    return isFetch ? this.#fetch(request) : this.#feedback(request.body)
  }

  #fetch({ url, failing }: FakeRequest): FakeAnswer {
    const start = Number(url.searchParams.get('startTimestamp'))
    const asked = Number(url.searchParams.get('pageSize'))
    const token = url.searchParams.get('nextPageToken')
    const from = token === null ? 0 : this.#tokens.get(token)
    if (!(start > 0) || !(asked > 0) || from === undefined)
      return { status: 400, body: '{"error":"bad request"}' }
    const set = failing === 'empty' ? [] : this.records.filter((one) => one.lastModtimestamp >= start)
    set.sort((a, b) => a.lastModtimestamp - b.lastModtimestamp)
    const at = failing === 'repeated' ? 0 : from
    const page = set.slice(at, at + Math.min(asked, this.#options.pageSizeMax ?? PAGE_SIZE_MAX))
    const hasMoreRecords = failing === 'repeated' || at + page.length < set.length
    const nextPageToken = hasMoreRecords ? this.#token(at + page.length) : null
    const last = failing === 'bad-date' ? this.#options.now() + FAR : set.at(-1)?.lastModtimestamp
    const nextSetTimestamp = failing === 'backwards' ? start - 100_000 : (last ?? start)
    const hashRecords = page.map((record) => ({ ...record, caseNumbers: {}, CSPFeedbacks: [] }))
    const body = { count: page.length, nextPageToken, nextSetTimestamp, hasMoreRecords, hashRecords }
    return { status: 200, body: JSON.stringify(body) }
  }

  #token(at: number): string {
    const token = `page-${this.#tokens.size + 1}`
    this.#tokens.set(token, at)
    return token
  }

  #feedback(body: string): FakeAnswer {
    const { count, hashFeedbacks } = JSON.parse(body) as {
      count: number
      hashFeedbacks: { hashValue: string; feedbackValue: string }[]
    }
    const isKnown = hashFeedbacks.every(({ hashValue }) =>
      this.records.some((record) => record.hashValue === hashValue),
    )
    if (count !== hashFeedbacks.length || !isKnown) return { status: 400, body: '{}' }
    this.feedbacks.push(...hashFeedbacks)
    return { status: 200, body: '{}' }
  }
}
