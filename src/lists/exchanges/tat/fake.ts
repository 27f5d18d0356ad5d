/** Fake Tech Against Terrorism: sign-in and hash list as their interface says, with hashes of nothing. */
import type { FakeAnswer, FakeRequest, FakeRules } from '../fake.ts'
import { madeUpHex } from '../made-up.ts'

/** What the fake keeps of one row. */
export interface FakeRow {
  readonly id: number
  readonly hash_digest: string
  readonly algorithm: string
  readonly ideology: string
  readonly file_type: string
  deleted: boolean
  updated_on: number
}

export interface FakeTatOptions {
  readonly username: string
  readonly password: string
  readonly now: () => number
  readonly pageSizeMax?: number
  /** How `next` is given: both forms are in use. */
  readonly next?: 'query' | 'address'
}

const PAGE_SIZE_MAX = 1_000
const FAR = 86_400 * 365
const TOKEN = 'made-up-token'

/** The rules, and the state that tests look at and change. */
export class FakeTat implements FakeRules {
  readonly rows: FakeRow[] = []
  readonly #options: FakeTatOptions

  constructor(options: FakeTatOptions) {
    this.#options = options
  }

  grow(count: number): void {
    for (let more = 0; more < count; more++) {
      const id = this.rows.length + 1
      const [algorithm, digits] = (
        [
          ['PDQ', 64],
          ['MD5', 32],
          ['SHA256', 64],
        ] as const
      )[id % 3] ?? ['PDQ', 64]
      this.rows.push({
        id,
        hash_digest: madeUpHex(`tat ${id}`, digits),
        algorithm,
        ideology: id % 2 === 0 ? 'islamist' : 'far-right',
        file_type: algorithm === 'PDQ' ? 'jpg' : 'mp4',
        deleted: false,
        updated_on: this.#options.now() + 0.5,
      })
    }
  }

  shrink(count: number): void {
    for (const row of this.rows.filter(({ deleted }) => !deleted).slice(0, count)) {
      row.deleted = true
      row.updated_on = this.#options.now() + 0.5
    }
  }

  answer(request: FakeRequest): FakeAnswer {
    const { url, method, headers, body } = request
    if (url.pathname === '/token-auth/tcap/' && method === 'POST')
      return this.#signIn(new URLSearchParams(body))
    if (url.pathname !== '/api/hash-list/v2/all') return { status: 404, body: '{}' }
    if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: '{"detail":"no"}' }
    return this.#page(request)
  }

  #signIn(form: URLSearchParams): FakeAnswer {
    const { username, password } = this.#options
    const isKnown = form.get('username') === username && form.get('password') === password
    return isKnown ? { status: 200, body: JSON.stringify({ token: TOKEN }) } : { status: 401, body: '{}' }
  }

  #page({ url, failing }: FakeRequest): FakeAnswer {
    const query = url.searchParams
    const [afterTime = -1, afterId = 0] = (query.get('after') ?? '-1,0').split(',').map(Number)
    const ideology = query.get('ideology')
    const sorted = [...this.rows].sort((a, b) => a.updated_on - b.updated_on || a.id - b.id)
    const set = sorted.filter(
      (row) =>
        failing !== 'empty' &&
        (row.updated_on > afterTime || (row.updated_on === afterTime && row.id > afterId)) &&
        (ideology === 'all' || row.ideology === ideology),
    )
    const limit = Math.min(Number(query.get('limit')), this.#options.pageSizeMax ?? PAGE_SIZE_MAX)
    const offset = failing === 'repeated' ? 0 : Number(query.get('offset') ?? 0)
    const results = set.slice(offset, offset + limit)
    const following = new URLSearchParams(query)
    following.set('offset', String(offset + limit))
    const isMore = offset + limit < set.length || failing === 'repeated'
    const next =
      this.#options.next === 'address' ? `${url.origin}${url.pathname}?${following}` : `${following}`
    const last = results.at(-1)
    const shift = failing === 'backwards' ? -100_000 : failing === 'bad-date' ? FAR : 0
    const checkpoint = last ? `${last.updated_on + shift},${last.id}` : query.get('after')
    const body = { count: set.length, next: isMore ? next : null, previous: null, checkpoint, results }
    return { status: 200, body: JSON.stringify(body) }
  }
}
