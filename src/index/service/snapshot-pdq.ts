/** Snapshot, PDQ: the section that is nine tenths of the file, read into the memory in which it is searched. */
import { HammingIndex, SnapshotError } from '@tutela/kernels/hamming'
import { hammingModule } from '@tutela/kernels/node'
import { Fault } from '#terms/fault'
import { damaged, type Section } from '../layout.ts'
import { type ReadAt, SectionReader } from '../sections.ts'
import { DELTA_ENTRIES_MAX } from './contents.ts'

/** Of additions to an opened index. */
export const PDQ_OPTIONS = { deltaEntriesMax: DELTA_ENTRIES_MAX } as const

/**
 * Reads the section, every byte held against both of its checksums.
 *
 * @param count hashes that the file says are in it
 * @throws Fault `index.unreadable`, `index.damaged`, `index.newer`
 */
export async function readPdq(
  path: string,
  file: ReadAt,
  section: Section<string>,
  count: number,
): Promise<HammingIndex> {
  const reader = new SectionReader(path, file, section)
  const opening = HammingIndex.openWith(await hammingModule(), (target) => reader.read(target), PDQ_OPTIONS)
  const pdq = await opening.catch((cause: unknown) => refused(path, reader, section, cause))
  await reader.end()
  if (pdq.count !== count) damaged(path, section.name, `has ${pdq.count} hashes, not ${count}`)
  return pdq
}

/** A section that seems to be of a later version may only be damaged: its checksum tells. */
async function refused(
  path: string,
  reader: SectionReader,
  section: Section<string>,
  cause: unknown,
): Promise<never> {
  if (!(cause instanceof SnapshotError)) throw cause
  await reader.skip()
  if (cause.code !== 'newer') damaged(path, section.name, cause.message)
  throw new Fault('index.newer', `${path}: ${section.name}: ${cause.message}`, { cause })
}
