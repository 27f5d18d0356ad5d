/** Scan: every file below some paths, looked up in the lists, in order, so that it can be broken off and gone on with. */

import { exclusion } from '#folders/exclude'
import { shown } from '#folders/path'
import { type Met, type WalkPlace, walk } from '#folders/walk'
import { type Journal, openJournal } from '#journal/journal'
import { Tally } from '#matching/tally'
import { judge } from '#matching/verdict'
import type { Decoders } from '#media/decoders'
import type { ScanLine, Scanned, ScanTerms, ShownPath, Stated, Summary } from '#terms/scan'
import type { Known } from './known.ts'
import { lookUp } from './lookup.ts'
import { ordered } from './ordered.ts'

/** What a scan works with. */
export interface ScanDesk {
  readonly known: Known
  readonly decoders: Decoders
  readonly jobs: number
  readonly version: string
  readonly now: () => Date
  /** Aborted when the scan is to finish the files in hand and stop. */
  readonly stop: AbortSignal
}

/** What a scan was asked. */
export interface ScanAsked {
  readonly paths: readonly Buffer[]
  readonly terms: ScanTerms
  readonly stated: Stated
  /** Where the journal is kept; without one a scan cannot be gone on with. */
  readonly state?: string
}

/** Who follows a scan. */
export interface ScanWatch {
  /** Every result, also those of earlier sessions, which come first. */
  readonly seen: (scanned: Scanned, tally: Tally, fresh: boolean) => void
  /** Every result of this session, once it is in the journal. */
  readonly print: (line: ScanLine) => Promise<void>
}

/** Files that may wait behind a slow one; results come in the order of the walk. */
const WAITING_MAX = 1024
/** Files read ahead for each decoding child, so that none waits for the disk. */
const AHEAD = 3

/**
 * Scans, and returns the summary.
 *
 * @throws Fault `input.missing` for a path that does not exist; those of `openJournal`
 */
export async function scan(desk: ScanDesk, asked: ScanAsked, watch: ScanWatch): Promise<Summary> {
  const tally = new Tally()
  const begun = performance.now()
  const startedAt = desk.now().toISOString()
  const journal = await journalOf(desk, asked, startedAt, (scanned) => {
    tally.add(scanned)
    watch.seen(scanned, tally, false)
  })
  const before = journal?.resumed
  const elapsed = (): number => (before?.milliseconds ?? 0) + performance.now() - begun
  let ended = before?.ended ?? false
  try {
    if (!ended) {
      for await (const scanned of results(desk, asked, placeOf(before?.last))) {
        await journal?.add(scanned, elapsed())
        tally.add(scanned)
        watch.seen(scanned, tally, true)
        await watch.print(scanned.line)
      }
      ended = !desk.stop.aborted
      if (ended) await journal?.end(elapsed())
    }
  } finally {
    await journal?.close()
  }
  return tally.summary({
    ...desk.known.used,
    paths: asked.paths.map((path) => shown(path).file),
    terms: asked.terms,
    stated: before?.heading.stated ?? asked.stated,
    sandbox: desk.decoders.sandbox,
    startedAt: before?.heading.startedAt ?? startedAt,
    version: desk.version,
    seconds: Math.round(elapsed()) / 1000,
    ...(!ended && { interrupted: true as const }),
  })
}

async function journalOf(
  desk: ScanDesk,
  asked: ScanAsked,
  startedAt: string,
  each: (scanned: Scanned) => void,
): Promise<Journal | undefined> {
  if (asked.state === undefined) return undefined
  const binding = {
    lists: desk.known.used.lists.map((list) => list.sha256),
    roots: asked.paths.map((path) => path.toString('base64')),
    terms: asked.terms,
  }
  const heading = {
    kind: 'heading' as const,
    binding,
    listsUsed: desk.known.used,
    stated: asked.stated,
    sandbox: desk.decoders.sandbox,
    programVersion: desk.version,
    startedAt,
  }
  return openJournal(asked.state, heading, each)
}

async function* results(
  desk: ScanDesk,
  asked: ScanAsked,
  after: WalkPlace | undefined,
): AsyncGenerator<Scanned> {
  const met = walk(asked.paths, {
    after,
    excluded: exclusion(asked.terms.excluded),
    oneFileSystem: asked.terms.oneFileSystem,
  })
  const options = { atOnce: desk.jobs * AHEAD, waitingMax: WAITING_MAX, stop: desk.stop }
  yield* ordered(met, options, (one) => examine(desk, asked.terms, one))
}

async function examine(desk: ScanDesk, terms: ScanTerms, met: Met): Promise<Scanned> {
  const place = { root: met.place.root }
  const path = shown(met.path)
  switch (met.kind) {
    case 'skipped':
      return { ...place, bytes: 0, line: { kind: 'skipped', ...path, because: met.because } }
    case 'folder-unread':
      return {
        ...place,
        bytes: 0,
        line: { kind: 'folder', ...path, verdict: 'unknown', because: met.because },
      }
    case 'file':
      return { ...place, ...(await examineFile(desk, terms, met.path, path)) }
  }
}

async function examineFile(
  desk: ScanDesk,
  terms: ScanTerms,
  path: Buffer,
  shownPath: ShownPath,
): Promise<Pick<Scanned, 'bytes' | 'line'>> {
  const { calls, indexes } = desk.known
  const reading = await desk.decoders.read(path, { pictures: calls.has('pdq') })
  const { verdict, because, checked, matches, more } = judge(
    reading,
    calls,
    lookUp(indexes, reading, terms.distanceMax),
  )
  return {
    bytes: reading.kind === 'read' ? reading.digests.bytes : 0,
    line: {
      kind: 'file',
      ...shownPath,
      verdict,
      ...(because && { because }),
      checked,
      matches,
      ...(more && { more }),
    },
  }
}

function placeOf(last: Scanned | undefined): WalkPlace | undefined {
  if (last === undefined) return undefined
  const { file, fileBase64 } = last.line
  return { root: last.root, path: fileBase64 ? Buffer.from(fileBase64, 'base64') : Buffer.from(file) }
}
