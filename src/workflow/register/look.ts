/** Look: lists for whoever is signed in: how they grew, where they come from, and what is thought of them here. */
import type { DeskListsTold, DeskListTold } from '#contract/desk-lists'
import { changesOf, lockList } from '#store/changes'
import type { Database } from '#store/database'
import { entryOf } from '#store/entries'
import { feedbackOfList, judgedInList, type ListFigures, listFigures } from '#store/list-figures'
import { allLists, listNamed } from '#store/lists'
import { allSources, type SourceState } from '#store/sources'
import { type Applied, applyStepsIn } from '#store/steps'
import { Fault } from '#terms/fault'
import type { Act, Person } from '#terms/people'
import type { RegisteredList } from '#terms/register'
import { pass } from '../door.ts'

/** What lists are looked at with. */
export interface ListsDesk {
  readonly database: Database
  /** Name of the list that decisions of this desk become entries of. */
  readonly ownList: string
  now(): Date
}

type By = Pick<Person, 'id' | 'roles'>

const CHANGES_MAX = 500
const SAID_MAX = 100

/** Every list that stands, by name. @throws Fault `people.refused`, on record */
export async function lookAtLists(desk: ListsDesk, by: By): Promise<DeskListsTold> {
  const { database, ownList } = desk
  await letIn(desk, by)
  const sources = await allSources(database)
  const figuresOf = await listFigures(database)
  const lists = await allLists(database)
  return { lists: lists.map((list) => listTold(list, sources, figuresOf(list.id), ownList)) }
}

/** A list, its changes and what was said of it. @throws Fault `people.refused`, on record; `register.unknown` */
export async function lookAtList(desk: ListsDesk, by: By, name: string): Promise<DeskListTold> {
  const { database, ownList } = desk
  await letIn(desk, by)
  const list = await listNamed(database, name)
  const figuresOf = await listFigures(database)
  const changes = await changesOf(database, list.id, CHANGES_MAX + 1)
  const told = await feedbackOfList(database, list.id, SAID_MAX)
  const judged = await judgedInList(database, list.id, SAID_MAX)
  return {
    ...listTold(list, await allSources(database), figuresOf(list.id), ownList),
    ...{ terms: list.terms, uses: [...list.uses], mayCurate: mayCurate(by) },
    growth: growthOf(list, changes.slice(0, CHANGES_MAX)),
    more: changes.length > CHANGES_MAX,
    told: told.map(({ id, actor, hashKind: _, ...same }) => ({ ...same, feedback: id, by: actor })),
    judged: judged.map(({ actor, ...same }) => ({ ...same, by: actor })),
  }
}

/**
 * Withdraws an entry, with a reason.
 *
 * @throws Fault `people.refused`, on record; `register.unknown` for an entry that is not of the list, or stands no more
 */
export async function withdrawEntry(
  desk: ListsDesk,
  by: By,
  name: string,
  { entry, because }: { readonly entry: number; readonly because: string },
): Promise<Applied> {
  const at = desk.now()
  return pass(desk.database, { by: by.id, act: 'curate-lists', at }, async (tx) => {
    const list = await lockList(tx, name)
    const { key, list: of, until } = await entryOf(tx, entry)
    if (of !== list.id || until !== undefined)
      throw new Fault('register.unknown', `no entry ${entry} stands in list "${name}"`)
    const signed = { actor: `person:${by.id}`, at } as const
    return applyStepsIn(tx, list, [[{ kind: 'withdraw', key, because }]], { kind: 'edit', signed, because })
  })
}

/** Who keeps lists looks at them by that; others who answer for the work by reading records. */
async function letIn({ database, now }: ListsDesk, by: By): Promise<void> {
  const act: Act = mayCurate(by) ? 'curate-lists' : 'read-records'
  await pass(database, { by: by.id, act, at: now() }, async () => undefined)
}

function mayCurate({ roles }: By): boolean {
  return roles.includes('steward')
}

function listTold(
  list: RegisteredList,
  sources: readonly SourceState[],
  { judgements, ...feedback }: ListFigures,
  ownList: string,
): DeskListsTold['lists'][number] {
  const { name, kind, publisher, trust, scheme, entries, version, changedAt } = list
  const source = sources.find((one) => one.list === list.id)
  return {
    ...{ name, kind, publisher, trust, entries, version, changedAt, judgements, feedback },
    own: name === ownList,
    ...(scheme !== undefined && { scheme }),
    ...(source && { source: sourceTold(source) }),
  }
}

function sourceTold(source: SourceState): NonNullable<DeskListTold['source']> {
  const { name, isEnabled, failures, failedBecause, succeededAt, nextAt, held } = source
  return {
    ...{ name, enabled: isEnabled, failures },
    ...(succeededAt && { succeededAt: succeededAt.toISOString() }),
    ...(nextAt && { nextAt: nextAt.toISOString() }),
    ...(failedBecause !== undefined && { failedBecause }),
    ...(held && { held: { at: held.at, because: held.because, figures: { ...held.figures } } }),
  }
}

/** What stood after each change is counted backward from what stands now. */
function growthOf(
  { entries: standing }: RegisteredList,
  changes: Awaited<ReturnType<typeof changesOf>>,
): DeskListTold['growth'] {
  let entries = standing
  return changes.map(({ number, at, kind, actor, added, replaced, withdrawn, because }) => {
    const row = { number, at, kind, by: actor, added, replaced, withdrawn, entries }
    entries += withdrawn - added
    return because === undefined ? row : { ...row, because }
  })
}
