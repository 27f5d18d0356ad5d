/** Story: what was done in a case, in words and in order, with what the ledger has of each act; proofs of them. */
import { storyParticulars, storyWords } from '#cases/story-words'
import type { LedgerTold, StoryTold } from '#contract/story'
import { anchorTries, lastCheckpoint } from '#store/anchors'
import { leafHash } from '#store/append'
import { caseNamed } from '#store/cases'
import type { Database } from '#store/database'
import { numberedLeaves, pendingLeaves } from '#store/leaves'
import { decidedStreams, type StoryEvent, storyOf } from '#store/story'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import { type LedgerProof, prove } from './prove.ts'

/** What the story is read with. */
export interface StoryDesk {
  readonly database: Database
  now(): Date
}

/** Events that are told at once. */
export const STORY_EVENTS_MAX = 500

/**
 * The story of a case: its events, those of its items, reports and appeals, and the viewings of its items.
 *
 * @param after the event behind which to go on; the beginning unless given
 * @throws Fault `people.refused`, on record; `evidence.unknown`
 */
export async function readStory(
  desk: StoryDesk,
  by: PersonId,
  caseNumber: string,
  after = '0',
): Promise<StoryTold> {
  const { database } = desk
  await letIn(desk, by, caseNumber)
  const events = await storyOf(database, caseNumber, after, STORY_EVENTS_MAX + 1)
  const decided = await decidedStreams(database, caseNumber)
  const signedLeaves = (await lastCheckpoint(database))?.size ?? 0
  const shown = events.slice(0, STORY_EVENTS_MAX)
  const last = shown.at(-1)
  return {
    case: caseNumber,
    signedLeaves,
    events: shown.map((one) => toldOf(one, { caseNumber, signedLeaves, decided })),
    ...(last && events.length > shown.length && { next: last.event.id }),
  }
}

/**
 * The proof of one act of a case, for whoever may read the case.
 *
 * @throws Fault `people.refused`, on record; `evidence.unknown`; `ledger.unknown` for an event that is no part of the case
 */
export async function proveInStory(
  desk: StoryDesk,
  by: PersonId,
  caseNumber: string,
  id: string,
): Promise<LedgerProof> {
  await letIn(desk, by, caseNumber)
  const [found] = await storyOf(desk.database, caseNumber, String(BigInt(id) - 1n), 1)
  if (found?.event.id !== id) throw new Fault('ledger.unknown', `the case has no event ${id}`)
  return prove(desk.database, { stream: found.event.stream, version: found.event.version })
}

/** How the ledger stands, and how far others outside have it. @throws Fault `people.refused`, on record */
export async function readLedger(desk: StoryDesk, by: PersonId): Promise<Omit<LedgerTold, 'key'>> {
  const { database } = desk
  const subject = { kind: 'ledger', id: 'ledger' } as const
  await pass(database, { by, act: 'read-ledger', subject, at: desk.now() }, async () => undefined)
  const last = await lastCheckpoint(database)
  const [leaves, pending, places] = await Promise.all([
    numberedLeaves(database),
    pendingLeaves(database),
    anchorTries(database),
  ])
  const root = last && Buffer.from(last.root).toString('base64')
  return {
    ...{ leaves, pending, places },
    ...(last && root && { checkpoint: { size: last.size, at: last.at, note: last.note, root } }),
  }
}

async function letIn({ database, now }: StoryDesk, by: PersonId, caseNumber: string): Promise<void> {
  await caseNamed(database, caseNumber)
  const subject = { kind: 'case', id: caseNumber } as const
  await pass(database, { by, act: 'read-case', subject, at: now() }, async () => undefined)
}

function toldOf(
  one: StoryEvent,
  about: {
    readonly caseNumber: string
    readonly signedLeaves: number
    readonly decided: ReadonlySet<string>
  },
): StoryTold['events'][number] {
  const { id, at, actor, kind, stream, version } = one.event
  const { caseNumber, signedLeaves, decided } = about
  const state = leafState(one, signedLeaves)
  const path = `/v1/cases/${encodeURIComponent(caseNumber)}/story/${id}/proof`
  return {
    ...{ id, at, by: actor, kind, stream, version, words: storyWords(one.event) },
    particulars: storyParticulars(one.event, decided.has(stream)),
    leaf: { state, ...(one.leaf !== undefined && { number: one.leaf }) },
    ...(state === 'proved' && { proof: path }),
  }
}

/** What the ledger has of an event: a leaf that is the digest of something else is told before all. */
function leafState(
  { event, hash, leaf }: StoryEvent,
  signedLeaves: number,
): 'pending' | 'numbered' | 'proved' | 'differs' {
  if (!hash || !leafHash(event.salt, event).equals(hash)) return 'differs'
  if (leaf === undefined) return 'pending'
  return leaf < signedLeaves ? 'proved' : 'numbered'
}
