/** Work: what the cast did with a case before the demonstration begins, each act through its own door. */
import { itemsInCase } from '#store/case-items'
import type { Basis, CaseItem, Grade } from '#terms/casework'
import type { ViewLevel } from '#terms/evidence'
import type { PersonId, Purpose } from '#terms/people'
import { vote } from '../assess/vote.ts'
import { askViewing, showViewing } from '../evidence/view.ts'
import { endViewing } from '../evidence/view-end.ts'
import { claimCase } from '../queue/claim.ts'
import { closeCase, holdCase } from '../queue/close.ts'
import { labelsOf } from './bring.ts'
import type { CastMember } from './cast.ts'
import { actorIn, type StageDesk } from './desk.ts'
import { LABELS, type Label, type Plot } from './plots.ts'

const MINUTE = 60_000
const ITEMS_MAX = 100
const VIEW_SECONDS = 20
const SEEN_MILLISECONDS = 4000
/** What nobody grades. */
const DONE = new Set<CaseItem['state']>(['known', 'decided', 'new'])

/** Does with a case what its plot says was done. */
export async function workOn(
  desk: StageDesk,
  cast: readonly CastMember[],
  { name, worked, pictures = [] }: Plot,
  number: string,
): Promise<void> {
  const { clock, queue } = desk
  const analyst = actorIn(cast, 'analyst', 1 + (Number(name.at(-1)) % 2))
  const reviewer = actorIn(cast, 'reviewer')
  clock.at += 25 * MINUTE
  switch (worked) {
    case undefined:
      return
    case 'dismissed': {
      await claimCase(queue, analyst, number)
      await closeCase(queue, analyst, number, 'Nothing is there any more, and nothing was given to look at.')
      return
    }
    case 'held': {
      const because = 'The police ask to wait until their operation is over.'
      await holdCase(queue, actorIn(cast, 'supervisor'), number, because)
      return
    }
    case 'first':
    case 'agreed':
    case 'split': {
      const labels = await labelsOf(desk, pictures)
      await graded(desk, { by: analyst, number, purpose: 'assess', labels })
      if (worked === 'first') return
      clock.at += 15 * MINUTE
      const isOtherwise = worked === 'split'
      await graded(desk, { by: reviewer, number, purpose: 'second-review', labels, isOtherwise })
      if (worked === 'split') return
      clock.at += 5 * MINUTE
      await closeCase(queue, actorIn(cast, 'supervisor'), number, 'Graded and entered; nothing else is due.')
    }
  }
}

interface Grading {
  readonly by: PersonId
  readonly number: string
  readonly purpose: Extract<Purpose, 'assess' | 'second-review'>
  readonly labels: ReadonlyMap<string, Label>
  /** True where they say otherwise of the first. */
  readonly isOtherwise?: boolean
}

/** Grades a case stack by stack: of what no list knows the first is looked at, as small as will do. */
async function graded(desk: StageDesk, given: Grading): Promise<void> {
  const { by, number, purpose, labels, isOtherwise } = given
  await claimCase(desk.queue, by, number)
  const items = await itemsInCase(desk.queue.database, number, ITEMS_MAX)
  const open = items.filter(({ state }) => !DONE.has(state))
  const stacks = [...new Set(open.map(({ stack }) => stack))]
  for (const [place, stack] of stacks.entries()) {
    const first = open.find((item) => item.stack === stack)
    if (!first) continue
    const label = labels.get(first.hashes.sha256 ?? '') ?? 'none'
    const basis = await looked(desk, { by, number, purpose }, first)
    desk.clock.at += MINUTE
    await vote(desk.assess, {
      ...{ by, caseNumber: number, item: first.id, basis, stack: { except: [] } },
      grades: [gradeOf(desk, isOtherwise && place === 0 ? otherThan(label) : label)],
      annotation: { origin: 'generated' },
      rationale: 'As the scene is labelled.',
    })
  }
}

/** Looks at an item on record, where its bytes are here. @returns what the grade rests on */
async function looked(
  { view, clock }: StageDesk,
  { by, number, purpose }: Pick<Grading, 'by' | 'number' | 'purpose'>,
  { item, state }: CaseItem,
): Promise<Basis> {
  if (item === undefined || state === 'near') return 'hash'
  const level: Extract<ViewLevel, Basis> = 'thumbnail'
  const viewing = await askViewing(view, {
    ...{ by, item, level, purpose, caseNumber: number, boxSeconds: VIEW_SECONDS },
  })
  await showViewing(view, by, viewing.id)
  clock.at += SEEN_MILLISECONDS
  await endViewing(view, by, viewing.id, { seenMilliseconds: SEEN_MILLISECONDS, isComplete: true })
  return level
}

function gradeOf({ assess }: StageDesk, category: string): Grade {
  const [scheme = ''] = assess.schemes
  return { scheme, version: assess.vocabularies.schemes.get(scheme)?.version ?? '', category }
}

function otherThan(label: Label): Label {
  return LABELS[(LABELS.indexOf(label) + 1) % LABELS.length] ?? 'none'
}
