/**
 * Reading: one pass over a file that gives its digests, what it is, and where it is a picture its hashes.
 *
 * A picture whose pixels are not asked for goes to a child all the same, which says whether something unread follows its
 * end: files in a file have digests of their own. Where no child could look (above the byte limit, or when it failed) the
 * picture is taken for a container, since one may lie behind it and its digest was not looked up. `too-large` and
 * `decoder-failed` speak of pixels, and are said only where pixels were asked for.
 */
import type { Content, Digests, FileReading } from '#terms/media'
import type { Crew, Feed } from './crew.ts'
import { digesting, digestsInTurns, digestsOf } from './digests.ts'
import { type OpenFile, openFile, unreadBecause } from './file.ts'
import type { DecoderLimits } from './limits.ts'
import { HEAD_BYTES, type Sniffed, sniff } from './sniff.ts'
import { Watch } from './watch.ts'
import type { ChildAnswer, Wanted } from './wire.ts'

/** Files up to this size are read in one go and kept until their reply; larger ones pass in chunks. */
const WHOLE_BYTES_MAX = 16 * 1024 * 1024
const CHUNK_BYTES = 1024 * 1024
/** The least that is asked for at once, so that a file that grew from nothing is noticed. */
const READ_BYTES_MIN = 4096

const TOO_LARGE: ChildAnswer = { kind: 'unknown', because: 'too-large' }

type Picture = Extract<Sniffed, { kind: 'picture' }>

/** What reading needs. */
export interface Desk {
  readonly crew: Crew
  readonly limits: DecoderLimits
  /** Aborted when the decoders are closed: what is not read by then is not read on. */
  readonly closing: AbortSignal
}

/** What was asked of a reading. */
export interface Asked {
  /** True when the pixels of pictures are to be hashed as well. */
  readonly pictures: boolean
}

function contentOf(sniffed: Exclude<Sniffed, Picture>, watch: Watch): Content {
  const seen = watch.ended()
  const name = seen?.format ?? sniffed.format
  const format = name === undefined ? {} : { format: name }
  if (seen !== undefined) return { kind: 'unknown', because: seen.because, ...format }
  return sniffed.kind === 'other'
    ? { kind: 'other', ...format }
    : { kind: 'unknown', because: sniffed.because, ...format }
}

function wantedBy(asked: Asked): Wanted {
  return asked.pictures ? 'hashes' : 'end'
}

function pictureContent({ format }: Picture, asked: Asked, answer: ChildAnswer): Content {
  switch (answer.kind) {
    case 'picture':
      return { ...answer, format }
    case 'unknown':
      return { kind: 'unknown', because: asked.pictures ? answer.because : 'container', format }
    case 'end':
      return { ...answer, kind: 'picture', format, width: 0, height: 0, frames: [] }
  }
}

/** A file that came in one go: the child works while the digests are computed. */
async function whole(
  desk: Desk,
  asked: Asked,
  bytes: Buffer,
  digest: (bytes: Buffer) => Digests | Promise<Digests> = digestsOf,
): Promise<FileReading> {
  const sniffed = await sniff(bytes.subarray(0, HEAD_BYTES))
  if (sniffed.kind !== 'picture') {
    const watch = new Watch(sniffed.watched)
    watch.see(bytes)
    return { kind: 'read', digests: await digest(bytes), content: contentOf(sniffed, watch) }
  }
  const answer =
    bytes.length > desk.limits.bytesMax ? TOO_LARGE : desk.crew.look(wantedBy(asked), sniffed.format, bytes)
  const digests = await digest(bytes)
  return { kind: 'read', digests, content: pictureContent(sniffed, asked, await answer) }
}

/** A picture's bytes go to a child while they pass, as long as they stay within the limit. */
class Passing {
  readonly #bytesMax: number
  #feed: Feed | undefined
  #bytes = 0

  constructor(feed: Feed | undefined, bytesMax: number) {
    this.#feed = feed
    this.#bytesMax = bytesMax
  }

  async see(chunk: Buffer): Promise<void> {
    this.#bytes += chunk.length
    if (this.#bytes <= this.#bytesMax) return this.#feed?.chunk(chunk)
    await this.breakOff()
  }

  /** Lets the child forget what it was given. */
  async breakOff(): Promise<void> {
    const feed = this.#feed
    this.#feed = undefined
    await feed?.end(false)
  }

  async ended(): Promise<ChildAnswer> {
    return this.#feed?.end(true) ?? TOO_LARGE
  }
}

async function passingOf(desk: Desk, asked: Asked, picture: Picture, sizeBytes: number): Promise<Passing> {
  const { bytesMax } = desk.limits
  const isWithin = sizeBytes <= bytesMax
  const feed = isWithin ? await desk.crew.feed(wantedBy(asked), picture.format, sizeBytes) : undefined
  return new Passing(feed, bytesMax)
}

/** A file that comes in chunks, the first of which is at hand. */
async function inChunks(desk: Desk, asked: Asked, file: OpenFile, first: Buffer): Promise<FileReading> {
  const sniffed = await sniff(first.subarray(0, HEAD_BYTES))
  const sizeBytes = Math.max(file.sizeBytes, first.length)
  const passing = sniffed.kind === 'picture' ? await passingOf(desk, asked, sniffed, sizeBytes) : undefined
  const watch = new Watch(sniffed.kind === 'picture' ? [] : sniffed.watched)
  const digests = digesting()
  try {
    for (let chunk = first; chunk.length > 0; ) {
      const sent = passing?.see(chunk)
      digests.update(chunk)
      watch.see(chunk)
      await sent
      if (desk.closing.aborted) {
        await passing?.breakOff()
        return GIVEN_UP
      }
      const next = Buffer.allocUnsafe(CHUNK_BYTES)
      chunk = next.subarray(0, await file.fill(next))
    }
  } catch (error) {
    await passing?.breakOff()
    throw error
  }
  const content =
    sniffed.kind === 'picture'
      ? pictureContent(sniffed, asked, (await passing?.ended()) ?? TOO_LARGE)
      : contentOf(sniffed, watch)
  return { kind: 'read', digests: digests.ended(), content }
}

/** What is said of a file that is not read to its end because the decoders were closed. */
const GIVEN_UP: FileReading = { kind: 'unread', because: 'unreadable' }

/** Reads a file that is open: in one go, or in chunks when it is large or grows. */
export async function readOpen(desk: Desk, asked: Asked, file: OpenFile): Promise<FileReading> {
  const isLarge = file.sizeBytes > WHOLE_BYTES_MAX
  const first = Buffer.allocUnsafe(isLarge ? CHUNK_BYTES : Math.max(READ_BYTES_MIN, file.sizeBytes + 1))
  const filled = await file.fill(first)
  const bytes = first.subarray(0, filled)
  // a buffer filled to the brim has not met the file's end: it is large, or it grew
  return filled < first.length ? whole(desk, asked, bytes) : inChunks(desk, asked, file, bytes)
}

/** Reads bytes that are in memory. The thread that others wait for is let go now and then. */
export async function readHeld(desk: Desk, asked: Asked, bytes: Buffer): Promise<FileReading> {
  return desk.closing.aborted ? GIVEN_UP : whole(desk, asked, bytes, digestsInTurns)
}

/** Reads a file once. Whatever is wrong with it is said in the answer; one that comes after the closing is not opened. */
export async function readFileOnce(desk: Desk, asked: Asked, path: string | Buffer): Promise<FileReading> {
  if (desk.closing.aborted) return GIVEN_UP
  try {
    const file = await openFile(path)
    if (file.kind === 'irregular') return { kind: 'unread', because: 'unreadable' }
    try {
      return await readOpen(desk, asked, file)
    } finally {
      await file.close()
    }
  } catch (error) {
    const isOfFile = error instanceof Error && 'code' in error
    if (isOfFile && ('syscall' in error || error.code === 'ERR_INVALID_ARG_VALUE')) {
      return { kind: 'unread', because: unreadBecause(error) } // a path with a zero byte names no file
    }
    throw error // a bug, not the file
  }
}
