/** Answer: status, headers, and a body that ends at its limit, however it is packed. */
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { Fault } from '#terms/fault'
import { asWireFault, type Deadline } from './deadline.ts'
import { originOf } from './target.ts'

export interface Answer {
  readonly status: number
  /** By lower-case name; what was sent several times is joined with commas. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the answer came from, after redirects. */
  readonly url: URL
  /** Throws what `ask` throws. */
  readonly body: AsyncIterable<Uint8Array>
  /** The whole body. */
  bytes(): Promise<Buffer>
  /** The whole body as UTF-8. */
  text(): Promise<string>
  /** Closes the connection unless the body was read. */
  drop(): void
}

const UNPACKED: ReadonlyMap<string, () => NodeJS.ReadWriteStream> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/** @throws Fault `wire.too-large` by its own statement, `wire.refused` where it is packed in an unknown way */
export function answerOf(
  response: Dispatcher.ResponseData,
  url: URL,
  bytesMax: number,
  deadline: Deadline,
): Answer {
  response.body.on('error', () => {}) // told to whoever reads; a body that is dropped has no reader
  const headers = joined(response.headers)
  const limited = { url, bytesMax, deadline }
  const drop = (): void => {
    deadline.end()
    response.body.destroy()
  }
  if (Number(headers['content-length'] ?? 0) > bytesMax) {
    drop()
    throw tooLarge(limited)
  }
  const packing = (headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const unpack = UNPACKED.get(packing)
  if (packing !== 'identity' && packing !== '' && !unpack) {
    drop()
    throw new Fault('wire.refused', `${originOf(url)} answers in an encoding that was not asked for`)
  }
  const body = bounded(response.body, unpack, limited)
  const bytes = async (): Promise<Buffer> => Buffer.concat(await gathered(body))
  return {
    status: response.statusCode,
    headers,
    url,
    body,
    bytes,
    text: async () => (await bytes()).toString('utf8'),
    drop,
  }
}

interface Limited {
  readonly url: URL
  readonly bytesMax: number
  readonly deadline: Deadline
}

async function* bounded(
  raw: Readable,
  unpack: (() => NodeJS.ReadWriteStream) | undefined,
  limited: Limited,
): AsyncGenerator<Uint8Array> {
  let packedBytes = 0
  const counted = (chunk: Uint8Array, sum: number): number => {
    if (sum + chunk.length > limited.bytesMax) throw tooLarge(limited)
    return sum + chunk.length
  }
  async function* packed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of raw) {
      packedBytes = counted(chunk, packedBytes)
      yield chunk
    }
  }
  try {
    if (!unpack) return yield* packed()
    let sizeBytes = 0
    const plain = unpack()
    pipeline(packed, plain, () => {}) // its failure is thrown to the reader below
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      sizeBytes = counted(chunk, sizeBytes)
      yield chunk
    }
  } catch (error) {
    throw asWireFault(error, originOf(limited.url), limited.deadline)
  } finally {
    limited.deadline.end()
    raw.destroy()
  }
}

async function gathered(body: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return chunks
}

function joined(untrusted: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(untrusted).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]],
    ),
  )
}

function tooLarge({ url, bytesMax }: Limited): Fault {
  return new Fault('wire.too-large', `${originOf(url)} answers with more than ${bytesMax} bytes`)
}
