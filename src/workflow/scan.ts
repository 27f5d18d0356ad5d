/** Scan: every file below some paths, looked up in the lists, in order, so that it can be broken off and gone on with. */

import { resolve } from 'node:path'
import { exclusion } from '#folders/exclude'
import { shown } from '#folders/path'
import { checkRoots, type Met, resolved, type WalkPlace, walk } from '#folders/walk'
import { openJournal, type Resumed } from '#journal/journal'
import type { Heading, Session } from '#journal/record'
import { Tally } from '#matching/tally'
import { judge } from '#matching/verdict'
import type { Decoders } from '#media/decoders'
import { Fault } from '#terms/fault'
import type { SandboxUsed } from '#terms/media'
import type { ScanLine, Scanned, ScanTerms, ShownPath, Stated, Summary } from '#terms/scan'
import { census } from './census.ts'
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
  /** The configuration file that was read, if one was. */
  readonly configuration?: string
  /** Where the journal is kept; without one a scan cannot be gone on with. */
  readonly state?: string
}

/** Who follows a scan. */
export interface ScanWatch {
  /** Every result, also those of earlier sessions, which come first. */
  readonly seen: (scanned: Scanned, tally: Tally, fresh: boolean) => void
  /** Every result of this session, once it is in the journal. */
  readonly print: (line: ScanLine) => Promise<void>
  /** The summary. Once this returns, an ended scan counts as told. */
  readonly conclude: (summary: Summary) => Promise<void>
}

/** Files that may wait behind a slow one; results come in the order of the walk. */
const WAITING_MAX = 1024
/** Files read ahead for each decoding child, so that none waits for the disk. */
const AHEAD = 3

/**
 * Scans, and returns the summary.
 *
 * @throws Fault `input.missing` for a path that does not exist; `journal.ended` for a scan that is over while its folder has
 * changed; those of `openJournal`
 */
export async function scan(desk: ScanDesk, asked: ScanAsked, watch: ScanWatch): Promise<Summary> {
  const tally = new Tally()
  const begun = performance.now()
  await checkRoots(asked.paths)
  const session = sessionOf(desk, asked)
  const heading = await headingOf(desk, asked)
  const journal =
    asked.state === undefined
      ? undefined
      : await openJournal(asked.state, heading, session, (scanned) => {
          tally.add(scanned)
          watch.seen(scanned, tally, false)
        })
  const before = journal?.resumed
  const elapsed = (): number => (before?.milliseconds ?? 0) + performance.now() - begun
  try {
    if (before?.endedAt !== undefined) await refuseChanged(desk, asked, before)
    const end = before?.endedAt ?? (await examined())
    const milliseconds = before?.endedAt === undefined ? elapsed() : before.milliseconds
    const told = { heading, sessions: before?.sessions ?? [session], milliseconds }
    const summary = summaryOf(tally, { ...told, ...(end !== undefined && { endedAt: end }) })
    await watch.conclude(summary)
    if (end !== undefined) await journal?.mark({ kind: 'told' })
    return summary
  } finally {
    await journal?.close()
  }

  /** Scans what was not scanned yet; returns when the walk ended, unless it was broken off. */
  async function examined(): Promise<string | undefined> {
    for await (const scanned of results(desk, asked, placeOf(before?.last))) {
      await journal?.add(scanned, elapsed())
      tally.add(scanned)
      watch.seen(scanned, tally, true)
      await watch.print(scanned.line)
    }
    if (desk.stop.aborted) return undefined
    const at = desk.now().toISOString()
    const first = before?.sessions[0] ?? session
    if (journal)
      await journal.mark({ kind: 'end', milliseconds: elapsed(), at, ...(await still(desk, asked, first)) })
    return at
  }
}

/** What a scan writes itself, which may lie below what it scans. */
function ownFiles({ state }: ScanAsked): string[] {
  return state === undefined ? [] : [resolve(state), resolve(`${state}.lock`)]
}

/** The census at the end of a scan, unless something was changed since it began. */
async function still(desk: ScanDesk, asked: ScanAsked, first: Session): Promise<{ census?: string }> {
  const taken = await census(asked.paths, asked.terms, desk.stop, ownFiles(asked))
  return taken && taken.changedAt < Date.parse(first.startedAt) ? { census: taken.digest } : {}
}

/** A scan that ended and was told is told again only while nothing has changed since: else its *none* would be untrue. */
async function refuseChanged(desk: ScanDesk, asked: ScanAsked, ended: Resumed): Promise<void> {
  if (!ended.isTold) return
  const now = await census(asked.paths, asked.terms, desk.stop, ownFiles(asked))
  if (ended.census !== undefined && now?.digest === ended.census) return
  const change =
    ended.census === undefined ? 'its folder was changing meanwhile' : 'its folder has changed since'
  throw new Fault('journal.ended', `${asked.state}: its scan ended on ${ended.endedAt}, and ${change}`)
}

/** The summary of what was counted, from what the journal says of itself, or would say. */
export function summaryOf(
  tally: Tally,
  told: Pick<Resumed, 'heading' | 'sessions' | 'milliseconds' | 'endedAt'>,
): Summary {
  const { binding, listsUsed } = told.heading
  const [first] = told.sessions
  if (!first) throw new Error('a scan has at least one session')
  const configuration = told.sessions.at(-1)?.configuration
  return tally.summary({
    ...listsUsed,
    paths: binding.places.map((place) => shown(Buffer.from(place, 'base64')).file),
    ...(configuration !== undefined && { configuration }),
    terms: binding.terms,
    stated: first.stated,
    sandbox: sandboxOver(told.sessions.map(({ sandbox }) => sandbox)),
    startedAt: first.startedAt,
    version: binding.version,
    seconds: Math.round(told.milliseconds) / 1000,
    ...(told.endedAt === undefined ? { interrupted: true as const } : { endedAt: told.endedAt }),
  })
}

/** What was in force in every session; where they differ, each is told. */
function sandboxOver(sessions: readonly SandboxUsed[]): SandboxUsed {
  const [first, ...rest] = sessions
  if (!first) throw new Error('a scan has at least one session')
  return rest.reduce(
    (all, one) => ({
      asked: one.asked,
      measures: all.measures.filter((measure) => one.measures.includes(measure)),
      words: all.words.endsWith(one.words) ? all.words : `${all.words} Then: ${one.words}`,
    }),
    first,
  )
}

function sessionOf(desk: ScanDesk, { stated, configuration }: ScanAsked): Session {
  return {
    kind: 'session',
    stated,
    sandbox: desk.decoders.sandbox,
    ...(configuration !== undefined && { configuration }),
    startedAt: desk.now().toISOString(),
  }
}

async function headingOf(desk: ScanDesk, { paths, terms }: ScanAsked): Promise<Heading> {
  const places = await Promise.all(paths.map(resolved))
  return {
    kind: 'heading',
    listsUsed: desk.known.used,
    binding: {
      lists: desk.known.used.lists.map((list) => list.sha256),
      roots: paths.map((path) => path.toString('base64')),
      places: places.map((place) => place.toString('base64')),
      terms,
      version: desk.version,
    },
  }
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
