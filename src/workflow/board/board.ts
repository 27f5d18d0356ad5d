/** Board: clocks, load, agreement and what is ready to be taken down: figures of the team, never of a person. */
import type { Static } from 'typebox'
import type { BoardTold } from '#contract/board'
import * as store from '#store/board'
import type { Session } from '#store/database'
import { allLists } from '#store/lists'
import { sampleFigures } from '#store/samples'
import type { PersonId } from '#terms/people'
import type { AssessDesk } from '../assess/desk.ts'
import { pass } from '../door.ts'
import { agreementOf, goldenOf } from './agreement.ts'

/** What the board is read with. */
export type BoardDesk = Pick<AssessDesk, 'database' | 'vocabularies' | 'schemes' | 'ownList' | 'now'>
type Tables = Static<typeof BoardTold>['tables']

const DAY_MILLISECONDS = 86_400_000
/** Fewer items than this are told of young people as few: whoever knows the place would know the child. */
const SUPPRESSED_BELOW = 5

/**
 * Reads the board.
 *
 * @param days how far back decisions, agreement and growth go
 * @throws Fault `people.refused`, on record
 */
export async function readBoard(desk: BoardDesk, by: PersonId, days: number): Promise<BoardTold> {
  const { database, schemes, ownList } = desk
  const at = desk.now()
  await pass(database, { by, act: 'read-board', at }, async () => undefined)
  const since = new Date(at.getTime() - days * DAY_MILLISECONDS)
  const open = await store.openFigures(database, at)
  const screening = await store.screeningFigures(database, at)
  const tables: Tables = {
    ...ofCases(open),
    load: await store.loadFigures(database, at),
    screening: [
      { what: 'waits', items: screening.waits },
      { what: 'in-hand', items: screening.inHand },
      { what: 'unknown', items: screening.unknown },
    ],
    decisions: byDay(await store.decisionFigures(database, since)),
    agreement: await agreementOf(database, schemes, since),
    sample: [await sampleFigures(database, since)],
    golden: goldenOf(await store.goldenGrades(database, since)),
    growth: await growthOf(database, ownList, since),
    takedown: await takedownOf(desk),
  }
  return {
    ...{ at: at.toISOString(), days, ownList, mainScheme: schemes[0] ?? '', tables },
    ...{ open: open.open, overdue: open.overdue },
    ...(open.nearestDueAt && { nearestDueAt: open.nearestDueAt.toISOString() }),
    ...(open.oldestAt && { oldestAt: open.oldestAt.toISOString() }),
    ...(screening.since && { screeningSince: screening.since.toISOString() }),
  }
}

function ofCases(open: store.OpenFigures): Pick<Tables, 'clocks' | 'waiting'> {
  return {
    clocks: [
      { ends: 'overdue', cases: open.overdue },
      { ends: 'within-4-hours', cases: open.withinFourHours },
      { ends: 'within-a-day', cases: open.withinADay },
      { ends: 'later', cases: open.later },
      { ends: 'none', cases: open.without },
    ],
    waiting: [
      { since: 'under-4-hours', cases: open.underFourHours },
      { since: 'under-a-day', cases: open.underADay },
      { since: 'under-3-days', cases: open.underThreeDays },
      { since: 'under-a-week', cases: open.underAWeek },
      { since: 'longer', cases: open.longer },
    ],
  }
}

function byDay(figures: readonly store.DecisionFigure[]): Tables['decisions'] {
  const days = new Map<string, Tables['decisions'][number]>()
  for (const { day, how, items } of figures) {
    const before = days.get(day) ?? { day, known: 0, one: 0, agreed: 0, adjudicated: 0 }
    days.set(day, { ...before, [how]: before[how] + items })
  }
  return [...days.values()]
}

async function growthOf(session: Session, ownList: string, since: Date): Promise<Tables['growth']> {
  const list = (await allLists(session)).find(({ name }) => name === ownList)
  if (!list) return []
  const figures = await store.growthFigures(session, list.id, since)
  const change = figures.reduce((sum, { added, withdrawn }) => sum + added - withdrawn, 0)
  let entries = list.entries - change
  return figures.map((figure) => {
    entries += figure.added - figure.withdrawn
    return { ...figure, entries }
  })
}

/** What was confirmed and came with an address, where whoever hosts it can be told. */
async function takedownOf({ database, schemes, vocabularies }: BoardDesk): Promise<Tables['takedown']> {
  const scheme = schemes[0] ?? ''
  const figures = await store.takedownFigures(database, scheme)
  return figures
    .filter(({ category }) => vocabularies.meaningOf({ [scheme]: [category] }) === 'alert')
    .map(({ kind, category, items }) => {
      const suppressed = kind === 'young-people' && items < SUPPRESSED_BELOW
      return { kind, category, suppressed, ...(!suppressed && { items }) }
    })
}
