/** Hashing: the signals of a file, and all that can be looked up of it. */
import { pdqQueries, QUALITY_MIN, whyIncomplete } from '#matching/verdict'
import { digesting } from '#media/digests'
import { Fault } from '#terms/fault'
import { HASH_BYTES } from '#terms/hash'
import type { Fingerprint } from '#terms/lookup'
import type { Content, Digests } from '#terms/media'
import type { HmaDesk } from './desk.ts'
import type { ContentType, Signals } from './signals.ts'

/** What was hashed of a file. */
export interface HashedFile {
  /** A PDQ of too low a quality is the empty text, as HMA gives it. */
  readonly signals: Signals
  readonly fingerprint: Fingerprint
  /** Why a part of a picture could not be hashed; absent when all of it was. */
  readonly incomplete?: string
}

/** The hashes of a file, or why it has none. */
export type Hashing =
  | ({ readonly kind: 'hashed' } & HashedFile)
  | { readonly kind: 'unreadable'; readonly because: string }

/**
 * Hashes a file as what it is said to be. A photo is held in memory; a video only passes, for its digests.
 *
 * @throws Fault `request.too-large` when it has more bytes than the desk takes
 */
export async function hashFile(
  desk: HmaDesk,
  contentType: ContentType,
  body: AsyncIterable<Uint8Array>,
): Promise<Hashing> {
  switch (contentType) {
    case 'photo':
      return holding(desk, body, (bytes) => hashPhoto(desk, bytes))
    case 'video':
      return hashVideo(body, desk.bytesMax.video)
  }
}

async function hashPhoto(desk: HmaDesk, bytes: Buffer): Promise<Hashing> {
  if (bytes.length === 0) return { kind: 'unreadable', because: 'it is empty' }
  const reading = await desk.readBytes(bytes, { pictures: true })
  if (reading.kind === 'unread') return { kind: 'unreadable', because: reading.because }
  const { content, digests } = reading
  if (content.kind === 'other') return { kind: 'unreadable', because: 'it is no picture' }
  const incomplete = whyIncomplete(content)
  const pdq = firstHash(content)
  if (pdq === undefined) return { kind: 'unreadable', because: incomplete ?? 'unsupported' }
  return {
    kind: 'hashed',
    signals: { pdq },
    fingerprint: { digests: hexOf(digests), pdq: pdqQueries(content) },
    ...(incomplete && { incomplete }),
  }
}

/** PDQ of the first frame as it stands; empty where there is too little in it; undefined when there is no frame. */
function firstHash(content: Content): string | undefined {
  if (content.kind !== 'picture') return undefined
  const first = content.frames.find(({ frame, region }) => frame === 0 && region === 'whole')
  if (!first) return undefined
  if (first.quality < QUALITY_MIN) return ''
  return Buffer.from(first.orientations.subarray(0, HASH_BYTES.pdq)).toString('hex')
}

async function hashVideo(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Hashing> {
  const passing = digesting()
  for await (const chunk of within(body, bytesMax)) passing.update(chunk)
  const digests = passing.ended()
  if (digests.bytes === 0) return { kind: 'unreadable', because: 'it is empty' }
  return {
    kind: 'hashed',
    signals: { video_md5: digests.md5, video_sha256: digests.sha256 },
    fingerprint: { digests: hexOf(digests), pdq: [] },
  }
}

function hexOf({ md5, sha1, sha256 }: Digests): Fingerprint['digests'] {
  return { md5, sha1, sha256 }
}

/** Holds a body in memory while it is worked on, within the room that all share. */
async function holding<T>(
  { room, bytesMax }: HmaDesk,
  body: AsyncIterable<Uint8Array>,
  work: (bytes: Buffer) => Promise<T>,
): Promise<T> {
  const chunks: Buffer[] = []
  let taken = 0
  try {
    for await (const chunk of within(body, bytesMax.photo)) {
      room.take(chunk.length)
      taken += chunk.length
      chunks.push(chunk)
    }
    return await work(Buffer.concat(chunks))
  } finally {
    room.give(taken)
  }
}

/** The chunks of a body, as long as they stay within a limit. */
async function* within(body: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new Fault('request.too-large', `a file has at most ${bytesMax} bytes`)
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
}
