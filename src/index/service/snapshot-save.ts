/** Snapshot save: the contents as one file, written while look-ups and changes go on. */
import { type WholeFileSink, writeWholeFile } from '#ground/whole-file'
import { DIGEST_KINDS, type DigestKind } from '#terms/hash'
import type { DigestTable } from '../digests.ts'
import type { Section } from '../layout.ts'
import { writeFrame, writeSection } from '../save.ts'
import type { Contents } from './contents.ts'
import type { FactsChunk } from './facts.ts'
import {
  printJudgements,
  SNAPSHOT_FORM,
  type SnapshotMetadata,
  type SnapshotSection,
} from './snapshot-layout.ts'

const PREAMBLE = new Uint8Array(32)

/** Contents as they were at one moment. What is not copied here is never changed, or copied before it is. */
export interface Frozen {
  readonly metadata: Omit<SnapshotMetadata, 'sections'>
  readonly chunks: readonly (readonly [place: number, chunk: FactsChunk])[]
  readonly categories: readonly string[]
  readonly judgements: Uint8Array
  readonly runs: Readonly<Record<DigestKind, readonly DigestTable[]>>
  readonly pdq: Iterable<Uint8Array>
}

/** Holds the contents as they are, between two changes. `thaw` their facts when the writing is over. */
export function frozen(contents: Contents): Frozen {
  const { number, mark, lists, groups, holdings, facts, digests, pdq, categories, judgements } = contents
  const chunks = facts.freeze()
  const runs = { md5: digests.md5.settle(), sha1: digests.sha1.settle(), sha256: digests.sha256.settle() }
  const lengths = (kind: DigestKind): number[] => runs[kind].map((run) => run.length)
  const metadata = {
    number,
    mark,
    lists: [...lists.values()],
    groups: groups.toArray(),
    holdings: holdings.toJSON(),
    chunks: chunks.length,
    runs: { md5: lengths('md5'), sha1: lengths('sha1'), sha256: lengths('sha256') },
    pdq: pdq.count,
  }
  return {
    metadata,
    chunks,
    categories: [...categories.texts()],
    judgements: printJudgements(judgements.values()),
    runs,
    pdq: begun(pdq.save()),
  }
}

/** The chunks of a generator that was begun, so that what it gives is as of now. */
function begun(chunks: Generator<Uint8Array>): Iterable<Uint8Array> {
  const first = chunks.next()
  return (function* () {
    if (!first.done) yield first.value
    yield* chunks
  })()
}

/**
 * Writes a snapshot in place of the one before, which stands until the new one is whole and on the disk.
 *
 * @throws Fault `output.failed`
 */
export async function saveSnapshot(path: string, given: Frozen): Promise<{ readonly bytes: number }> {
  return writeWholeFile(path, { overwrite: true }, async (sink) => {
    await sink.write(PREAMBLE) // written for good once all else is
    const sections: Section<SnapshotSection>[] = []
    for (const [name, parts] of sectionsOf(given)) sections.push(await writeSection(sink, name, parts))
    await writeMetadata(sink, { ...given.metadata, sections })
    return { bytes: sink.size }
  })
}

function writeMetadata(sink: WholeFileSink, metadata: SnapshotMetadata): Promise<void> {
  return writeFrame(sink, Buffer.from(JSON.stringify(metadata)), SNAPSHOT_FORM)
}

function* sectionsOf(given: Frozen): Generator<readonly [SnapshotSection, Iterable<Uint8Array>]> {
  const places = Uint32Array.from(given.chunks, ([place]) => place)
  yield ['facts.places', [new Uint8Array(places.buffer)]]
  yield ['facts', mapped(given.chunks, ([, chunk]) => chunk.bytes)]
  yield ['categories', [Buffer.from(JSON.stringify(given.categories))]]
  yield ['judgements', [given.judgements]]
  for (const kind of DIGEST_KINDS) {
    const runs = given.runs[kind]
    yield [`${kind}.digests`, flattened(runs, (run) => run.digests.parts())]
    yield [`${kind}.rows`, flattened(runs, (run) => run.entries.parts())]
  }
  yield ['pdq', given.pdq]
}

function* mapped<T, U>(values: Iterable<T>, form: (value: T) => U): Generator<U> {
  for (const value of values) yield form(value)
}

function* flattened<T, U>(values: Iterable<T>, form: (value: T) => Iterable<U>): Generator<U> {
  for (const value of values) yield* form(value)
}
