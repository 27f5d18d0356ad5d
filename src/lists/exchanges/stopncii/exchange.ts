/** StopNCII: pulls hashes that people made of their own pictures, and says what became of them. Spec: StopNCII.org API v1. */
import type { Ask } from '#ground/wire/ask'
import type { Exchange, FeedbackTold, Page, PullFrom, PullMoment, Resume, Told } from '#terms/exchange'
import type { EntryStep } from '#terms/register'
import type { SourceDefinition } from '#terms/source'
import { Line } from '../line.ts'
import { checkDates, tooMuchMalformed } from '../page-checks.ts'
import { arrayOf, objectOf, textOf, timeOf } from '../said.ts'
import { type Secrets, secretOf } from '../secrets.ts'
import { readRecord } from './records.ts'

/** What the interface wants for the first time. */
const START_FIRST = 10
const PAGE_SIZE = 800
/** A token is good for a short time that is not stated; after so long it is not tried. */
const TOKEN_SECONDS_MAX = 300
/** Withdrawn records are kept by the partner for a time; who stayed away longer asks for everything. */
const REFETCH_AFTER_DAYS = 30
const TOKEN_CHARACTERS_MAX = 4096

/** Opens StopNCII's interface. @throws Fault `source.invalid` when a secret is missing */
export function openStopNcii(source: SourceDefinition, secrets: Secrets, ask: Ask): Exchange {
  return new StopNcii(source, secrets, ask)
}

class StopNcii implements Exchange {
  readonly refetchAfterDays = REFETCH_AFTER_DAYS
  readonly #source: SourceDefinition
  readonly #secrets: Secrets
  readonly #line: Line
  readonly #headers: Record<string, string>
  readonly #pageSize: number
  readonly #tokenSecondsMax: number

  constructor(source: SourceDefinition, secrets: Secrets, ask: Ask) {
    const { options } = source.api
    this.#source = source
    this.#secrets = secrets
    this.#line = new Line(source, ask)
    this.#headers = this.#keys('fetchKey')
    this.#pageSize = Number(options['pageSize'] ?? PAGE_SIZE)
    this.#tokenSecondsMax = Number(options['tokenSecondsMax'] ?? TOKEN_SECONDS_MAX)
  }

  async check(moment: PullMoment): Promise<string> {
    const url = addressOf(this.#line.base, Math.floor(moment.now.getTime() / 1000), 1)
    parseSet((await this.#line.json({ url, headers: this.#headers }, moment)).untrusted, this.#line)
    return 'a partner whose keys are taken'
  }

  goingOn(resume: Resume, ageSeconds: number): Resume | undefined {
    return ageSeconds <= this.#tokenSecondsMax ? resume : undefined
  }

  async *pull({ checkpoint, resume }: PullFrom, moment: PullMoment): AsyncGenerator<Page, void, void> {
    const start = checkpoint?.time ?? START_FIRST
    let token = textOf(resume?.['token'], TOKEN_CHARACTERS_MAX)
    for (;;) {
      const url = addressOf(this.#line.base, start, this.#pageSize, token)
      const { untrusted, bytes } = await this.#line.json({ url, headers: this.#headers }, moment)
      const set = parseSet(untrusted, this.#line)
      const page = { ...this.#read(set.records, moment), bytes }
      if (set.token === undefined) {
        yield { ...page, checkpoint: { time: set.next } }
        return
      }
      token = set.token
      yield { ...page, resume: { token } }
    }
  }

  async tell({ kind, hashes }: FeedbackTold, moment: PullMoment): Promise<Told> {
    if (!this.#secrets['feedbackKey'])
      return { kind: 'impossible', because: 'the source names no secret "feedbackKey"' }
    const hashValue = hashes['pdq'] ?? hashes['md5']
    if (!hashValue) return { kind: 'impossible', because: 'the entry has no hash that StopNCII knows' }
    const feedbackValue = kind === 'affirm' ? 'Blocked' : 'NotBlocked'
    const answer = await this.#line.ask(
      {
        url: `${this.#line.base}/SubmitFeedback`,
        method: 'POST',
        headers: { ...this.#keys('feedbackKey'), 'content-type': 'application/json' },
        body: JSON.stringify({ count: 1, hashFeedbacks: [{ hashValue, feedbackValue, tags: [] }] }),
      },
      moment,
    )
    answer.drop()
    return { kind: 'taken' }
  }

  #read(records: readonly unknown[], { now }: PullMoment): { steps: EntryStep[]; leftOut: number } {
    const read = records.map(readRecord)
    const steps = read.flatMap((one) => (one.kind === 'step' ? [one.step] : []))
    const malformed = read.filter((one) => one.kind === 'left-out' && one.because === 'malformed').length
    if (tooMuchMalformed(malformed, read.length))
      throw this.#line.damaged(`${malformed} of ${read.length} records of a page are malformed`)
    const dates = read.flatMap((one) => (one.kind === 'step' ? [one.time] : []))
    checkDates(dates, this.#source, now)
    return { steps, leftOut: read.length - steps.length }
  }

  #keys(functionKey: string): Record<string, string> {
    return {
      'x-functions-key': secretOf(this.#secrets, functionKey),
      'Ocp-Apim-Subscription-Key': secretOf(this.#secrets, 'subscriptionKey'),
    }
  }
}

function addressOf(base: string, start: number, pageSize: number, token?: string): URL {
  const url = new URL(`${base}/FetchHashes`)
  url.searchParams.set('startTimestamp', String(start))
  url.searchParams.set('pageSize', String(pageSize))
  if (token !== undefined) url.searchParams.set('nextPageToken', token)
  return url
}

interface RecordSet {
  readonly records: readonly unknown[]
  readonly next: number
  /** Of the next page; absent on the last. */
  readonly token?: string
}

/** @throws Fault `source.damaged` where the answer lacks what every answer has, or states more records than it holds */
function parseSet(untrusted: unknown, line: Line): RecordSet {
  const said = objectOf(untrusted)
  const records = arrayOf(said?.['hashRecords'])
  const next = timeOf(said?.['nextSetTimestamp'])
  const more = said?.['hasMoreRecords']
  if (!said || !records || next === undefined || typeof more !== 'boolean')
    throw line.damaged('the answer lacks hashRecords, nextSetTimestamp or hasMoreRecords')
  if (said['count'] !== records.length)
    throw line.damaged(`the answer states ${String(said['count'])} records and holds ${records.length}`)
  if (!more) return { records, next }
  const token = textOf(said['nextPageToken'], TOKEN_CHARACTERS_MAX)
  if (!token) throw line.damaged('there are more records, and no token to ask for them')
  return { records, next, token }
}
