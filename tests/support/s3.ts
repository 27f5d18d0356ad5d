/** S3: a bucket in memory that speaks as much of the protocol as blobs need, and refuses what is not signed by its key. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export const S3_KEY = { accessKeyId: 'test-key', secretAccessKey: 'test-secret' }

/** A bucket; `objects` is what lies in it. */
export interface FakeBucket {
  readonly endpoint: string
  readonly objects: Map<string, Buffer>
  /** Uploads that were begun and not completed. */
  readonly uploads: Map<string, { readonly key: string; readonly parts: Map<number, Buffer> }>
  /** Answers requests like these with a status, until it is set anew. */
  failing?: { readonly method: string; readonly status: number; readonly code: string }
}

/** Opens a bucket for the running test. */
export async function fakeBucket(): Promise<FakeBucket> {
  const bucket: FakeBucket & { endpoint: string } = { endpoint: '', objects: new Map(), uploads: new Map() }
  const server = createServer((request, response) => {
    answer(bucket, request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  bucket.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket`
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return bucket
}

const SIGNED = new RegExp(
  [
    /^AWS4-HMAC-SHA256 Credential=test-key\/\d{8}\/auto\/s3\/aws4_request/,
    /SignedHeaders=[^,]*host[^,]*/,
    /Signature=[0-9a-f]{64}$/,
  ]
    .map(({ source }) => source)
    .join(',\\s*'),
)

async function answer(
  bucket: FakeBucket,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<unknown> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  const method = request.method ?? ''
  if (!SIGNED.test(request.headers.authorization ?? ''))
    return refused(response, 403, 'SignatureDoesNotMatch')
  if (bucket.failing?.method === method) return refused(response, bucket.failing.status, bucket.failing.code)
  const url = new URL(request.url ?? '', 'http://bucket')
  const key = decodeURIComponent(url.pathname).replace(/^\/bucket\/?/, '')
  const asked = { bucket, key, query: url.searchParams, body, response }
  if (key === '') return ofBucket(asked)
  return asked.query.has('uploadId') || asked.query.has('uploads')
    ? ofUpload(method, asked)
    : ofObject(method, asked)
}

interface Asked {
  readonly bucket: FakeBucket
  readonly key: string
  readonly query: URLSearchParams
  readonly body: Buffer
  readonly response: ServerResponse
}

function ofObject(method: string, { bucket, key, body, response }: Asked): unknown {
  const there = bucket.objects.get(key)
  if (method === 'PUT') {
    bucket.objects.set(key, body)
    return response.setHeader('etag', '"tag"').end()
  }
  if (method === 'DELETE') {
    bucket.objects.delete(key)
    return response.writeHead(204).end()
  }
  if (!there) return refused(response, 404, 'NoSuchKey')
  return response.setHeader('content-length', there.length).end(method === 'HEAD' ? undefined : there)
}

function ofUpload(method: string, { bucket, key, query, body, response }: Asked): unknown {
  if (query.has('uploads')) {
    const id = `upload-${bucket.uploads.size + 1}`
    bucket.uploads.set(id, { key, parts: new Map() })
    const xml = `<UploadId>${id}</UploadId>`
    return response.end(`<InitiateMultipartUploadResult>${xml}</InitiateMultipartUploadResult>`)
  }
  const id = query.get('uploadId') ?? ''
  const upload = bucket.uploads.get(id)
  if (!upload) return refused(response, 404, 'NoSuchUpload')
  if (method === 'PUT') {
    upload.parts.set(Number(query.get('partNumber')), body)
    return response.setHeader('etag', `"${upload.parts.size}"`).end()
  }
  bucket.uploads.delete(id)
  if (method === 'DELETE') return response.writeHead(204).end()
  const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part)
  bucket.objects.set(key, Buffer.concat(parts))
  const result = `<Location>here</Location><Bucket>bucket</Bucket><Key>${key}</Key><ETag>"whole"</ETag>`
  return response.end(`<CompleteMultipartUploadResult>${result}</CompleteMultipartUploadResult>`)
}

function ofBucket({ bucket, query, response }: Asked): unknown {
  const prefix = query.get('prefix') ?? ''
  if (query.has('uploads')) {
    const begun = [...bucket.uploads].filter(([, { key }]) => key.startsWith(prefix))
    const xml = begun.map(([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`)
    return response.end(`<ListMultipartUploadsResult>${xml.join('')}</ListMultipartUploadsResult>`)
  }
  const after = query.get('continuation-token') ?? ''
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
  const page = keys.slice(0, 2) // small pages: whoever lists has to go on
  const xml = page.map(
    (key) => `<Contents><Key>${key}</Key><Size>${bucket.objects.get(key)?.length}</Size></Contents>`,
  )
  const isMore = keys.length > page.length
  const next = isMore ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
  return response.end(
    `<ListBucketResult><IsTruncated>${isMore}</IsTruncated>${xml.join('')}${next}</ListBucketResult>`,
  )
}

function refused(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}
