/** File: an index file, told from others, looked into, and opened: every byte is checked while it is read. */
import { type FileHandle, stat } from 'node:fs/promises'
import { Fault } from '#terms/fault'
import { DIGEST_KINDS, type DigestKind, HASH_BYTES } from '#terms/hash'
import { DigestTable } from './digests.ts'
import { Entries, TEXT_COLUMNS, type TextColumn } from './entries.ts'
import { KnownIndex } from './known.ts'
import {
  damaged,
  INDEX_FORM,
  type IndexMetadata,
  MAGIC,
  parseMetadata,
  type Section,
  type SectionName,
  startsWithMagic,
  VERSION,
} from './layout.ts'
import { openPdq, type PdqTable, SnapshotError } from './pdq.ts'
import { ByteRows } from './rows.ts'
import { readFrame, readUpTo, SectionReader, unreadable, withFile } from './sections.ts'
import { TEXTS_CHUNK_BYTES, Texts } from './texts.ts'

export { saveIndex } from './save.ts'

/** What an index file says of itself, and how large it is. */
export interface IndexInspection extends IndexMetadata {
  readonly file: string
  readonly version: number
  readonly bytes: number
}

/**
 * True of a plain file that begins as an index does. A pipe is not touched, since what is read of it is gone.
 *
 * @throws Fault `input.missing`, `index.unreadable` when it cannot be read
 */
export async function isIndexFile(path: string): Promise<boolean> {
  const facts = await stat(path).catch((cause: unknown) => unreadable(path, cause))
  if (!facts.isFile()) return false
  return withFile(path, async (file) => startsWithMagic(await readUpTo(path, file, 0, MAGIC.length)))
}

/**
 * Reads what an index says of itself, without its entries.
 *
 * @param options.verify reads the whole file and compares every checksum
 * @throws Fault `input.missing`, `index.unreadable`, `index.damaged`, `index.newer`
 */
export async function inspectIndex(
  path: string,
  options: { readonly verify?: boolean } = {},
): Promise<IndexInspection> {
  return withFile(path, async (file) => {
    const metadata = await readMetadata(path, file)
    if (options.verify)
      for (const section of metadata.sections) await new SectionReader(path, file, section).skip()
    return { file: path, version: VERSION, bytes: (await file.stat()).size, ...metadata }
  })
}

/**
 * Opens an index. Every byte of the file is compared with its checksum.
 *
 * @throws Fault `input.missing`, `index.unreadable`, `index.damaged` naming the section, `index.newer`
 */
export async function openIndex(path: string): Promise<KnownIndex> {
  return withFile(path, async (file) => {
    const metadata = await readMetadata(path, file)
    const sections = new Sections(path, file, metadata)
    const entries = await sections.entries()
    const digests: Partial<Record<DigestKind, DigestTable>> = {}
    for (const kind of DIGEST_KINDS) {
      const table = await sections.digests(kind)
      if (table) digests[kind] = table
    }
    const pdq = await sections.pdq()
    const { lists, distanceMax, uncheckable } = metadata
    return new KnownIndex({ lists, distanceMax, uncheckable, entries, digests, ...(pdq && { pdq }) })
  })
}

async function readMetadata(path: string, file: FileHandle): Promise<IndexMetadata> {
  const { preamble, metadata } = await readFrame(path, file, INDEX_FORM)
  return parseMetadata(path, metadata, preamble)
}

/** Reads the sections into what an index is made of. */
class Sections {
  readonly #path: string
  readonly #file: FileHandle
  readonly #metadata: IndexMetadata

  constructor(path: string, file: FileHandle, metadata: IndexMetadata) {
    this.#path = path
    this.#file = file
    this.#metadata = metadata
  }

  async entries(): Promise<Entries> {
    const { entries } = this.#metadata
    const columns: Partial<Record<TextColumn, ByteRows>> = {}
    for (const name of TEXT_COLUMNS) {
      const section = this.#find(name)
      if (section) columns[name] = await this.#rows(section, 4, entries)
    }
    return new Entries(entries, await this.#texts(), columns)
  }

  async digests(kind: DigestKind): Promise<DigestTable | undefined> {
    const count = this.#metadata.counts[kind]
    if (count === 0) return undefined
    const section = this.#get(`${kind}.digests`)
    const digests = await this.#rows(section, HASH_BYTES[kind], count)
    const entries = await this.#rows(this.#get(`${kind}.entries`), 4, count)
    for (let row = 0; row < count; row++) {
      if (entries.number(row) >= this.#metadata.entries)
        this.#damaged(section, 'belongs to an entry that is not there')
    }
    return DigestTable.over(digests, entries) ?? this.#damaged(section, 'is out of order')
  }

  async pdq(): Promise<PdqTable | undefined> {
    const count = this.#metadata.counts.pdq
    if (count === 0) return undefined
    const section = this.#get('pdq')
    const reader = new SectionReader(this.#path, this.#file, section)
    const table = await openPdq((target) => reader.read(target)).catch((cause: unknown) =>
      this.#refused(reader, section, cause),
    )
    await reader.end()
    if (table.count !== count) this.#damaged(section, `has ${table.count} hashes, not ${count}`)
    return table
  }

  /** A snapshot that seems to be of a later version may only be damaged: the section's checksum tells. */
  async #refused(reader: SectionReader, section: Section, cause: unknown): Promise<never> {
    if (!(cause instanceof SnapshotError)) throw cause
    await reader.skip()
    if (cause.code !== 'newer') this.#damaged(section, cause.message)
    throw new Fault('index.newer', `${this.#path}: ${section.name}: ${cause.message}`, { cause })
  }

  async #rows(section: Section, width: number, length: number): Promise<ByteRows> {
    if (section.bytes !== width * length) this.#damaged(section, `is not ${length} times ${width} bytes long`)
    const rows = ByteRows.zeros(width, length)
    const reader = new SectionReader(this.#path, this.#file, section)
    for (const part of rows.parts()) await reader.read(part)
    await reader.end()
    return rows
  }

  async #texts(): Promise<Texts> {
    const section = this.#find('texts')
    if (!section) return new Texts()
    const reader = new SectionReader(this.#path, this.#file, section)
    const chunks: Uint8Array[] = []
    for (let left = section.bytes; left > 0; left -= TEXTS_CHUNK_BYTES) {
      const chunk = new Uint8Array(Math.min(left, TEXTS_CHUNK_BYTES))
      await reader.read(chunk)
      chunks.push(chunk)
    }
    await reader.end()
    return new Texts(chunks)
  }

  #find(name: SectionName): Section | undefined {
    return this.#metadata.sections.find((section) => section.name === name)
  }

  #get(name: SectionName): Section {
    return this.#find(name) ?? damaged(this.#path, name, 'is missing')
  }

  #damaged(section: Section, because: string): never {
    return damaged(this.#path, section.name, because)
  }
}
