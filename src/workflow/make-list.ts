/** Make list: the entries that some files would have on a hash list. */
import { walk } from '#folders/walk'
import { isSearchable, whyIncomplete } from '#matching/verdict'
import type { Decoders } from '#media/decoders'
import { pdqHash } from '#terms/hash'
import type { ListEntry } from '#terms/list'
import type { Content, FileReading } from '#terms/media'
import type { Reason } from '#terms/verdict'
import { ordered } from './ordered.ts'

/** What is said of every entry made. */
export type EntryWords = Pick<ListEntry, 'label' | 'category' | 'source'>

export interface MakeListDesk {
  readonly decoders: Decoders
  readonly jobs: number
  readonly stop: AbortSignal
  /** Told of each file or folder that could not be listed in full. */
  readonly left: (path: Buffer, because: Reason) => void
}

const AHEAD = 3
const WAITING_MAX = 1024

/**
 * Yields the entry of every file below some paths: its digests, and its first frame's PDQ where that is not plain. A file
 * that cannot be read has no entry; one that cannot be decoded has its digests alone; `left` is told of both.
 *
 * @throws Fault `input.missing` for a path that does not exist
 */
export async function* makeEntries(
  paths: readonly Buffer[],
  words: EntryWords,
  desk: MakeListDesk,
): AsyncGenerator<ListEntry> {
  const options = { atOnce: desk.jobs * AHEAD, waitingMax: WAITING_MAX, stop: desk.stop }
  const read = ordered(walk(paths), options, async (met) => {
    if (met.kind === 'folder-unread') desk.left(met.path, met.because)
    if (met.kind !== 'file') return undefined
    return { path: met.path, reading: await desk.decoders.read(met.path, { pictures: true }) }
  })
  for await (const one of read) {
    if (!one) continue
    const because = whyLess(one.reading)
    if (because) desk.left(one.path, because)
    const entry = entryOf(one.reading, words)
    if (entry) yield entry
  }
}

function entryOf(reading: FileReading, words: EntryWords): ListEntry | undefined {
  if (reading.kind === 'unread') return undefined
  const { md5, sha1, sha256 } = reading.digests
  const pdq = pdqOf(reading.content)
  return { md5, sha1, sha256, ...(pdq && { pdq }), ...words }
}

function pdqOf(content: Content): ListEntry['pdq'] {
  if (content.kind !== 'picture') return undefined
  const frame = content.frames.find((one) => one.region === 'whole' && isSearchable(one))
  return frame && pdqHash(Buffer.from(frame.orientations.subarray(0, 32)).toString('hex'))
}

/** Why an entry has fewer hashes than it might; undefined when it has them all. */
function whyLess(reading: FileReading): Reason | undefined {
  if (reading.kind === 'unread') return reading.because
  const { content } = reading
  const isPlain = content.kind === 'picture' && pdqOf(content) === undefined
  return whyIncomplete(content) ?? (isPlain ? 'plain' : undefined)
}
