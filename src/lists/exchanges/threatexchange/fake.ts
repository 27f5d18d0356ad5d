/** Fake ThreatExchange: one privacy group's updates, paged by cursor, and reactions to descriptors, with hashes of nothing. */
import type { FakeAnswer, FakeRequest, FakeRules } from '../fake.ts'
import { madeUpHex } from '../made-up.ts'

/** What the fake keeps of one indicator. */
export interface FakeUpdate {
  readonly id: string
  readonly indicator: string
  readonly type: string
  last_updated: number
  should_delete: boolean
  status: string
}

export interface FakeThreatExchangeOptions {
  readonly token: string
  readonly privacyGroup: string
  readonly now: () => number
  readonly pageSizeMax?: number
}

const PAGE_SIZE_MAX = 500
const FAR = 86_400 * 365
const OWNER = '616912251743987'
const FAILED = {
  status: 400,
  body: '{"error":{"message":"Invalid parameter","type":"OAuthException","code":100}}',
}

/** The rules, and the state that tests look at and change. */
export class FakeThreatExchange implements FakeRules {
  readonly updates: FakeUpdate[] = []
  readonly reactions: { readonly descriptor: string; readonly reaction: string }[] = []
  /** Where the link to the next page leads instead. */
  nextOrigin: string | undefined
  readonly #options: FakeThreatExchangeOptions

  constructor(options: FakeThreatExchangeOptions) {
    this.#options = options
  }

  grow(count: number): void {
    for (let more = 0; more < count; more++) {
      const number = this.updates.length + 1
      const isPdq = number % 3 !== 0
      this.updates.push({
        id: String(1000 + number),
        indicator: madeUpHex(`threatexchange ${number}`, isPdq ? 64 : 32),
        type: isPdq ? 'HASH_PDQ' : 'HASH_VIDEO_MD5',
        last_updated: this.#options.now(),
        should_delete: false,
        status: 'MALICIOUS',
      })
    }
  }

  shrink(count: number): void {
    for (const update of this.updates.filter((one) => !one.should_delete).slice(0, count)) {
      update.should_delete = true
      update.last_updated = this.#options.now()
    }
  }

  answer(request: FakeRequest): FakeAnswer {
    const { url, method } = request
    const form = method === 'POST' ? new URLSearchParams(request.body) : url.searchParams
    if (form.get('access_token') !== this.#options.token)
      return { status: 401, body: '{"error":{"type":"OAuthException","code":190}}' }
    const [, id, edge] = url.pathname.split('/')
    if (method === 'POST') return this.#react(id ?? '', form.get('reactions'))
    if (id !== this.#options.privacyGroup) return FAILED
    if (edge === 'threat_updates') return this.#page(request)
    return { status: 200, body: JSON.stringify({ id, name: 'A group', threat_updates_enabled: true }) }
  }

  #page({ url, failing }: FakeRequest): FakeAnswer {
    const query = url.searchParams
    const start = Number(query.get('start_time'))
    const types = (query.get('types') ?? '').split(',')
    const set = failing === 'empty' ? [] : this.#changed(start, types)
    const at = failing === 'repeated' ? 0 : Number(query.get('after') ?? 0)
    const page = set.slice(
      at,
      at + Math.min(Number(query.get('limit')), this.#options.pageSizeMax ?? PAGE_SIZE_MAX),
    )
    const next = new URL(url)
    if (this.nextOrigin) next.host = new URL(this.nextOrigin).host
    next.searchParams.set('after', String(at + page.length))
    const isMore = at + page.length < set.length || failing === 'repeated'
    const data = page.map((update) => this.#shown(update, failing))
    return { status: 200, body: JSON.stringify({ data, ...(isMore && { paging: { next: next.href } }) }) }
  }

  #changed(start: number, types: readonly string[]): FakeUpdate[] {
    const set = this.updates.filter((one) => one.last_updated >= start && types.includes(one.type))
    return set.sort((a, b) => a.last_updated - b.last_updated)
  }

  #shown(update: FakeUpdate, failing: FakeRequest['failing']): object {
    const { status, should_delete: isGone, ...said } = update
    const shift = failing === 'backwards' ? -100_000 : failing === 'bad-date' ? FAR : 0
    const descriptor = {
      id: `2${said.id}`,
      owner: { id: OWNER },
      status,
      added_on: '2026-01-01T00:00:00+0000',
      tags: { data: [{ id: '3', text: 'media_priority_s1' }] },
      reactions: [],
    }
    return {
      ...said,
      last_updated: said.last_updated + shift,
      should_delete: isGone,
      ...(!isGone && { descriptors: { data: [descriptor] } }),
    }
  }

  #react(descriptor: string, reaction: string | null): FakeAnswer {
    const isKnown = this.updates.some(({ id }) => `2${id}` === descriptor)
    if (!isKnown || !reaction) return FAILED
    this.reactions.push({ descriptor, reaction })
    return { status: 200, body: '{"success":true}' }
  }
}
