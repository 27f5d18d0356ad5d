/** Client: asks a Tutela service over HTTP, typed by the contract; what the service refuses comes back as the same fault. */
import { randomBytes } from 'node:crypto'
import type { BatchAnswer, HashAnswer, MatchAnswer } from '#contract/answer'
import type { AskedItem, HashedItem } from '#contract/item'
import { LIMITS } from '#contract/limits'
import { PROBLEM_TYPE } from '#contract/problem'
import type { ReportAnswer, ReportBody } from '#contract/reports'
import { type Ask, ask as askOutside, type WireAnswer } from '#ground/wire/ask'
import { FAULT_CODES, Fault, type FaultCode } from '#terms/fault'

/** Where the service is, and what to show it. */
export interface ServiceAt {
  /** Scheme, host and port, as `https://tutela.example.org`. */
  readonly url: string
  /** The key that `tutela key create` printed. */
  readonly key: string
  /** For one answer; 60 unless given. */
  readonly secondsMax?: number
  readonly stop?: AbortSignal
}

const SECONDS_MAX = 60
const ANSWER_BYTES_MAX = 64 * 1024 * 1024
const KNOWN_CODES: ReadonlySet<string> = new Set(FAULT_CODES)

/** A service that can be asked. It holds nothing open between requests but pooled connections. */
export class TutelaClient {
  readonly #at: ServiceAt
  readonly #ask: Ask

  /** @throws Fault `usage.invalid` when the address is none */
  constructor(at: ServiceAt, ask: Ask = askOutside) {
    if (!URL.canParse(at.url)) throw new Fault('usage.invalid', `"${at.url}" is no address of a service`)
    this.#at = at
    this.#ask = ask
  }

  /**
   * The verdict on an item by its hashes, or by its address where the service allows that.
   *
   * @param idempotencyKey the same key gives the same answer again, also after a broken connection
   * @throws Fault the service's own; `server.unreachable` when it gives no answer
   */
  match(item: AskedItem, idempotencyKey?: string): Promise<MatchAnswer> {
    return this.#json('/v1/match', item, idempotencyKey)
  }

  /** The verdicts on many items by their hashes, in their order, however many there are. */
  async matchMany(items: readonly HashedItem[]): Promise<BatchAnswer['items']> {
    const verdicts: BatchAnswer['items'] = []
    for (let at = 0; at < items.length; at += LIMITS.itemsMax) {
      const answer = await this.#json<BatchAnswer>('/v1/match/batch', {
        items: items.slice(at, at + LIMITS.itemsMax),
      })
      verdicts.push(...answer.items)
    }
    return verdicts
  }

  /** The verdict on a file: its bytes go to the service, which hashes and drops them. */
  matchFile(bytes: Uint8Array, idempotencyKey?: string): Promise<MatchAnswer> {
    return this.#bytes('/v1/match', bytes, idempotencyKey)
  }

  /** Brings a report, with its file where it has one. One with an id may be sent again: it is the same. */
  report(body: ReportBody, file?: Uint8Array): Promise<ReportAnswer> {
    if (!file) return this.#json('/v1/reports', body)
    const edge = `report-${randomBytes(16).toString('hex')}`
    const part = (name: string, type: string, more = ''): string =>
      `--${edge}\r\ncontent-disposition: form-data; name="${name}"${more}\r\ncontent-type: ${type}\r\n\r\n`
    const form = Buffer.concat([
      Buffer.from(`${part('report', 'application/json')}${JSON.stringify(body)}\r\n`),
      Buffer.from(part('file', 'application/octet-stream', '; filename="file"')),
      file,
      Buffer.from(`\r\n--${edge}--\r\n`),
    ])
    return this.#post('/v1/reports', `multipart/form-data; boundary=${edge}`, form)
  }

  /** The hashes of a file, made by the service. */
  hashFile(bytes: Uint8Array): Promise<HashAnswer> {
    return this.#bytes('/v1/hash', bytes)
  }

  #json<T>(path: string, body: unknown, idempotencyKey?: string): Promise<T> {
    return this.#post(path, 'application/json', JSON.stringify(body), idempotencyKey)
  }

  #bytes<T>(path: string, bytes: Uint8Array, idempotencyKey?: string): Promise<T> {
    return this.#post(path, 'application/octet-stream', bytes, idempotencyKey)
  }

  async #post<T>(path: string, type: string, body: string | Uint8Array, idempotencyKey?: string): Promise<T> {
    const answer = await this.#ask({
      url: new URL(path, this.#at.url),
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#at.key}`,
        accept: 'application/json',
        'content-type': type,
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      body,
      bytesMax: ANSWER_BYTES_MAX,
      secondsMax: this.#at.secondsMax ?? SECONDS_MAX,
      addresses: 'any',
      ports: 'any',
      ...(this.#at.stop && { stop: this.#at.stop }),
    }).catch(unreachable)
    const untrusted = parsed(await answer.text().catch(unreachable))
    if (answer.status < 200 || answer.status >= 300) throw refusal(answer, untrusted)
    if (untrusted === undefined) throw new Fault('server.unreachable', 'the service answered no JSON')
    return untrusted as T
  }
}

function parsed(untrusted: string): unknown {
  try {
    return JSON.parse(untrusted)
  } catch {
    return undefined
  }
}

/** The service's fault, told by its code; a stranger's refusal by its status. */
function refusal(answer: WireAnswer, untrusted: unknown): Fault {
  const { type, detail } = (untrusted ?? {}) as { type?: unknown; detail?: unknown }
  const code = typeof type === 'string' ? type.slice(PROBLEM_TYPE.length) : ''
  const words = typeof detail === 'string' ? detail : `it answered ${answer.status}`
  if (isFaultCode(code)) return new Fault(code, `the service: ${words}`)
  return new Fault('server.unreachable', `what answers is no Tutela service: ${words}`)
}

function isFaultCode(code: string): code is FaultCode {
  return KNOWN_CODES.has(code)
}

function unreachable(error: unknown): never {
  if (!(error instanceof Fault)) throw error
  throw new Fault('server.unreachable', `the service gives no answer: ${error.message}`, { cause: error })
}
