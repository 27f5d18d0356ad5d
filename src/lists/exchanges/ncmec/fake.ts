/** Fake NCMEC: an environment of hash sharing v2 with rows in no order, links that run out, and feedback; hashes of nothing. */
import { NCMEC_NAMESPACE } from '../../ncmec/page.ts'
import type { FakeAnswer, FakeRequest, FakeRules } from '../fake.ts'
import { madeUpHex } from '../made-up.ts'

/** What the fake keeps of one entry. */
export interface FakeEntry {
  readonly media: 'image' | 'video'
  readonly member: number
  readonly id: string
  /** Rows are in no order of time; theirs is always the same. */
  readonly place: number
  timestamp: number
  deleted: boolean
}

export interface FakeNcmecOptions {
  readonly username: string
  readonly password: string
  readonly now: () => number
  /** Rows a page: 1000 in the interface. */
  readonly pageRows?: number
}

const PAGE_ROWS = 1_000
const FAR = 86_400 * 365
const LINK_SECONDS_MAX = 12 * 3600
const REASONS = [
  { guid: '01234567-abcd-0123-4567-012345678900', name: 'Example Reason 1' },
  { guid: '01234567-abcd-0123-4567-012345678901', name: 'Example Reason 2' },
]
const XML = 'application/xml'

/** The rules, and the state that tests look at and change. */
export class FakeNcmec implements FakeRules {
  readonly entries: FakeEntry[] = []
  readonly feedbacks: {
    readonly member: number
    readonly id: string
    readonly type: string
    readonly body: string
  }[] = []
  readonly #options: FakeNcmecOptions

  constructor(options: FakeNcmecOptions) {
    this.#options = options
  }

  grow(count: number): void {
    for (let more = 0; more < count; more++) {
      const number = this.entries.length + 1
      const media = number % 5 === 0 ? 'video' : 'image'
      const member = 42 + (number % 2)
      const id = `made up/${number}`
      const place = Number.parseInt(madeUpHex(`order ${id}`, 32).slice(0, 8), 16)
      this.entries.push({ media, member, id, place, timestamp: this.#now(), deleted: false })
    }
  }

  shrink(count: number): void {
    for (const entry of this.entries.filter(({ deleted }) => !deleted).slice(0, count)) {
      entry.deleted = true
      entry.timestamp = this.#now()
    }
  }

  answer(request: FakeRequest): FakeAnswer {
    const { username, password } = this.#options
    const known = `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
    if (request.headers.authorization !== known) return { status: 401, type: XML, body: '' }
    const [, version, ...rest] = request.url.pathname.split('/')
    const noun = rest.join('/')
    if (version !== 'v2') return { status: 404, type: XML, body: '' }
    if (noun === 'status') return document('status', STATUS)
    if (noun === 'members') return document('members', [42, 43].map(memberXml).join(''))
    if (noun === 'entries') return this.#page(request)
    if (/^feedback\/[A-Z0-9_]+\/reasons$/.test(noun))
      return document('availableFeedbackReasons', reasonsXml())
    if (request.method === 'PUT') return this.#feedback(rest, request.body)
    return { status: 404, type: XML, body: '' }
  }

  #now(): number {
    return Math.floor(this.#options.now())
  }

  #page({ url, failing }: FakeRequest): FakeAnswer {
    const query = url.searchParams
    const [from = Number.NaN, to = Number.NaN] = ['from', 'to'].map(
      (name) => Date.parse(query.get(name) ?? '') / 1000,
    )
    const given = Number(query.get('given') ?? this.#now())
    if (Number.isNaN(from) || Number.isNaN(to) || this.#now() - given > LINK_SECONDS_MAX)
      return { status: 400, type: XML, body: '' }
    const rows = this.entries.filter(({ timestamp }) => timestamp >= from && timestamp <= to)
    const set = failing === 'empty' ? [] : rows.sort((a, b) => a.place - b.place)
    const size = Number(query.get('size') ?? this.#options.pageRows ?? PAGE_ROWS)
    const start = failing === 'repeated' ? 1 : Number(query.get('start') ?? 1)
    const page = set.slice(start - 1, start - 1 + size)
    const isMore = start - 1 + size < set.length || failing === 'repeated'
    const shift = failing === 'backwards' ? -1_000_000 : failing === 'bad-date' ? FAR : 0
    const groups = (['image', 'video'] as const).map((media) => groupXml(media, page, shift))
    const link = new URLSearchParams({
      ...{ from: stamp(from, true), to: stamp(to, true), start: String(start + size) },
      ...{ size: String(size), max: String(set.length), given: String(given) },
    })
    const paging = isMore ? `<paging><next>/v2/entries?${escaped(`${link}`)}</next></paging>` : ''
    return document('queryResult', groups.join('') + paging)
  }

  #feedback(path: readonly string[], body: string): FakeAnswer {
    const [noun, member, id = '', type = '', last] = path
    const name = decodeURIComponent(id)
    const isKnown = this.entries.some(
      (one) => one.id === name && String(one.member) === member && !one.deleted,
    )
    if (noun !== 'entries' || last !== 'feedback' || !isKnown) return { status: 404, type: XML, body: '' }
    const guid = /<guid>([^<]*)<\/guid>/.exec(body)?.[1]
    const isWhole = body.includes('<affirmative/>') || REASONS.some((reason) => reason.guid === guid)
    if (!isWhole || !body.includes(NCMEC_NAMESPACE)) return { status: 400, type: XML, body: '' }
    this.feedbacks.push({ member: Number(member), id: name, type, body })
    return document('submissionResult', '')
  }
}

const STATUS =
  '<ipAddress>192.0.2.10</ipAddress><username>example-user</username><member id="7">Example Platform</member>'

function groupXml(media: 'image' | 'video', page: readonly FakeEntry[], shift: number): string {
  const rows = page.filter((entry) => entry.media === media)
  const last = Math.max(...rows.map(({ timestamp }) => timestamp + shift))
  const latest = rows.length > 0 ? ` maxTimestamp="${stamp(last)}"` : ''
  return `<${media}s count="${rows.length}"${latest}>${rows.map((row) => entryXml(row, shift)).join('')}</${media}s>`
}

function entryXml({ media, member, id, timestamp, deleted }: FakeEntry, shift: number): string {
  const time = `<timestamp>${stamp(timestamp + shift)}</timestamp>`
  const name = `<id>${escaped(id)}</id>`
  const kind = media === 'image' ? 'Image' : 'Video'
  if (deleted) return `<deleted${kind}>${memberXml(member)}${name}${time}</deleted${kind}>`
  const md5 = `<md5>${madeUpHex(`ncmec ${id}`, 32)}</md5><sha1>${madeUpHex(`ncmec ${id}`, 40)}</sha1>`
  const pdq = media === 'image' ? `<pdq>${madeUpHex(`ncmec ${id}`, 64)}</pdq>` : ''
  const prints = `<fingerprints>${md5}${pdq}</fingerprints>`
  const grade = '<classification>A1</classification>'
  return `<${media}>${memberXml(member)}${time}${name}${grade}${prints}<feedback/></${media}>`
}

function memberXml(member: number): string {
  return `<member id="${member}">Example Member ${member}</member>`
}

function reasonsXml(): string {
  return REASONS.map(({ guid, name }) => `<reason guid="${guid}" name="${name}" type="Sha1"/>`).join('')
}

function document(root: string, inner: string): FakeAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<${root} xmlns="${NCMEC_NAMESPACE}">${inner}</${root}>`
  return { status: 200, type: XML, body }
}

function stamp(seconds: number, milliseconds = false): string {
  const text = new Date(seconds * 1000).toISOString()
  return milliseconds ? text : text.replace(/\.\d{3}Z$/, 'Z')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
