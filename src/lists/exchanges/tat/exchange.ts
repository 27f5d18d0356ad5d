/** TAT: pulls Tech Against Terrorism's hash list. It takes no feedback that is documented. Spec: TCAP hash list API v2. */
import type { Ask } from '#ground/wire/ask'
import type { Checkpoint, Exchange, Page, PullFrom, PullMoment, Resume } from '#terms/exchange'
import { Fault } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'
import { Line } from '../line.ts'
import { checkDates, tooMuchMalformed } from '../page-checks.ts'
import { arrayOf, objectOf, textOf } from '../said.ts'
import { type Secrets, secretOf } from '../secrets.ts'
import { readRow } from './rows.ts'

const PAGE_SIZE = 1_000
/** The offset of a page means something only as long as nothing moved beneath it. */
const OFFSET_SECONDS_MAX = 3_600
const NEXT_CHARACTERS_MAX = 4_096
const IDEOLOGIES = ['islamist', 'far-right', 'all']

/** Opens the list. @throws Fault `source.invalid` for an ideology that there is none of */
export function openTat(source: SourceDefinition, secrets: Secrets, ask: Ask): Exchange {
  return new TechAgainstTerrorism(source, secrets, ask)
}

class TechAgainstTerrorism implements Exchange {
  readonly #source: SourceDefinition
  readonly #secrets: Secrets
  readonly #line: Line
  readonly #address: URL
  readonly #ideology: string

  constructor(source: SourceDefinition, secrets: Secrets, ask: Ask) {
    this.#source = source
    this.#secrets = secrets
    this.#line = new Line(source, ask)
    this.#address = new URL(`${this.#line.base}/api/hash-list/v2/all`)
    this.#ideology = String(source.api.options['ideology'] ?? 'all')
    if (!IDEOLOGIES.includes(this.#ideology))
      throw new Fault(
        'source.invalid',
        `${source.name}: api.options.ideology must be one of ${IDEOLOGIES.join(', ')}`,
      )
  }

  async check(moment: PullMoment): Promise<string> {
    await this.#signIn(moment)
    return 'a user whose password is taken'
  }

  goingOn(resume: Resume, ageSeconds: number): Resume | undefined {
    return ageSeconds <= OFFSET_SECONDS_MAX ? resume : undefined
  }

  async *pull({ checkpoint, resume }: PullFrom, moment: PullMoment): AsyncGenerator<Page, void, void> {
    const headers = await this.#signIn(moment)
    let query: string | undefined = textOf(resume?.['query'], NEXT_CHARACTERS_MAX) ?? this.#first(checkpoint)
    while (query !== undefined) {
      const url = new URL(this.#address)
      url.search = query
      const { untrusted, bytes } = await this.#line.json({ url, headers }, moment)
      const said = objectOf(untrusted)
      const rows = arrayOf(said?.['results'])
      if (!said || !rows) throw this.#line.damaged('the answer has no "results"')
      const page = { ...this.#read(rows, moment), bytes }
      query = this.#queryOf(said['next'])
      if (query !== undefined) yield { ...page, resume: { query } }
      else yield { ...page, checkpoint: reached(said['checkpoint'], rows.length, checkpoint, this.#line) }
    }
  }

  async #signIn(moment: PullMoment): Promise<Record<string, string>> {
    const form = {
      username: secretOf(this.#secrets, 'username'),
      password: secretOf(this.#secrets, 'password'),
    }
    const { untrusted } = await this.#line.json(
      {
        url: `${this.#line.base}/token-auth/tcap/`,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ ...form, resend: 'false' }).toString(),
      },
      moment,
    )
    const token = textOf(objectOf(untrusted)?.['token'], NEXT_CHARACTERS_MAX)
    if (!token || !/^[\x21-\x7e]+$/.test(token)) throw this.#line.damaged('the sign-in gives no token')
    return { authorization: `Bearer ${token}` }
  }

  #first(checkpoint: Checkpoint | undefined): string {
    const limit = String(this.#source.api.options['pageSize'] ?? PAGE_SIZE)
    const after = checkpoint?.cursor === undefined ? {} : { after: checkpoint.cursor }
    return new URLSearchParams({ order: 'asc', limit, ideology: this.#ideology, ...after }).toString()
  }

  #read(rows: readonly unknown[], { now }: PullMoment): Pick<Page, 'steps' | 'leftOut'> {
    const read = rows.map(readRow)
    const malformed = read.filter((one) => one.kind === 'left-out' && one.because === 'malformed').length
    if (tooMuchMalformed(malformed, read.length))
      throw this.#line.damaged(`${malformed} of ${read.length} rows of a page are malformed`)
    const dates = read.flatMap((one) => (one.kind === 'step' ? [one.time] : []))
    checkDates(dates, this.#source, now)
    const steps = read.flatMap((one) => (one.kind === 'step' ? [one.step] : []))
    return { steps, leftOut: read.length - steps.length }
  }

  /** `next` is a whole address or a query alone; a whole address must be of this place. */
  #queryOf(untrusted: unknown): string | undefined {
    if (untrusted === null || untrusted === undefined) return undefined
    const text = textOf(untrusted, NEXT_CHARACTERS_MAX)
    if (!text) throw this.#line.damaged('the link to the next page is none')
    const isAddress = /^[a-z]+:\/\/|^\//i.test(text)
    if (!isAddress) return text.replace(/^\?/, '')
    const { href, origin } = this.#address
    const link = URL.canParse(text, href) ? new URL(text, href) : undefined
    if (link?.origin !== origin) throw this.#line.damaged('the link to the next page leads to another place')
    return link.search.slice(1)
  }
}

/** The checkpoint "time,id" of the last row; where nothing came, the one that was asked from. */
function reached(untrusted: unknown, rows: number, before: Checkpoint | undefined, line: Line): Checkpoint {
  const cursor = textOf(untrusted, 200)
  if (!cursor && rows === 0) return before ?? { time: 0 }
  const time = Number(/^(\d{1,12}(?:\.\d{1,9})?),\d+$/.exec(cursor ?? '')?.[1] ?? Number.NaN)
  if (cursor === undefined || Number.isNaN(time)) throw line.damaged('the checkpoint is not "time,id"')
  return { time, cursor }
}
