/** Snapshot open: the contents from the file that they were saved to, every byte held against its checksum. */
import type { FileHandle } from 'node:fs/promises'
import type { HammingIndex } from '@tutela/kernels/hamming'
import { Fault } from '#terms/fault'
import { type DigestKind, HASH_BYTES } from '#terms/hash'
import type { FeedJudgement } from '#terms/index-feed'
import { DigestTable } from '../digests.ts'
import { damaged, type Section } from '../layout.ts'
import { items, text, Unexpected } from '../parsing.ts'
import { ByteRows } from '../rows.ts'
import { openFile, readFrame, SectionReader } from '../sections.ts'
import { CategoryTable } from './categories.ts'
import { Contents } from './contents.ts'
import { DigestRuns } from './digest-runs.ts'
import { CHUNK_BYTES, CHUNK_PLACES_MAX, Facts, FactsChunk } from './facts.ts'
import { Groups } from './groups.ts'
import { Holdings } from './holdings.ts'
import { inSlices } from './slices.ts'
import { PdqAhead } from './snapshot-ahead.ts'
import {
  parseJudgements,
  parseSnapshotMetadata,
  SNAPSHOT_FORM,
  type SnapshotMetadata,
  type SnapshotSection,
} from './snapshot-layout.ts'
import { readPdq } from './snapshot-pdq.ts'

/** Asked before much is used: whether a snapshot of that change and mark is of the register that is followed. */
type IsOurs = (number: number, mark: string) => Promise<boolean>

/** Chunks of facts in one piece of memory: one each would have the collector run for every few of them. */
const CHUNKS_AT_ONCE = 16

/** Smaller than this, the PDQ section is read sooner than a thread is started. */
const AHEAD_BYTES_MIN = 1 << 25

/**
 * Opens a snapshot.
 *
 * @returns undefined when it is not ours
 * @throws Fault `input.missing`, `index.unreadable`, `index.damaged` naming the section, `index.newer`; what `isOurs` throws
 */
export function openSnapshot(
  path: string,
  distanceMax: number,
  isOurs: IsOurs,
): Promise<Contents | undefined> {
  return new BegunSnapshot(path, Number.POSITIVE_INFINITY).open(distanceMax, isOurs)
}

interface Begun {
  readonly file: FileHandle
  readonly metadata: SnapshotMetadata
  readonly ahead: PdqAhead | undefined
}

/** A snapshot that is being read before anybody can say whose it is; nobody is answered from it until that was asked. */
export class BegunSnapshot {
  readonly #path: string
  readonly #begun: Promise<Begun>

  /**
   * Begins at once, and throws nothing.
   *
   * @param aheadBytesMin a PDQ section of so many bytes is read by a thread of its own from now on, a smaller one by `open`
   */
  constructor(path: string, aheadBytesMin: number = AHEAD_BYTES_MIN) {
    this.#path = path
    this.#begun = this.#begin(aheadBytesMin)
    this.#begun.catch(() => undefined) // `open` throws it
  }

  async #begin(aheadBytesMin: number): Promise<Begun> {
    const path = this.#path
    const file = await openFile(path)
    try {
      const frame = await readFrame(path, file, SNAPSHOT_FORM)
      const metadata = parseSnapshotMetadata(path, frame.metadata, frame.preamble)
      const section = metadata.sections.find(({ name }) => name === 'pdq')
      const isLarge = section !== undefined && section.bytes >= aheadBytesMin
      const asked = isLarge && { path, file: file.fd, section, count: metadata.pdq }
      return { file, metadata, ahead: asked ? new PdqAhead(asked) : undefined }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** The contents; once. @throws as `openSnapshot` */
  async open(
    distanceMax: number,
    isOurs: IsOurs,
    note: (words: string) => void = () => {},
  ): Promise<Contents | undefined> {
    const { file, metadata, ahead } = await this.#begun
    try {
      if (!(await isOurs(metadata.number, metadata.mark))) return undefined
      return await new Reading(this.#path, file, metadata).contents(distanceMax, (count, section) =>
        this.#pdq(count, section, note),
      )
    } finally {
      await ahead?.stop()
      await file.close()
    }
  }

  /** Lets go of what nobody will open. */
  async drop(): Promise<void> {
    const begun = await this.#begun.catch(() => undefined)
    await begun?.ahead?.stop()
    await begun?.file.close()
  }

  async #pdq(count: number, section: Section<string>, note: (words: string) => void): Promise<HammingIndex> {
    const { file, ahead } = await this.#begun
    const died = (because: string): void =>
      note(`${this.#path}: the thread that read it died: ${because}: it is read again`)
    return (await ahead?.index(died)) ?? (await readPdq(this.#path, file, section, count))
  }
}

/** Who gives the PDQ index of a section. */
type PdqOf = (count: number, section: Section<string>) => Promise<HammingIndex>

/** Reads the other sections one by one. */
class Reading {
  readonly #path: string
  readonly #file: FileHandle
  readonly #metadata: SnapshotMetadata

  constructor(path: string, file: FileHandle, metadata: SnapshotMetadata) {
    this.#path = path
    this.#file = file
    this.#metadata = metadata
  }

  async contents(distanceMax: number, pdqOf: PdqOf): Promise<Contents> {
    const { number, mark, lists, groups, holdings } = this.#metadata
    const facts = await this.#facts()
    const categories = new CategoryTable(await this.#parsed('categories', parseTexts))
    const judgements = await this.#parsed<FeedJudgement[]>('judgements', parseJudgements)
    const digests = {
      md5: await this.#digests('md5'),
      sha1: await this.#digests('sha1'),
      sha256: await this.#digests('sha256'),
    }
    const pdq = await this.#pdq(distanceMax, pdqOf)
    return new Contents({
      ...{ number, mark, lists, judgements, facts, categories, digests, pdq },
      groups: new Groups(groups),
      holdings: Holdings.from(holdings),
    })
  }

  async #facts(): Promise<Facts> {
    const { chunks } = this.#metadata
    const places = new Uint32Array((await this.#bytes('facts.places', chunks * 4)).buffer)
    const section = this.#section('facts', chunks * CHUNK_BYTES)
    const reader = new SectionReader(this.#path, this.#file, section)
    const facts = new Facts()
    for (let first = 0; first < chunks; first += CHUNKS_AT_ONCE) {
      const some = places.subarray(first, first + CHUNKS_AT_ONCE)
      const bytes = new Uint8Array(some.length * CHUNK_BYTES)
      await reader.read(bytes)
      for (const [at, place] of some.entries()) {
        if (place >= CHUNK_PLACES_MAX) damaged(this.#path, 'facts.places', 'a place is too high')
        facts.adopt(place, new FactsChunk(bytes.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES)))
      }
    }
    await reader.end()
    return facts
  }

  async #digests(kind: DigestKind): Promise<DigestRuns> {
    const lengths = this.#metadata.runs[kind]
    const total = lengths.reduce((sum, length) => sum + length, 0)
    const width = HASH_BYTES[kind]
    const digests = await this.#runs(`${kind}.digests`, width, lengths, total)
    const rows = await this.#runs(`${kind}.rows`, 4, lengths, total)
    const runs: DigestTable[] = []
    for (const [at, of] of digests.entries()) {
      const table = await inSlices(DigestTable.laying(of, rows[at] ?? new ByteRows(4)))
      runs.push(table ?? damaged(this.#path, `${kind}.digests`, 'is out of order'))
    }
    return new DigestRuns(kind, runs)
  }

  async #runs(
    name: SnapshotSection,
    width: number,
    lengths: readonly number[],
    total: number,
  ): Promise<ByteRows[]> {
    const reader = new SectionReader(this.#path, this.#file, this.#section(name, total * width))
    const runs: ByteRows[] = []
    for (const length of lengths) {
      const rows = ByteRows.zeros(width, length)
      for (const part of rows.parts()) await reader.read(part)
      runs.push(rows)
    }
    await reader.end()
    return runs
  }

  async #pdq(distanceMax: number, pdqOf: PdqOf): Promise<HammingIndex> {
    const pdq = await pdqOf(this.#metadata.pdq, this.#section('pdq'))
    if (pdq.distanceMax !== distanceMax)
      throw new Fault('index.unreadable', `${this.#path}: is laid out for distance ${pdq.distanceMax}`)
    return pdq
  }

  async #parsed<T>(name: SnapshotSection, parse: (bytes: Buffer) => T): Promise<T> {
    const bytes = await this.#bytes(name)
    try {
      return parse(Buffer.from(bytes.buffer))
    } catch (cause) {
      if (cause instanceof Unexpected || cause instanceof SyntaxError)
        damaged(this.#path, name, cause.message)
      throw cause
    }
  }

  async #bytes(name: SnapshotSection, expected?: number): Promise<Uint8Array<ArrayBuffer>> {
    const section = this.#section(name, expected)
    const reader = new SectionReader(this.#path, this.#file, section)
    const bytes = new Uint8Array(section.bytes)
    await reader.read(bytes)
    await reader.end()
    return bytes
  }

  #section(name: SnapshotSection, expected?: number): Section<SnapshotSection> {
    const section = this.#metadata.sections.find((one) => one.name === name)
    if (!section) damaged(this.#path, name, 'is missing')
    if (expected !== undefined && section.bytes !== expected)
      damaged(this.#path, name, `is ${section.bytes} bytes long, not ${expected}`)
    return section
  }
}

function parseTexts(bytes: Buffer): string[] {
  return items(JSON.parse(bytes.toString('utf8'))).map(text)
}
