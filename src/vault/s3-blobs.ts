/** S3 blobs: sealed blobs in a bucket of S3-compatible storage. */
import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { S3mini, S3NetworkError, S3ServiceError } from 's3mini'
import { fetch } from 'undici'
import { Fault } from '#terms/fault'
import type { BlobStore } from './blobs.ts'

/** Where the bucket is, and by which key it is reached. */
export interface S3Place {
  /** Address of the bucket itself, as `https://s3.example.net/bucket`. */
  readonly endpoint: string
  readonly region?: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** What the names of the blobs begin with. */
  readonly prefix?: string
}

const SUFFIX = '.age'
const TYPE = 'application/octet-stream'
/** S3 takes parts of 5 MiB or more, and 10 000 of them: enough for 156 GiB. */
const PART_BYTES = 16 * 1024 * 1024
const REQUEST_MILLISECONDS_MAX = 120_000
const PAGE_NAMES = 1000

/** Blobs in a bucket, which is there already. A blob is under its name whole or not at all. */
export function s3Blobs(place: S3Place): BlobStore {
  const { endpoint, accessKeyId, secretAccessKey, region = 'auto', prefix = '' } = place
  const bucket = new S3mini({
    endpoint,
    accessKeyId,
    secretAccessKey,
    region,
    requestAbortTimeout: REQUEST_MILLISECONDS_MAX,
    // Node's own goes through the dispatcher of this undici once that is loaded, and the two disagree on lengths of bodies.
    fetch: fetch as unknown as typeof globalThis.fetch,
  })
  return new S3Blobs(bucket, endpoint, prefix)
}

class S3Blobs implements BlobStore {
  readonly kind = 's3'
  readonly where: string
  readonly #bucket: S3mini
  readonly #prefix: string

  constructor(bucket: S3mini, where: string, prefix: string) {
    this.where = where
    this.#bucket = bucket
    this.#prefix = prefix
  }

  async write(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const key = this.#key(name)
    await this.#told(async () => {
      if ((await this.#bucket.objectExists(key)) !== false) throw taken(key)
      const parts = partsOf(bytes)
      const first = await parts.next()
      const head = first.done ? Buffer.alloc(0) : first.value
      if (head.length < PART_BYTES) await this.#bucket.putObject(key, head, TYPE)
      else await this.#writeParts(key, head, parts)
    })
  }

  async #writeParts(key: string, head: Buffer, rest: AsyncIterable<Buffer>): Promise<void> {
    const upload = await this.#bucket.getMultipartUploadId(key, TYPE)
    try {
      const done = [await this.#bucket.uploadPart(key, upload, head, 1)]
      for await (const part of rest)
        done.push(await this.#bucket.uploadPart(key, upload, part, done.length + 1))
      await this.#bucket.completeMultipartUpload(key, upload, done)
    } catch (error) {
      await this.#bucket.abortMultipartUpload(key, upload).catch(() => undefined) // the first failure is the one to tell
      throw error
    }
  }

  read(name: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.#told(async () => {
      const response = await this.#bucket.getObjectResponse(this.#key(name))
      if (!response?.body) return undefined
      return this.#toldAsItPasses(Readable.fromWeb(response.body as WebStream<Uint8Array>))
    })
  }

  async remove(name: string): Promise<void> {
    const key = this.#key(name)
    await this.#told(async () => {
      await this.#bucket.deleteObject(key)
      const begun = await this.#bucket.listMultipartUploads('/', '', 'GET', { prefix: key })
      for (const upload of uploadsOf(begun, key)) await this.#bucket.abortMultipartUpload(key, upload)
    })
  }

  async *names(): AsyncGenerator<string> {
    let next: string | undefined
    do {
      const token = next
      const page = await this.#told(() => this.#bucket.listObjectsPaged('/', this.#prefix, PAGE_NAMES, token))
      for (const { Key } of page?.objects ?? [])
        if (Key.endsWith(SUFFIX)) yield Key.slice(this.#prefix.length, -SUFFIX.length)
      next = page?.nextContinuationToken
    } while (next !== undefined)
  }

  #key(name: string): string {
    return this.#prefix + name + SUFFIX
  }

  async #told<T>(work: () => Promise<T>): Promise<T> {
    return work().catch((cause: unknown) => this.#fault(cause))
  }

  async *#toldAsItPasses(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* bytes
    } catch (cause) {
      this.#fault(cause)
    }
  }

  #fault(cause: unknown): never {
    const isFull =
      cause instanceof S3ServiceError &&
      (cause.status === 507 || /quota|storage.?full|insufficient/i.test(cause.serviceCode ?? ''))
    if (isFull) throw new Fault('vault.no-space', `there is no room at ${this.where}`, { cause })
    const isOutside =
      cause instanceof S3ServiceError || cause instanceof S3NetworkError || isNetworkError(cause)
    if (isOutside)
      throw new Fault('vault.unreachable', `${this.where} does not do it: ${cause.message}`, { cause })
    throw cause
  }
}

/** What `fetch` throws where the network fails, or a body breaks off. */
function isNetworkError(cause: unknown): cause is Error {
  if (!(cause instanceof Error)) return false
  return (
    (cause instanceof TypeError && /fetch failed|terminated/.test(cause.message)) ||
    cause.name === 'TimeoutError' ||
    cause.name === 'AbortError'
  )
}

function taken(key: string): Fault {
  return new Fault('vault.unreachable', `${key} is there already, or cannot be asked for`)
}

/** The uploads of a name that were begun, as the library reads the answer's XML: one stands as it is, several as a list. */
function uploadsOf(untrusted: unknown, key: string): string[] {
  const { ListMultipartUploadsResult: listed = {} } = untrusted as {
    ListMultipartUploadsResult?: { Upload?: unknown }
  }
  const begun = [listed.Upload ?? []].flat() as { Key?: unknown; UploadId?: unknown }[]
  return begun.flatMap((one) => (one.Key === key && typeof one.UploadId === 'string' ? [one.UploadId] : []))
}

/** Bytes gathered into parts; every part but the last is of full size. */
async function* partsOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let gathered: Uint8Array[] = []
  let held = 0
  for await (const piece of bytes) {
    gathered.push(piece)
    held += piece.length
    if (held < PART_BYTES) continue
    yield Buffer.concat(gathered)
    gathered = []
    held = 0
  }
  if (held > 0) yield Buffer.concat(gathered)
}
