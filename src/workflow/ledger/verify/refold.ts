/** Refold: the state of each kind of stream that is folded, held against what its events say; and state that has none. */
import { eventsOf } from '#store/append'
import type { Session } from '#store/database'
import { streamsBeginning, streamsByNoun } from '#store/leaves'
import { streamsUnmade } from '#store/unmade'
import { canonical } from '#terms/event'
import { FOLDS, type Fold } from '../folds.ts'
import { Findings, type LedgerFault } from './findings.ts'
import { asTold } from './words.ts'

const STREAMS_AT_ONCE = 500
const UNMADE = 'has a row, and no event ever made it'

/** What of the state does not follow from the events. */
export interface Refolded {
  readonly streams: number
  /** Streams that no fold is for, by their noun: their events are verified, and no state is held against them. */
  readonly unfolded: Readonly<Record<string, number>>
  readonly faultCount: number
  readonly faults: readonly LedgerFault[]
}

/** What folding anew finds. */
class Refolding extends Findings {
  /** Streams of which words are digested under a key that is not here. */
  readonly keyless: string[] = []

  /** One fault for all of them: of what else is wrong none is crowded out. */
  tellKeyless(): void {
    const [first = '', ...others] = this.keyless
    if (first === '') return
    const place = others.length === 0 ? first : `${first} and ${others.length} other streams`
    this.add(place, 'has words that cannot be checked: the digest key is missing')
  }
}

/** Folds every stream that has a fold anew, and finds rows that no event made. @param session sees one moment */
export async function refold(session: Session, folds: readonly Fold[] = FOLDS): Promise<Refolded> {
  const findings = new Refolding()
  let streams = 0
  for (const fold of folds) {
    for await (const stream of inPages((behind) =>
      streamsBeginning(session, fold.prefix, behind, STREAMS_AT_ONCE),
    )) {
      await refoldStream(session, fold, stream, findings)
      streams++
    }
    for await (const stream of inPages((behind) =>
      streamsUnmade(session, fold.prefix, behind, STREAMS_AT_ONCE),
    ))
      findings.add(stream, UNMADE)
  }
  const nouns = [...(await streamsByNoun(session))].filter(
    ([noun]) => !folds.some(({ prefix }) => prefix === `${noun}:`),
  )
  const unfolded = Object.fromEntries(nouns)
  findings.tellKeyless()
  return { streams, unfolded, faultCount: findings.count, faults: findings.faults }
}

/** Folds some streams anew; of one that has no fold nothing is known. @param session sees one moment */
export async function refoldStreams(
  session: Session,
  streams: readonly string[],
): Promise<Omit<Refolded, 'unfolded'>> {
  const findings = new Refolding()
  for (const stream of streams) {
    const fold = FOLDS.find(({ prefix }) => stream.startsWith(prefix))
    if (fold) await refoldStream(session, fold, stream, findings)
  }
  findings.tellKeyless()
  return { streams: streams.length, faultCount: findings.count, faults: findings.faults }
}

/** Names page by page, each page behind the last name of the one before. */
async function* inPages(page: (behind: string) => Promise<readonly string[]>): AsyncGenerator<string> {
  for (let names = await page(''); names.length > 0; names = await page(names.at(-1) ?? '')) yield* names
}

async function refoldStream(
  session: Session,
  fold: Fold,
  stream: string,
  findings: Refolding,
): Promise<void> {
  const events = await eventsOf(session, stream)
  if (events.length === 0) return findings.add(stream, UNMADE)
  const stranger = events.find(({ kind }) => !fold.kinds.includes(kind))
  if (stranger)
    return findings.add(
      `${stream} version ${stranger.version}`,
      `${stranger.kind} has no place in this stream`,
    )
  const actual = await fold.actual(session, stream)
  if (actual === undefined) return findings.add(stream, 'has events, and there is no state for them')
  const expected = fold.expected(events)
  const { state, isKeyMissing } = asTold(expected, actual)
  if (isKeyMissing) findings.keyless.push(stream)
  const [should, is] = [canonical(expected), canonical(state)]
  if (should !== is) findings.add(stream, `its state does not follow from its events${differing(should, is)}`)
}

/** The fields that differ, where both are records. */
function differing(should: string, is: string): string {
  const [one, other] = [JSON.parse(should) as unknown, JSON.parse(is) as unknown]
  if (!isRecord(one) || !isRecord(other)) return ''
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  const wrong = names.filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]))
  return `: ${wrong.sort().join(', ')}`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
