/** Contents: what is in a bank: added, shown, switched off and on, and taken out. */
import { randomUUID } from 'node:crypto'
import { lockListId } from '#store/changes'
import type { Session, Transaction } from '#store/database'
import { entryOf, entryWithKey } from '#store/entries'
import { type ContentNotes, forgetNotes, keepNotes, type NotesKept, notesOf, sourcesOf } from '#store/hma'
import { type DisabledUntil, type Judgement, judge, judgementOn } from '#store/judgements'
import { applyStepsIn } from '#store/steps'
import { Fault } from '#terms/fault'
import type { EntryHashes, EntryRecord, EntryStep, RegisteredList } from '#terms/register'
import { checkOwn } from './banks.ts'
import { type Caller, type HmaDesk, untilSearched } from './desk.ts'

/** A content of a bank, and what is thought and said of it. */
export interface BankContent {
  readonly entry: EntryRecord
  readonly bank: RegisteredList
  readonly notes: NotesKept
  readonly judgement?: Judgement
  /** Names of the sources that fill the bank. */
  readonly sources: readonly string[]
}

/** What may be changed of a content; null takes a note away. */
export interface ContentChange {
  /** Seconds since 1970; 0: off for good, 1: on. */
  readonly disableUntil?: number
  readonly note?: string | null
}

const OFF = 0
const ON = 1

/**
 * Adds a content to a bank. It is searchable when this returns.
 *
 * @returns its number; a content that is added twice has two
 * @throws Fault `request.forbidden` for a bank that no HMA client made; `list.invalid` where no hash can be kept
 */
export async function addContent(
  desk: HmaDesk,
  caller: Caller,
  bank: RegisteredList,
  hashes: EntryHashes,
  notes: ContentNotes,
): Promise<number> {
  const signed = { actor: caller.actor, at: desk.now() }
  const key = `hma:${randomUUID()}`
  const { entry, number } = await desk.database.transaction(async (tx) => {
    const list = await lockListId(tx, bank.id)
    await checkOwn(tx, list)
    const applied = await applyOne(tx, list, { kind: 'put', entry: { key, ...hashes } }, desk, caller)
    const added = await entryWithKey(tx, list.id, key)
    if (!added) throw new Fault('list.invalid', 'these hashes are those of an empty file')
    if (notes.note !== undefined || notes.metadata !== undefined)
      await keepNotes(tx, added.entry, 0, notes, signed)
    return { entry: added.entry, number: applied }
  })
  await untilSearched(desk, number)
  return entry
}

/** A content that stands in a bank; undefined where there is none of that number. */
export async function contentOf(
  session: Session,
  bank: RegisteredList,
  number: number,
): Promise<BankContent | undefined> {
  const entry = await standing(session, bank, number)
  if (!entry) return undefined
  const notes = await notesOf(session, number)
  const judgement = await judgementOn(session, number)
  const sources = await sourcesOf(session, bank.id)
  return { entry, bank, notes, sources, ...(judgement && { judgement }) }
}

/**
 * Switches a content off or on, or changes its note. Heeded by look-ups when this returns.
 *
 * @returns the content afterwards; undefined where there is none of that number
 */
export async function changeContent(
  desk: HmaDesk,
  caller: Caller,
  bank: RegisteredList,
  number: number,
  { disableUntil, note }: ContentChange,
): Promise<BankContent | undefined> {
  const signed = { actor: caller.actor, at: desk.now() }
  const done = await desk.database.transaction(async (tx) => {
    const list = await lockListId(tx, bank.id)
    const had = await contentOf(tx, list, number)
    if (!had) return undefined
    const because = 'set by an HMA client'
    const judged =
      disableUntil === undefined
        ? undefined
        : await judge(tx, number, { disabledUntil: disabledUntil(disableUntil), because }, signed)
    if (note !== undefined) await keepNotes(tx, number, had.notes.version, withNote(had.notes, note), signed)
    return { content: await contentOf(tx, list, number), judged }
  })
  if (done?.judged) await untilSearched(desk, done.judged.number)
  return done?.content
}

/**
 * Takes a content out of a bank. It is not found any more when this returns.
 *
 * @returns how many were taken out: 0 where there was none of that number
 * @throws Fault `request.forbidden` for a bank that no HMA client made
 */
export async function removeContent(
  desk: HmaDesk,
  caller: Caller,
  bank: RegisteredList,
  number: number,
): Promise<0 | 1> {
  const signed = { actor: caller.actor, at: desk.now() }
  const change = await desk.database.transaction(async (tx) => {
    const list = await lockListId(tx, bank.id)
    const entry = await standing(tx, list, number)
    if (!entry) return undefined
    await checkOwn(tx, list)
    const because = 'taken out by an HMA client'
    const applied = await applyOne(tx, list, { kind: 'withdraw', key: entry.key, because }, desk, caller)
    await forgetNotes(tx, number, signed)
    return applied
  })
  if (change === undefined) return 0
  await untilSearched(desk, change)
  return 1
}

/** Until when a content is switched off, in seconds as HMA has it: 0 for good, 1 not at all. */
export function disableUntilOf({ judgement }: BankContent): number {
  const until = judgement?.disabledUntil
  if (until === undefined) return ON
  return until === 'always' ? OFF : Math.floor(until.getTime() / 1000)
}

function disabledUntil(seconds: number): DisabledUntil | null {
  if (seconds === ON) return null
  return seconds === OFF ? 'always' : new Date(seconds * 1000)
}

function withNote({ metadata }: NotesKept, note: string | null): ContentNotes {
  return { ...(metadata && { metadata }), ...(note !== null && { note }) }
}

/** Applies one step. @returns the number of the change; undefined where there was nothing to change */
async function applyOne(
  tx: Transaction,
  list: RegisteredList,
  step: EntryStep,
  desk: HmaDesk,
  { actor }: Caller,
): Promise<number | undefined> {
  const applied = await applyStepsIn(tx, list, [[step]], { kind: 'edit', signed: { actor, at: desk.now() } })
  return 'number' in applied ? applied.number : undefined
}

async function standing(
  session: Session,
  bank: RegisteredList,
  number: number,
): Promise<EntryRecord | undefined> {
  const entry = await entryOf(session, number).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'register.unknown') return undefined
    throw error
  })
  return entry && entry.list === bank.id && entry.until === undefined ? entry : undefined
}
