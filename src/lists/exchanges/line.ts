/** Line: what is asked of a partner, and what of its answers is a fault whatever the partner. */
import type { Ask, WireAnswer, WireRequest } from '#ground/wire/ask'
import type { PullMoment } from '#terms/exchange'
import { Fault } from '#terms/fault'
import type { PullLimits, SourceDefinition } from '#terms/source'

/** One request to a partner; its address may hold secrets and is never told to anybody. */
export interface LineRequest {
  readonly url: string | URL
  readonly method?: WireRequest['method']
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Statuses that the partner's exchange deals with itself. */
  readonly expected?: readonly number[]
}

/** A partner's address with what binds every request to it. */
export class Line {
  readonly base: string
  readonly limits: PullLimits
  readonly #ask: Ask
  readonly #addresses: 'public' | 'any'
  readonly #source: string
  #partnerTime: number | undefined

  constructor(source: SourceDefinition, ask: Ask) {
    this.base = source.api.base
    this.limits = source.limits
    this.#ask = ask
    this.#addresses = source.api.addresses
    this.#source = source.name
  }

  /** What the partner's clock said when it answered last, in seconds since 1970; undefined where it does not say. */
  get partnerTime(): number | undefined {
    return this.#partnerTime
  }

  /**
   * Asks, and gives an answer of status 200 to 299 or of one that was expected.
   *
   * @throws Fault `source.refused` for 401 and 403, `source.unreachable` for 429, 5xx and no answer,
   *   `source.damaged` for every other status and for more bytes than a page may have
   */
  async ask(request: LineRequest, { stop }: PullMoment): Promise<WireAnswer> {
    const { url, method, headers, body, expected = [] } = request
    const answer = await this.#ask({
      url,
      addresses: this.#addresses,
      bytesMax: this.limits.pageBytesMax,
      secondsMax: this.limits.secondsMax,
      ...(method && { method }),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
      ...(stop && { stop }),
    }).catch((error: unknown) => this.rethrow(error))
    const said = Date.parse(answer.headers['date'] ?? '')
    this.#partnerTime = Number.isNaN(said) ? undefined : said / 1000
    if ((answer.status >= 200 && answer.status < 300) || expected.includes(answer.status)) return answer
    answer.drop()
    throw this.#refusal(answer.status)
  }

  /** Asks for JSON. @returns what was said, to be parsed, and the size of it in bytes */
  async json(request: LineRequest, moment: PullMoment): Promise<{ untrusted: unknown; bytes: number }> {
    const answer = await this.ask(request, moment)
    const bytes = await answer.bytes().catch((error: unknown) => this.rethrow(error))
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      return { untrusted: JSON.parse(text), bytes: bytes.length }
    } catch (cause) {
      throw new Fault('source.damaged', `${this.#source}: the answer is no JSON, or not all of it`, { cause })
    }
  }

  /** Says that what the partner sent is not as its interface says. */
  damaged(what: string): Fault {
    return new Fault('source.damaged', `${this.#source}: ${what}`)
  }

  /** Rethrows what the wire failed at as what it means of a source. */
  rethrow(error: unknown): never {
    if (!(error instanceof Fault)) throw error
    if (error.code === 'wire.too-large')
      throw new Fault('source.damaged', `${this.#source}: ${error.message}`, { cause: error })
    if (error.code === 'wire.unreachable' || error.code === 'wire.too-slow')
      throw new Fault('source.unreachable', `${this.#source}: ${error.message}`, { cause: error })
    throw error
  }

  #refusal(status: number): Fault {
    const message = `${this.#source}: the partner answers with status ${status}`
    if (status === 401 || status === 403) return new Fault('source.refused', message)
    return new Fault(status === 429 || status >= 500 ? 'source.unreachable' : 'source.damaged', message)
  }
}
