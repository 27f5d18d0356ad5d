/** ThreatExchange: pulls what members of a privacy group share, and reacts to it. Spec: Meta Graph API, ThreatExchange. */
import type { Ask } from '#ground/wire/ask'
import type { Exchange, FeedbackTold, Page, PullFrom, PullMoment, Resume, Told } from '#terms/exchange'
import { Fault } from '#terms/fault'
import type { SourceDefinition } from '#terms/source'
import { Line } from '../line.ts'
import { checkDates, tooMuchMalformed } from '../page-checks.ts'
import { arrayOf, objectOf, textOf } from '../said.ts'
import { type Secrets, secretOf } from '../secrets.ts'
import { HASH_TYPES, readUpdate } from './updates.ts'

const FIELDS =
  'id,indicator,type,last_updated,should_delete,descriptors{id,reactions,my_reactions,owner{id},tags,status,added_on}'
const PAGE_SIZE = 500
/** The shorter of the times for which tombstones are said to be kept. */
const REFETCH_AFTER_DAYS = 30
/** A link to the next page is a cursor; after so long it is not tried. */
const LINK_SECONDS_MAX = 3_600
const LINK_CHARACTERS_MAX = 8_192
const DESCRIPTORS_TOLD_MAX = 20
const TOKEN = /^[0-9]{8,}\|[A-Za-z0-9_-]{20,}$/

/** Opens a privacy group. @throws Fault `source.invalid` for a group or token that cannot be one */
export function openThreatExchange(source: SourceDefinition, secrets: Secrets, ask: Ask): Exchange {
  return new ThreatExchange(source, secrets, ask)
}

class ThreatExchange implements Exchange {
  readonly refetchAfterDays = REFETCH_AFTER_DAYS
  readonly #source: SourceDefinition
  readonly #line: Line
  readonly #token: string
  readonly #group: string

  constructor(source: SourceDefinition, secrets: Secrets, ask: Ask) {
    this.#source = source
    this.#line = new Line(source, ask)
    this.#token = secretOf(secrets, 'token').replace(/%7C/i, '|')
    this.#group = String(source.api.options['privacyGroup'] ?? '')
    if (!TOKEN.test(this.#token)) throw invalid(source, 'the token is not "<app id>|<secret>"')
    if (!/^[1-9]\d{0,39}$/.test(this.#group))
      throw invalid(source, 'api.options.privacyGroup must be the number of a group')
  }

  async check(moment: PullMoment): Promise<string> {
    const url = new URL(`${this.#line.base}/${this.#group}`)
    url.searchParams.set('access_token', this.#token)
    url.searchParams.set('fields', 'id,name,threat_updates_enabled')
    const said = objectOf((await this.#line.json({ url }, moment)).untrusted)
    if (textOf(said?.['id'], 40) !== this.#group)
      throw this.#line.damaged('the answer is not of the group asked for')
    if (said?.['threat_updates_enabled'] === false)
      throw new Fault(
        'source.refused',
        `${this.#source.name}: updates are not enabled for this privacy group`,
      )
    return `a member of the privacy group ${this.#group}`
  }

  goingOn(resume: Resume, ageSeconds: number): Resume | undefined {
    return ageSeconds <= LINK_SECONDS_MAX ? resume : undefined
  }

  async *pull({ checkpoint, resume }: PullFrom, moment: PullMoment): AsyncGenerator<Page, void, void> {
    let next: URL | undefined = resume ? withToken(resume, this.#token) : this.#first(checkpoint?.time)
    let latest = typeof resume?.['latest'] === 'number' ? resume['latest'] : (checkpoint?.time ?? 0)
    while (next) {
      const { untrusted, bytes } = await this.#line.json({ url: next }, moment)
      const said = objectOf(untrusted)
      const data = arrayOf(said?.['data'])
      if (!data) throw this.#line.damaged('the answer has no "data"')
      const { times, ...read } = this.#read(data, moment)
      for (const time of times) {
        if (time < latest) throw this.#line.damaged('the updates are not in the order of their time')
        latest = time
      }
      next = this.#linkOf(objectOf(said?.['paging'])?.['next'])
      const ending = next
        ? { resume: { link: withoutToken(next), latest: Math.floor(latest) } }
        : { checkpoint: { time: latest } }
      yield { ...read, bytes, ...ending }
    }
  }

  async tell({ kind, extra }: FeedbackTold, moment: PullMoment): Promise<Told> {
    const descriptors = arrayOf(objectOf(extra)?.['descriptors']) ?? []
    const ids = descriptors.flatMap((one) => textOf(objectOf(one)?.['id'], 100) ?? [])
    if (ids.length === 0) return { kind: 'impossible', because: 'the entry names no descriptor to react to' }
    const reactions = kind === 'affirm' ? 'HELPFUL' : 'DISAGREE_WITH_TAGS'
    for (const id of ids.filter((one) => /^\d+$/.test(one)).slice(0, DESCRIPTORS_TOLD_MAX)) {
      const url = `${this.#line.base}/${id}`
      const body = new URLSearchParams({ access_token: this.#token, reactions }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await this.#line.ask({ url, method: 'POST', headers, body }, moment)
      answer.drop()
    }
    return { kind: 'taken' }
  }

  #first(since: number | undefined): URL {
    const { options } = this.#source.api
    const url = new URL(`${this.#line.base}/${this.#group}/threat_updates/`)
    const types = options['types'] ?? HASH_TYPES
    url.searchParams.set('access_token', this.#token)
    url.searchParams.set('start_time', String(since ?? 0))
    url.searchParams.set('limit', String(options['pageSize'] ?? PAGE_SIZE))
    url.searchParams.set('types', typeof types === 'object' ? types.join(',') : String(types))
    url.searchParams.set('fields', FIELDS)
    return url
  }

  #read(
    data: readonly unknown[],
    { now }: PullMoment,
  ): Pick<Page, 'steps' | 'leftOut'> & { readonly times: readonly number[] } {
    const read = data.map(readUpdate)
    const times = read.flatMap(({ time }) => time ?? [])
    checkDates(times, this.#source, now)
    const malformed = read.filter((one) => one.kind === 'left-out' && one.because === 'malformed').length
    if (tooMuchMalformed(malformed, read.length))
      throw this.#line.damaged(`${malformed} of ${read.length} updates of a page are malformed`)
    const steps = read.flatMap((one) => (one.kind === 'step' ? [one.step] : []))
    return { steps, leftOut: read.length - steps.length, times }
  }

  /** The link to the next page, followed as it is, but never to another place than the one that has the token. */
  #linkOf(untrusted: unknown): URL | undefined {
    if (untrusted === undefined || untrusted === null) return undefined
    const text = textOf(untrusted, LINK_CHARACTERS_MAX)
    const link = text && URL.canParse(text) ? new URL(text) : undefined
    if (link?.origin !== new URL(this.#line.base).origin || link.username !== '')
      throw this.#line.damaged('the link to the next page leads to another place')
    return link
  }
}

/** A link as it may be kept: the token stays with its file. */
function withoutToken(link: URL): string {
  const kept = new URL(link)
  kept.searchParams.delete('access_token')
  return kept.href
}

function withToken(resume: Resume, token: string): URL {
  const link = new URL(String(resume['link']))
  link.searchParams.set('access_token', token)
  return link
}

function invalid(source: SourceDefinition, what: string): Fault {
  return new Fault('source.invalid', `${source.name}: ${what}`)
}
