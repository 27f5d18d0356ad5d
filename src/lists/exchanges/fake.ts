/** Fake: a partner on loopback that behaves as its interface says, keeps state, and fails on command. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The ways in which a fake fails when it is told to. */
export const FAILINGS = [
  /** 401: it does not know us any more. */
  'unauthorized',
  /** 429 with Retry-After. */
  'too-many',
  /** 500. */
  'broken',
  /** The connection ends in the middle of the body. */
  'truncated',
  /** The body ends early, and says that it is whole. */
  'cut',
  /** The same page comes again and again. */
  'repeated',
  /** It is at an earlier place than it was. */
  'backwards',
  /** It states a date far ahead. */
  'bad-date',
  /** A body that does not end. */
  'endless',
  /** Everything is gone: an empty answer in good form. */
  'empty',
] as const
export type Failing = (typeof FAILINGS)[number]

/** A request as a fake's rules see it. */
export interface FakeRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** What it was told to do wrong this time. */
  readonly failing: Failing | undefined
}

export interface FakeAnswer {
  readonly status: number
  readonly type?: string
  readonly body: string | Uint8Array
}

/** What a fake does for one partner. */
export interface FakeRules {
  answer(request: FakeRequest): FakeAnswer
  /** Makes up so many new entries. */
  grow(count: number): void
  /** Withdraws so many of its entries, the oldest first. */
  shrink(count: number): void
}

/** A fake that runs. */
export interface Fake {
  /** Where it listens, without a slash at the end. */
  readonly base: string
  /** Paths that were asked for, with their queries, in order. */
  readonly asked: readonly string[]
  /** Lets the next requests go wrong, after so many that go well. */
  fail(kind: Failing, times?: number, after?: number): void
  /** Forgets what it was told to do wrong. */
  forgive(): void
  close(): Promise<void>
}

const BODY_BYTES_MAX = 1 << 20
const LOOPBACK = '127.0.0.1'

/**
 * Starts a fake on loopback. Besides its partner's interface it takes `POST /fake/fail?kind=broken&times=2&after=1`,
 * `POST /fake/grow?count=10` and `POST /fake/shrink?count=10`.
 *
 * @param port 0 for any that is free
 */
export async function startFake(rules: FakeRules, port = 0): Promise<Fake> {
  const failings: (Failing | undefined)[] = []
  const asked: string[] = []
  const fail = (kind: Failing, times = 1, after = 0): void => {
    failings.push(...Array<undefined>(after).fill(undefined), ...Array<Failing>(times).fill(kind))
  }
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing).catch(() => outgoing.destroy()) // a client that went away
  })
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', base())
    const body = await bodyOf(incoming)
    if (url.pathname.startsWith('/fake/')) return told(url, outgoing)
    asked.push(url.pathname + url.search)
    const { method = 'GET', headers } = incoming
    const failing = failings.shift()
    if (failing && failsOnTheWay(failing, outgoing)) return
    send(rules.answer({ method, url, headers, body, failing }), failing, outgoing)
  }
  function told(url: URL, outgoing: ServerResponse): void {
    const number = (name: string): number => Number(url.searchParams.get(name) ?? 1)
    const kind = FAILINGS.find((one) => one === url.searchParams.get('kind'))
    if (url.pathname === '/fake/grow') rules.grow(number('count'))
    else if (url.pathname === '/fake/shrink') rules.shrink(number('count'))
    else if (kind) fail(kind, number('times'), Number(url.searchParams.get('after') ?? 0))
    outgoing.end()
  }
  const base = (): string => `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`
  server.listen(port, LOOPBACK)
  await once(server, 'listening')
  const forgive = (): void => void failings.splice(0)
  return { base: base(), asked, fail, forgive, close: () => closed(server) }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > BODY_BYTES_MAX) throw new Error('a body that no partner takes')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Fails where the partner's rules are not even asked. @returns whether it did */
function failsOnTheWay(failing: Failing, outgoing: ServerResponse): boolean {
  switch (failing) {
    case 'unauthorized':
      outgoing.writeHead(401).end()
      return true
    case 'too-many':
      outgoing.writeHead(429, { 'retry-after': '1' }).end()
      return true
    case 'broken':
      outgoing.writeHead(500).end()
      return true
    case 'endless':
      pour(outgoing)
      return true
    case 'truncated':
    case 'cut':
    case 'repeated':
    case 'backwards':
    case 'bad-date':
    case 'empty':
      return false
  }
}

/** Sends white space for as long as anybody takes it. */
function pour(outgoing: ServerResponse): void {
  const much = Buffer.alloc(1 << 20, ' ')
  outgoing.writeHead(200, { 'content-type': 'application/octet-stream' })
  const more = (): void => {
    while (!outgoing.destroyed && outgoing.write(much));
  }
  outgoing.on('drain', more).on('error', () => {})
  more()
}

function send(answer: FakeAnswer, failing: Failing | undefined, outgoing: ServerResponse): void {
  const whole = Buffer.from(answer.body)
  const body = failing === 'cut' ? whole.subarray(0, whole.length >> 1) : whole
  outgoing.writeHead(answer.status, {
    'content-type': answer.type ?? 'application/json',
    'content-length': body.length,
  })
  if (failing !== 'truncated') outgoing.end(body)
  else outgoing.write(body.subarray(0, body.length >> 1), () => outgoing.destroy())
}

async function closed(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}
