/** Ask a service: files are hashed here, and only their hashes are sent; the service says what they are on its lists. */
import type { TutelaClient } from '#client/client'
import type { ItemVerdict } from '#contract/answer'
import type { HashedItem } from '#contract/item'
import { LIMITS } from '#contract/limits'
import { walk } from '#folders/walk'
import { whyIncomplete } from '#matching/verdict'
import type { Decoders } from '#media/decoders'
import { ORIENTATIONS } from '#terms/hash'
import type { Content, FileReading } from '#terms/media'
import type { Reason } from '#terms/verdict'
import { ordered } from './ordered.ts'

export interface AskDesk {
  readonly client: TutelaClient
  readonly decoders: Decoders
  readonly jobs: number
  readonly stop: AbortSignal
}

/** What a service says of one file, or why nobody could say. */
export interface AskedFile {
  readonly path: Buffer
  readonly verdict: ItemVerdict['verdict']
  readonly because?: ItemVerdict['because']
  /** What the service said; absent where it could not be asked. */
  readonly said?: ItemVerdict
}

const AHEAD = 3
const WAITING_MAX = 256
/** Files of one request: few enough that an answer is never far. */
const FILES_AT_ONCE = 100
/** Frames of one request, so that its body stays within the service's limit. */
const FRAMES_AT_ONCE = 2000
/** Regions with eight hashes each that one item may carry. */
const REGIONS_MAX = Math.floor(LIMITS.hashesMax / LIMITS.hashesPerRegionMax)

interface Hashed {
  readonly path: Buffer
  readonly reading: FileReading
}

/**
 * Yields what a service says of every file below some paths, in the order of the walk.
 *
 * @throws Fault `input.missing`; `server.unreachable` and whatever the service refuses
 */
export async function* askService(paths: readonly Buffer[], desk: AskDesk): AsyncGenerator<AskedFile> {
  const options = { atOnce: desk.jobs * AHEAD, waitingMax: WAITING_MAX, stop: desk.stop }
  const read = ordered(walk(paths), options, async (met) => {
    if (met.kind === 'skipped') return undefined
    if (met.kind === 'folder-unread') return { path: met.path, reading: unread(met.because) }
    return { path: met.path, reading: await desk.decoders.read(met.path, { pictures: true }) }
  })
  let gathered: Hashed[] = []
  let frames = 0
  for await (const one of read) {
    if (!one) continue
    gathered.push(one)
    frames += framesOf(one.reading)
    if (gathered.length < FILES_AT_ONCE && frames < FRAMES_AT_ONCE) continue
    yield* asked(gathered, desk.client)
    gathered = []
    frames = 0
  }
  yield* asked(gathered, desk.client)
}

function framesOf(reading: FileReading): number {
  return reading.kind === 'read' && reading.content.kind === 'picture' ? reading.content.frames.length : 0
}

function unread(because: Extract<Reason, 'permission' | 'vanished' | 'unreadable'>): FileReading {
  return { kind: 'unread', because }
}

async function* asked(files: readonly Hashed[], client: TutelaClient): AsyncGenerator<AskedFile> {
  const items = files.flatMap(({ reading }) => (reading.kind === 'read' ? [itemOf(reading)] : []))
  const verdicts = items.length > 0 ? await client.matchMany(items) : []
  let next = 0
  for (const { path, reading } of files) {
    if (reading.kind === 'unread') yield { path, verdict: 'unknown', because: reading.because }
    else {
      const said = verdicts[next++]
      if (!said) throw new Error(`the service answered ${verdicts.length} of ${items.length} files`)
      yield { path, ...joined(said, reading.content), said }
    }
  }
}

/** What a service is asked of a file: its digests, and every orientation of every region. */
export function itemOf({ digests, content }: Extract<FileReading, { kind: 'read' }>): HashedItem {
  const { md5, sha1, sha256 } = digests
  const pdq = content.kind === 'picture' ? content.frames.slice(0, REGIONS_MAX).flatMap(hashesOf) : []
  return { digests: { md5, sha1, sha256 }, ...(pdq.length > 0 && { pdq }) }
}

type Frame = Extract<Content, { kind: 'picture' }>['frames'][number]
type Pdq = NonNullable<HashedItem['pdq']>[number]

function hashesOf({ frame, region, quality, orientations }: Frame): Pdq[] {
  const bytes = Buffer.from(orientations.buffer, orientations.byteOffset, orientations.byteLength)
  return ORIENTATIONS.map((orientation, at) => ({
    hash: bytes.toString('hex', at * 32, at * 32 + 32),
    quality,
    frame,
    region,
    orientation,
  }))
}

/** The service's word, with what only we know: a file that holds no picture lacks nothing, one not wholly hashed does. */
export function joined(
  said: Pick<ItemVerdict, 'verdict' | 'because'>,
  content: Content,
): Pick<AskedFile, 'verdict' | 'because'> {
  if (said.verdict === 'match') return { verdict: 'match', ...(said.because && { because: said.because }) }
  const because = whyIncomplete(content) ?? (isCutShort(content) ? 'frames-limit' : undefined)
  if (because) return { verdict: 'unknown', because }
  if (said.because === 'not-given' && content.kind === 'other') return { verdict: 'none' }
  return { verdict: said.verdict, ...(said.because && { because: said.because }) }
}

function isCutShort(content: Content): boolean {
  return content.kind === 'picture' && content.frames.length > REGIONS_MAX
}
