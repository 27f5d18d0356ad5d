/** Enable: switches a source on, with the list that it fills, once its credentials can be read. */

import type { Signed } from '#store/append'
import { createList, listNamed } from '#store/lists'
import { enableSource, sourceNamed } from '#store/sources'
import { Fault } from '#terms/fault'
import type { RegisteredList } from '#terms/register'
import type { SourceDefinition } from '#terms/source'
import type { PullDesk } from './desk.ts'
import { openExchange } from './partners.ts'
import { placeOf } from './pull.ts'

/**
 * Switches a source on: its first pull is due at once. A list of its name is made by the source's terms where there is none; one
 * that stands keeps the terms that it has.
 *
 * @returns the list that it fills
 * @throws Fault `source.invalid` when a secret file cannot be read; `register.exists` when another source fills the list
 */
export async function enable(
  desk: PullDesk,
  source: SourceDefinition,
  signed: Signed,
): Promise<RegisteredList> {
  await openExchange(source, desk.ask)
  return desk.database.transaction(async (transaction) => {
    const { kind, publisher, terms, uses, trust, scheme } = source
    const given = { kind, publisher, terms, uses, trust, ...(scheme !== undefined && { scheme }) }
    const stands = await listNamed(transaction, source.list).catch(unlessUnknown)
    const list = stands ?? (await createList(transaction, source.list, given, signed))
    const before = await sourceNamed(transaction, source.name)
    const isElsewhere = before?.definition !== undefined && placeOf(before.definition) !== placeOf(source)
    const definition = definitionOf(source)
    await enableSource(
      transaction,
      source.name,
      { list: list.id, definition, isElsewhere, nextAt: signed.at },
      signed,
    )
    return list
  })
}

/** What is kept of the definition: not where its secrets lie. */
function definitionOf({ secrets: _, secretsFolder: __, ...said }: SourceDefinition): unknown {
  return said
}

function unlessUnknown(error: unknown): undefined {
  if (error instanceof Fault && error.code === 'register.unknown') return undefined
  throw error
}
