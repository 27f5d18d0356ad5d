/** Fake: the frame of a partner's stand-in: a server on loopback that keeps what it was asked, and fails on command. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A way to fail, once. */
export type Failure =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** No answer, ever. */
  | { readonly kind: 'silent' }
  /** The connection ends in the middle of the answer. */
  | { readonly kind: 'truncated' }
  | { readonly kind: 'not-json' }
  /** An answer without an end. */
  | { readonly kind: 'endless' }
  /** A well-formed answer in which the wrong thing, or nothing, is said. */
  | { readonly kind: 'astray' }
  /** A failing status inside an answer of HTTP 200, where the partner has such. */
  | { readonly kind: 'code'; readonly code: number }

/** What a partner was asked. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** What it answers. */
export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A stand-in that runs until it is closed. */
export interface Fake {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string
  /** Everything that it was asked, in order. */
  readonly asked: readonly Asked[]
  /** The next questions fail in these ways, in turn. */
  fail(...failures: readonly Failure[]): void
  close(): Promise<void>
}

const BODY_BYTES_MAX = 256 * 1024 * 1024

/**
 * Starts a stand-in on loopback.
 *
 * @param reply what it answers, given the failure that is due where the partner has its own way of showing it
 * @param port 0 for any that is free
 */
export async function startFake(
  reply: (asked: Asked, failure: Failure | undefined) => Reply,
  port = 0,
): Promise<Fake> {
  const asked: Asked[] = []
  const failures: Failure[] = []
  const server = createServer((request, response) => {
    void gathered(request).then((body) => {
      if (body === undefined) return answer(response, { status: 413, body: { detail: 'too large' } })
      const question = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
      }
      asked.push(question)
      const failure = failures.shift()
      const said = reply(question, failure)
      if (failure && failure.kind !== 'astray' && failure.kind !== 'code') failAs(failure, response, said)
      else answer(response, said)
    })
  })
  await listening(server, port)
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}/`,
    asked,
    fail: (...ways) => failures.push(...ways),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function gathered(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request) {
    sizeBytes += (chunk as Buffer).length
    if (sizeBytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function answer(response: ServerResponse, { status, body, headers }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function failAs(
  failure: Exclude<Failure, { kind: 'astray' | 'code' }>,
  response: ServerResponse,
  said: Reply,
) {
  const whole = Buffer.from(JSON.stringify(said.body))
  switch (failure.kind) {
    case 'status': {
      const { status, retryAfterSeconds: seconds } = failure
      const headers = seconds === undefined ? {} : { 'retry-after': `${seconds}` }
      return answer(response, { status, headers, body: { detail: `fails with ${status} on command` } })
    }
    case 'silent':
      return
    case 'truncated':
      response.writeHead(200, { 'content-length': whole.length })
      response.write(whole.subarray(0, whole.length >> 1), () => response.destroy())
      return
    case 'not-json':
      response.writeHead(200).end('<html>')
      return
    case 'endless':
      response.writeHead(200)
      endlessly(response)
  }
}

function endlessly(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) {}
  }
  response.on('drain', more)
  more()
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}
