/** Kept: checkpoints that were kept elsewhere, as mails, put beside what a copy of the ledger says of itself. */
import { readFile, stat } from 'node:fs/promises'
import { openCheckpoint } from '#ledger/checkpoint'
import type { VerifierKey } from '#ledger/key'
import { noteIn } from '#notary/mail'
import { Fault } from '#terms/fault'
import type { Copied, CopiedAnchor, LedgerCopy } from './copy.ts'

const FILE_BYTES_MAX = 1 << 20

/**
 * The signed checkpoint in a file: a note, or a message as a mail program saved it. It is not checked here.
 *
 * @throws Fault `input.unreadable`; `usage.invalid` where there is none in it
 */
export async function readKeptNote(path: string): Promise<string> {
  const unreadable = (cause: NodeJS.ErrnoException): never => {
    throw new Fault('input.unreadable', `${path} cannot be read (${cause.code})`, { cause })
  }
  const { size } = await stat(path).catch(unreadable)
  const note = size > FILE_BYTES_MAX ? undefined : noteIn((await readFile(path).catch(unreadable)).toString())
  if (note === undefined) throw new Fault('usage.invalid', `there is no checkpoint in ${path}`)
  return note
}

/** A copy with what was kept elsewhere beside its own anchors. @throws Fault as `readKeptNote` */
export async function withKept(
  copy: LedgerCopy,
  paths: readonly string[],
  log: VerifierKey,
): Promise<LedgerCopy> {
  const kept: Copied<CopiedAnchor>[] = []
  for (const place of paths) {
    const note = await readKeptNote(place)
    const opened = openCheckpoint(note, log)
    if (opened.kind === 'refused') kept.push({ kind: 'wrong', place, says: opened.because })
    else {
      const { size } = opened.checkpoint
      kept.push({ kind: 'read', place, value: { size, kind: 'kept', place, proof: Buffer.from(note) } })
    }
  }
  return {
    ...copy,
    anchors: () =>
      merged(
        copy.anchors(),
        kept.sort((a, b) => sizeOf(a) - sizeOf(b)),
      ),
  }
}

/** Two in order of size, as one. */
async function* merged(
  own: AsyncIterable<Copied<CopiedAnchor>>,
  kept: readonly Copied<CopiedAnchor>[],
): AsyncGenerator<Copied<CopiedAnchor>> {
  const rest = [...kept]
  for await (const anchor of own) {
    while (rest[0] && sizeOf(rest[0]) <= sizeOf(anchor)) yield* rest.splice(0, 1)
    yield anchor
  }
  yield* rest
}

function sizeOf(copied: Copied<CopiedAnchor>): number {
  return copied.kind === 'read' ? copied.value.size : -1
}
