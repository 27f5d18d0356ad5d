/** Export: the whole ledger as a folder of plain files, which can be verified without the database, and served as it is. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeWholeFile } from '#ground/whole-file'
import type { VerifierKey } from '#ledger/key'
import { HASH_BYTES } from '#ledger/leaf'
import { entryBundle, TILE_WIDTH, tilePath, tilesOf } from '#ledger/tile'
import { lastCheckpoint } from '#store/anchors'
import type { Session } from '#store/database'
import { Fault } from '#terms/fault'
import type { LedgerCopy } from './copy.ts'
import { anchorLine, checkpointLine, leafLine } from './lines.ts'

/** What lies in an export besides its tiles. */
export const EXPORTED = {
  checkpoint: 'checkpoint',
  key: 'key',
  witnesses: 'witnesses',
  events: 'events.jsonl',
  checkpoints: 'checkpoints.jsonl',
  anchors: 'anchors.jsonl',
  filed: 'checkpoint-file',
} as const

export interface ExportKeys {
  readonly log: VerifierKey
  readonly witnesses: readonly VerifierKey[]
}

/**
 * Writes a ledger, as of one moment, into a folder that is empty or not there. Leaves without a number are no part of it.
 *
 * @returns how many leaves it has
 * @throws Fault `output.failed` for a folder that has something in it; `ledger.unknown` before the first checkpoint;
 *   `ledger.damaged` where tiles that were signed for are gone
 */
export async function exportLedger(
  session: Session,
  copy: LedgerCopy,
  folder: string,
  { log, witnesses }: ExportKeys,
): Promise<number> {
  const last = await lastCheckpoint(session)
  if (!last) throw new Fault('ledger.unknown', 'nothing was signed yet: there is no ledger to export')
  await emptyFolder(folder)
  await writeLines(join(folder, EXPORTED.events), eventsAndBundles(copy, folder, last.size))
  await writeLines(join(folder, EXPORTED.checkpoints), linesOf(copy.checkpoints(), checkpointLine))
  await writeLines(join(folder, EXPORTED.anchors), linesOf(copy.anchors(), anchorLine))
  await writeLines(join(folder, EXPORTED.filed), filedLines(copy))
  for (const place of tilesOf(last.size)) await writeTile(copy, folder, place)
  await writeFile(join(folder, EXPORTED.key), `${log.text}\n`)
  await writeFile(join(folder, EXPORTED.witnesses), witnesses.map(({ text }) => `${text}\n`).join(''))
  await writeFile(join(folder, EXPORTED.checkpoint), last.note)
  return last.size
}

async function emptyFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if ((await readdir(folder)).length === 0) return
  } catch (cause) {
    throw new Fault('output.failed', `${folder} cannot be made (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    })
  }
  throw new Fault('output.failed', `${folder} is not empty`)
}

async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  await writeWholeFile(path, { mode: 0o600 }, async (sink) => {
    for await (const line of lines) await sink.write(Buffer.from(`${line}\n`))
  })
}

/** The lines of the leaves; the tiles of their entries are written as they pass by. */
async function* eventsAndBundles(copy: LedgerCopy, folder: string, size: number): AsyncGenerator<string> {
  let entries: Uint8Array[] = []
  let written = 0
  const write = async (): Promise<void> => {
    const asked = { level: 'entries', number: written, width: entries.length } as const
    await writeAt(join(folder, 'tile', tilePath(asked)), entryBundle(entries))
    entries = []
    written++
  }
  for await (const leaves of copy.leaves()) {
    for (const { number, hash, event } of leaves) {
      if (number === undefined || hash === undefined || number >= size) continue
      yield leafLine({ number, hash, ...(event && { event }) })
      entries.push(hash)
      if (entries.length === TILE_WIDTH) await write()
    }
  }
  if (entries.length > 0) await write()
}

async function* linesOf<T>(
  values: AsyncIterable<{ kind: 'read'; value: T } | { kind: 'wrong' }>,
  print: (value: T) => string,
): AsyncGenerator<string> {
  for await (const copied of values) if (copied.kind === 'read') yield print(copied.value)
}

/** The file outside as it stands, with the sums of its lines. */
async function* filedLines(copy: LedgerCopy): AsyncGenerator<string> {
  for await (const { text } of copy.filed()) yield text
}

async function writeTile(
  copy: LedgerCopy,
  folder: string,
  place: { level: number; number: number; width: number },
): Promise<void> {
  const hashes = await copy.tile(place)
  const path = tilePath(place)
  if (!hashes || hashes.length < place.width * HASH_BYTES)
    throw new Fault('ledger.damaged', `tile ${path} is gone or cut short`)
  await writeAt(join(folder, 'tile', path), hashes.subarray(0, place.width * HASH_BYTES))
}

async function writeAt(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}
