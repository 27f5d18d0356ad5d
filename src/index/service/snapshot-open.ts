/** Snapshot open: the contents from the file that they were saved to, every byte held against its checksum. */
import type { FileHandle } from 'node:fs/promises'
import { HammingIndex, SnapshotError } from '@tutela/kernels/hamming'
import { hammingModule } from '@tutela/kernels/node'
import { Fault } from '#terms/fault'
import { type DigestKind, HASH_BYTES } from '#terms/hash'
import type { FeedJudgement } from '#terms/index-feed'
import { DigestTable } from '../digests.ts'
import { damaged, type Section } from '../layout.ts'
import { items, text, Unexpected } from '../parsing.ts'
import { ByteRows } from '../rows.ts'
import { readFrame, SectionReader, withFile } from '../sections.ts'
import { CategoryTable } from './categories.ts'
import { Contents, DELTA_ENTRIES_MAX } from './contents.ts'
import { DigestRuns } from './digest-runs.ts'
import { CHUNK_BYTES, CHUNK_PLACES_MAX, Facts, FactsChunk } from './facts.ts'
import { Groups } from './groups.ts'
import { Holdings } from './holdings.ts'
import { inSlices } from './slices.ts'
import {
  parseJudgements,
  parseSnapshotMetadata,
  SNAPSHOT_FORM,
  type SnapshotMetadata,
  type SnapshotSection,
} from './snapshot-layout.ts'

/**
 * Opens a snapshot.
 *
 * @param isOurs asked before much is read: whether a snapshot of that change and mark is of the register that is followed
 * @returns undefined when it is not ours
 * @throws Fault `input.missing`, `index.unreadable`, `index.damaged` naming the section, `index.newer`; what `isOurs` throws
 */
export async function openSnapshot(
  path: string,
  distanceMax: number,
  isOurs: (number: number, mark: string) => Promise<boolean>,
): Promise<Contents | undefined> {
  return withFile(path, async (file) => {
    const frame = await readFrame(path, file, SNAPSHOT_FORM)
    const metadata = parseSnapshotMetadata(path, frame.metadata, frame.preamble)
    if (!(await isOurs(metadata.number, metadata.mark))) return undefined
    return new Reading(path, file, metadata).contents(distanceMax)
  })
}

/** Reads the sections one by one. */
class Reading {
  readonly #path: string
  readonly #file: FileHandle
  readonly #metadata: SnapshotMetadata

  constructor(path: string, file: FileHandle, metadata: SnapshotMetadata) {
    this.#path = path
    this.#file = file
    this.#metadata = metadata
  }

  async contents(distanceMax: number): Promise<Contents> {
    const { number, mark, lists, groups, holdings } = this.#metadata
    const facts = await this.#facts()
    const categories = new CategoryTable(await this.#parsed('categories', parseTexts))
    const judgements = await this.#parsed<FeedJudgement[]>('judgements', parseJudgements)
    const digests = {
      md5: await this.#digests('md5'),
      sha1: await this.#digests('sha1'),
      sha256: await this.#digests('sha256'),
    }
    const pdq = await this.#pdq(distanceMax)
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
    for (const place of places) {
      if (place >= CHUNK_PLACES_MAX) damaged(this.#path, 'facts.places', 'a place is too high')
      const chunk = new FactsChunk()
      await reader.read(chunk.bytes)
      facts.adopt(place, chunk)
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

  async #pdq(distanceMax: number): Promise<HammingIndex> {
    const section = this.#section('pdq')
    const reader = new SectionReader(this.#path, this.#file, section)
    const options = { deltaEntriesMax: DELTA_ENTRIES_MAX }
    const opening = HammingIndex.openWith(await hammingModule(), (target) => reader.read(target), options)
    const pdq = await opening.catch((cause: unknown) => this.#refused(reader, section, cause))
    await reader.end()
    if (pdq.count !== this.#metadata.pdq)
      damaged(this.#path, 'pdq', `has ${pdq.count} hashes, not ${this.#metadata.pdq}`)
    if (pdq.distanceMax !== distanceMax)
      throw new Fault('index.unreadable', `${this.#path}: is laid out for distance ${pdq.distanceMax}`)
    return pdq
  }

  /** A section that seems to be of a later version may only be damaged: its checksum tells. */
  async #refused(reader: SectionReader, section: Section<SnapshotSection>, cause: unknown): Promise<never> {
    if (!(cause instanceof SnapshotError)) throw cause
    await reader.skip()
    if (cause.code !== 'newer') damaged(this.#path, section.name, cause.message)
    throw new Fault('index.newer', `${this.#path}: ${section.name}: ${cause.message}`, { cause })
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
