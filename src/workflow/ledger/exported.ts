/** Exported: a ledger that was exported into a folder, read to be verified with nothing else at hand. */
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { createInterface } from 'node:readline'
import { parseVerifierKey, type VerifierKey } from '#ledger/key'
import { HASH_BYTES } from '#ledger/leaf'
import { parseEntryBundle, parseTilePath, TILE_WIDTH, type TilePlace, tilePath } from '#ledger/tile'
import { type FileLine, readCheckpointFile } from '#notary/checkpoint-file'
import { Fault } from '#terms/fault'
import type { Copied, CopiedLeaf, LedgerCopy } from './copy.ts'
import { EXPORTED } from './export.ts'
import { readAnchorLine, readCheckpointLine, readLeafLine } from './lines.ts'

const LINES_AT_ONCE = 1024

/** The keys that an export names: its own word, to be held against keys that are known. @throws Fault `ledger.damaged` */
export async function exportedKeys(
  folder: string,
): Promise<{ readonly log: VerifierKey; readonly witnesses: readonly VerifierKey[] }> {
  const keys = async (name: string): Promise<VerifierKey[]> =>
    parsed((await contentOf(join(folder, name))).toString(), join(folder, name))
  const [log, ...more] = await keys(EXPORTED.key)
  if (!log || more.length > 0)
    throw new Fault('ledger.damaged', `${join(folder, EXPORTED.key)} is not one key`)
  return { log, witnesses: await keys(EXPORTED.witnesses) }
}

/** The copy of a ledger in a folder. */
export function exportedLedger(folder: string): LedgerCopy {
  const tileFile = async (level: number | 'entries', number: number): Promise<Buffer | undefined> => {
    const full = tilePath({ level, number, width: TILE_WIDTH })
    const whole = await there(join(folder, 'tile', full))
    if (whole) return whole
    const [width] = await readdir(join(folder, 'tile', `${full}.p`)).catch(noneWhereMissing)
    return width === undefined ? undefined : there(join(folder, 'tile', `${full}.p`, width))
  }
  return {
    leaves: () => leavesIn(join(folder, EXPORTED.events)),
    tile: async ({ level, number }) => tileFile(level, number),
    tiles: () => tilesIn(join(folder, 'tile')),
    entries: async (number) => {
      const bytes = await tileFile('entries', number)
      return bytes && parseEntryBundle(bytes)
    },
    checkpoints: () => linesIn(join(folder, EXPORTED.checkpoints), readCheckpointLine),
    anchors: () => linesIn(join(folder, EXPORTED.anchors), readAnchorLine),
    filed: () => filedIn(join(folder, EXPORTED.filed)),
  }
}

/** The signed checkpoint of an export. @throws Fault `ledger.damaged` where it has none */
export async function exportedCheckpoint(folder: string): Promise<string> {
  return (await contentOf(join(folder, EXPORTED.checkpoint))).toString()
}

/** Keys, one a line. */
function parsed(untrusted: string, path: string): VerifierKey[] {
  const keys = untrusted
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => parseVerifierKey(line) ?? [])
  if (keys.map(({ text }) => `${text}\n`).join('') === untrusted) return keys
  throw new Fault('ledger.damaged', `${path} holds something that is no key`)
}

async function contentOf(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new Fault('ledger.damaged', `${path} is missing`, { cause })
    throw new Fault('input.unreadable', `${path} cannot be read (${cause.code})`, { cause })
  })
}

/** The content of a file; undefined where it is missing. */
async function there(path: string): Promise<Buffer | undefined> {
  return contentOf(path).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'ledger.damaged') return undefined
    throw error
  })
}

/** Nothing is in a folder that is missing; one that cannot be read is a fault. */
function noneWhereMissing(cause: NodeJS.ErrnoException): [] {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return []
  throw new Fault('input.unreadable', `${cause.path} cannot be read (${cause.code})`, { cause })
}

async function* leavesIn(path: string): AsyncGenerator<readonly CopiedLeaf[]> {
  let [batch, before]: [CopiedLeaf[], number] = [[], -1]
  for await (const copied of linesIn(path, readLeafLine)) {
    // A line that cannot be read stands for the leaf of its place.
    const leaf =
      copied.kind === 'read'
        ? { ...copied.value, place: copied.place }
        : { place: copied.place, number: before + 1, wrong: copied.says }
    before = leaf.number
    batch.push(leaf)
    if (batch.length < LINES_AT_ONCE) continue
    yield batch
    batch = []
  }
  yield batch
}

async function* linesIn<T>(
  path: string,
  read: (untrusted: string) => T | undefined,
): AsyncGenerator<Copied<T>> {
  const name = path.slice(path.lastIndexOf(sep) + 1)
  await contentOf(path.replace(/[^/\\]+$/, EXPORTED.key)) // a folder that is no export is told as one
  const input = createReadStream(path)
  let line = 0
  try {
    for await (const text of createInterface({ input, crlfDelay: 0 })) {
      line++
      const place = `${name}, line ${line}`
      const value = read(text)
      yield value === undefined
        ? { kind: 'wrong', place, says: 'is not as it was written' }
        : { kind: 'read', place, value }
    }
  } catch (cause) {
    throw new Fault('input.unreadable', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    })
  }
}

/** The file outside as it was copied: an export always has one. */
async function* filedIn(path: string): AsyncGenerator<FileLine> {
  await contentOf(path)
  yield* readCheckpointFile(path)
}

/** The places of the tiles of hashes below a folder. */
async function* tilesIn(folder: string): AsyncGenerator<TilePlace & { readonly width: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(noneWhereMissing)
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')
    const asked = parseTilePath(path)
    if (asked && asked.level === 'entries') continue
    const bytes = (await readFile(join(folder, path))).length
    if (asked && asked.level !== 'entries' && bytes === asked.width * HASH_BYTES)
      yield { level: asked.level, number: asked.number, width: asked.width }
    else throw new Fault('ledger.damaged', `${join(folder, path)} is no tile, or not of the width it states`)
  }
}
