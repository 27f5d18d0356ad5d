/** Enable: switches a source on, with the list that it fills, once its credentials can be read. */

import type { Signed } from '#store/append'
import { createList, listNamed } from '#store/lists'
import { enableSource, sourceNamed } from '#store/sources'
import { Fault } from '#terms/fault'
import type { RegisteredList } from '#terms/register'
import type { SourceDefinition } from '#terms/source'
import type { PullDesk } from './desk.ts'
import { openExchange } from './partners.ts'
import { definitionOf, isMoved, termsOf } from './place.ts'
import { nextBySchedule } from './schedule.ts'

/** What came of switching a source on. */
export interface Enabled {
  /** The list that it fills. */
  readonly list: RegisteredList
  /** When its first pull is due: a service that runs makes it then, and applies what it gets. */
  readonly nextAt: Date
  /** True where what it pulled, or would pull, was looked at before. */
  readonly isSeen: boolean
}

/**
 * Switches a source on: its first pull is due at once, or by its schedule. A list of its name is made by the source's terms where
 * there is none; one that stands keeps the terms that it has.
 *
 * @throws Fault `source.invalid` when a secret file cannot be read; `register.exists` when another source fills the list
 */
export async function enable(
  desk: PullDesk,
  source: SourceDefinition,
  signed: Signed,
  { isBySchedule = false }: { readonly isBySchedule?: boolean } = {},
): Promise<Enabled> {
  await openExchange(source, desk.ask)
  return desk.database.transaction(async (transaction) => {
    const stands = await listNamed(transaction, source.list).catch(unlessUnknown)
    const list = stands ?? (await createList(transaction, source.list, termsOf(source), signed))
    const before = await sourceNamed(transaction, source.name)
    const isElsewhere = isMoved(source, before)
    const nextAt = isBySchedule ? nextBySchedule(source, signed.at) : signed.at
    const given = { list: list.id, definition: definitionOf(source), isElsewhere, nextAt }
    await enableSource(transaction, source.name, given, signed)
    const isSeen = before?.succeededAt !== undefined || before?.staging?.checkpoint !== undefined
    return { list, nextAt, isSeen: isSeen && !isElsewhere }
  })
}

function unlessUnknown(error: unknown): undefined {
  if (error instanceof Fault && error.code === 'register.unknown') return undefined
  throw error
}
