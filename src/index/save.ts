/** Save: an index as one file that opens at once. */
import { crc32 } from 'node:zlib'
import { type WholeFileSink, writeWholeFile } from '#ground/whole-file'
import { DIGEST_KINDS, type HashKind } from '#terms/hash'
import { TEXT_COLUMNS } from './entries.ts'
import type { KnownIndex, KnownParts } from './known.ts'
import {
  type FileForm,
  INDEX_FORM,
  type IndexMetadata,
  PREAMBLE_BYTES,
  paddedBytes,
  printMetadata,
  printPreamble,
  type Section,
  type SectionName,
} from './layout.ts'

/**
 * Writes an index. The file appears under its name once it is whole and on the disk.
 *
 * @returns the size of the file
 * @throws Fault `output.failed` when the file exists and may not be replaced, or the disk refuses
 */
export async function saveIndex(
  index: KnownIndex,
  path: string,
  options: { readonly overwrite?: boolean } = {},
): Promise<{ readonly bytes: number }> {
  return writeWholeFile(path, options, async (sink) => {
    await sink.write(new Uint8Array(PREAMBLE_BYTES)) // written for good once all else is
    const sections: Section[] = []
    for (const { name, parts } of sectionsOf(index.parts))
      sections.push(await writeSection(sink, name, parts))
    await writeFrame(sink, printMetadata(metadataOf(index.parts, sections)), INDEX_FORM)
    return { bytes: sink.size }
  })
}

/** Writes the metadata at the end of a file, and over its beginning where they lie. */
export async function writeFrame(sink: WholeFileSink, metadata: Uint8Array, form: FileForm): Promise<void> {
  const metadataAt = sink.size
  await sink.write(metadata)
  const place = { metadataAt, metadataBytes: metadata.length, metadataCrc32: crc32(metadata) }
  await sink.rewrite(printPreamble(place, form), 0)
}

interface SectionParts {
  readonly name: SectionName
  readonly parts: Iterable<Uint8Array>
}

/** The sections of an index in the order of the file, without those that would be empty. */
function* sectionsOf({ entries, digests, pdq }: KnownParts): Generator<SectionParts> {
  for (const name of TEXT_COLUMNS) {
    const column = entries.columns[name]
    if (column) yield { name, parts: column.parts() }
  }
  if (entries.texts.size > 0) yield { name: 'texts', parts: entries.texts.parts() }
  for (const kind of DIGEST_KINDS) {
    const table = digests[kind]
    if (!table) continue
    yield { name: `${kind}.digests`, parts: table.digests.parts() }
    yield { name: `${kind}.entries`, parts: table.entries.parts() }
  }
  if (pdq) yield { name: 'pdq', parts: pdq.save() }
}

/** Bytes summed and handed on at once, so that a large part keeps nobody waiting. */
const PIECE_BYTES = 1 << 20

/** Writes a section at the end of a file, and says where it lies. */
export async function writeSection<N extends string>(
  sink: WholeFileSink,
  name: N,
  parts: Iterable<Uint8Array>,
): Promise<Section<N>> {
  const at = sink.size
  let sum = 0
  for (const part of parts) {
    for (let from = 0; from < part.length; from += PIECE_BYTES) {
      const piece = part.subarray(from, from + PIECE_BYTES)
      sum = crc32(piece, sum)
      await sink.write(piece)
    }
  }
  const bytes = sink.size - at
  const filling = new Uint8Array(paddedBytes(bytes) - bytes)
  await sink.write(filling)
  return { name, at, bytes, crc32: crc32(filling, sum) }
}

function metadataOf(parts: KnownParts, sections: readonly Section[]): IndexMetadata {
  const { lists, distanceMax, uncheckable, entries } = parts
  return { entries: entries.length, uncheckable, distanceMax, counts: countsOf(parts), lists, sections }
}

function countsOf({ digests, pdq }: KnownParts): Record<HashKind, number> {
  return {
    md5: digests.md5?.length ?? 0,
    sha1: digests.sha1?.length ?? 0,
    sha256: digests.sha256?.length ?? 0,
    pdq: pdq?.count ?? 0,
  }
}
