/** Layout: the parts of an index file and where they lie. `docs/formats/index-file.md` */
import { crc32 } from 'node:zlib'
import { Fault } from '#terms/fault'
import { type HashKind, sha256 } from '#terms/hash'
import type { IndexedList } from './known.ts'
import { count, items, record, text, Unexpected } from './parsing.ts'

/** The first bytes: no text begins with them, and a transfer that translates line ends breaks them. */
export const MAGIC = Buffer.from([0x89, 0x54, 0x55, 0x54, 0x45, 0x4c, 0x41, 0x0a])
export const VERSION = 1
/** Bytes of the preamble; the first section begins here. */
export const PREAMBLE_BYTES = 32
/** Sections begin at multiples of this; the zeros between belong to the section before them. */
export const ALIGNMENT_BYTES = 8
/** More than the metadata of a hundred thousand lists takes. */
const METADATA_BYTES_MAX = 1 << 26

/** Every section that a file can have, in the order of the file. */
export const SECTIONS = [
  'label',
  'category',
  'source',
  'texts',
  'md5.digests',
  'md5.entries',
  'sha1.digests',
  'sha1.entries',
  'sha256.digests',
  'sha256.entries',
  'pdq',
] as const
export type SectionName = (typeof SECTIONS)[number]

export interface Section<N extends string = SectionName> {
  readonly name: N
  /** Place of its first byte in the file. */
  readonly at: number
  /** Bytes without those that fill it up to the alignment. */
  readonly bytes: number
  /** CRC-32 of its bytes and of those that fill it up. */
  readonly crc32: number
}

/** What an index file says of itself. */
export interface IndexMetadata {
  readonly entries: number
  readonly uncheckable: number
  readonly distanceMax: number
  /** Entries by the hashes that they carry. */
  readonly counts: Readonly<Record<HashKind, number>>
  readonly lists: readonly IndexedList[]
  readonly sections: readonly Section[]
}

/** What tells one kind of file from others. */
export interface FileForm {
  readonly magic: Buffer
  readonly version: number
  /** What it is called in a message. */
  readonly name: string
}

export const INDEX_FORM: FileForm = { magic: MAGIC, version: VERSION, name: 'index' }

/** What the preamble says: where the metadata lie. */
export interface Preamble {
  readonly metadataAt: number
  readonly metadataBytes: number
  readonly metadataCrc32: number
}

export function printPreamble(
  { metadataAt, metadataBytes, metadataCrc32 }: Preamble,
  form: FileForm = INDEX_FORM,
): Uint8Array {
  const bytes = Buffer.alloc(PREAMBLE_BYTES)
  form.magic.copy(bytes)
  bytes.writeUInt32LE(form.version, 8)
  bytes.writeUInt32LE(metadataBytes, 12)
  bytes.writeBigUInt64LE(BigInt(metadataAt), 16)
  bytes.writeUInt32LE(metadataCrc32, 24)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28)
  return bytes
}

/** @throws Fault `index.unreadable` when it is no index, `index.damaged`, `index.newer` */
export function parsePreamble(path: string, bytes: Buffer, form: FileForm = INDEX_FORM): Preamble {
  if (!startsWithMagic(bytes, form)) throw new Fault('index.unreadable', `${path}: is no ${form.name}`)
  if (bytes.length < PREAMBLE_BYTES) damaged(path, 'preamble', 'the file ends within it')
  if (crc32(bytes.subarray(0, 28)) !== bytes.readUInt32LE(28))
    damaged(path, 'preamble', 'its checksum differs')
  const version = bytes.readUInt32LE(8)
  if (version !== form.version) {
    throw new Fault(
      'index.newer',
      `${path}: is of version ${version}, and only ${form.version} is known here`,
    )
  }
  const metadataBytes = bytes.readUInt32LE(12)
  if (metadataBytes > METADATA_BYTES_MAX) damaged(path, 'preamble', 'the metadata are too long')
  return {
    metadataAt: Number(bytes.readBigUInt64LE(16)),
    metadataBytes,
    metadataCrc32: bytes.readUInt32LE(24),
  }
}

export function startsWithMagic(bytes: Buffer, { magic }: FileForm = INDEX_FORM): boolean {
  return bytes.subarray(0, magic.length).equals(magic)
}

/** Bytes that a section takes in the file. */
export function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
}

export function printMetadata(metadata: IndexMetadata): Uint8Array {
  return Buffer.from(JSON.stringify(metadata))
}

/** @throws Fault `index.damaged` when the metadata are not as this version writes them, or do not cover the file */
export function parseMetadata(path: string, untrusted: Buffer, { metadataAt }: Preamble): IndexMetadata {
  try {
    const value = record(JSON.parse(untrusted.toString('utf8')))
    const metadata = {
      entries: count(value['entries']),
      uncheckable: count(value['uncheckable']),
      distanceMax: count(value['distanceMax']),
      counts: parseCounts(record(value['counts'])),
      lists: items(value['lists']).map(parseList),
      sections: items(value['sections']).map((section) => parseSection(section, SECTIONS)),
    }
    check(metadata, metadataAt)
    return metadata
  } catch (cause) {
    if (cause instanceof Unexpected || cause instanceof SyntaxError) damaged(path, 'metadata', cause.message)
    throw cause
  }
}

function check({ lists, entries, sections }: IndexMetadata, metadataAt: number): void {
  const listed = lists.reduce((sum, { info }) => sum + info.entries, 0)
  if (listed !== entries) throw new Unexpected(`the lists have ${listed} entries, the index ${entries}`)
  checkPlaces(sections, metadataAt)
}

/** @throws Unexpected when sections do not follow each other without a gap up to the metadata */
export function checkPlaces(sections: readonly Section<string>[], metadataAt: number): void {
  let end = PREAMBLE_BYTES
  for (const { name, at, bytes } of sections) {
    if (at !== end) throw new Unexpected(`the section ${name} does not follow the one before it`)
    end += paddedBytes(bytes)
  }
  if (end !== metadataAt) throw new Unexpected('the sections do not reach to the metadata')
  if (new Set(sections.map(({ name }) => name)).size !== sections.length)
    throw new Unexpected('a section is there twice')
}

function parseCounts(value: Record<string, unknown>): Record<HashKind, number> {
  return {
    md5: count(value['md5']),
    sha1: count(value['sha1']),
    sha256: count(value['sha256']),
    pdq: count(value['pdq']),
  }
}

function parseList(untrusted: unknown): IndexedList {
  const value = record(untrusted)
  const info = record(value['info'])
  const digest = sha256(text(info['sha256']))
  if (!digest) throw new Unexpected('the digest of a list is none')
  return {
    info: {
      file: text(info['file']),
      entries: count(info['entries']),
      sha256: digest,
      date: text(info['date']),
    },
    badLines: count(value['badLines']),
  }
}

export function parseSection<N extends string>(untrusted: unknown, names: readonly N[]): Section<N> {
  const value = record(untrusted)
  const name = names.find((known) => known === value['name'])
  if (!name) throw new Unexpected('a section has an unknown name')
  return { name, at: count(value['at']), bytes: count(value['bytes']), crc32: count(value['crc32']) }
}

/** @throws Fault `index.damaged`, always */
export function damaged(path: string, section: string, because: string): never {
  throw new Fault('index.damaged', `${path}: ${section}: ${because}: build the index again`)
}
