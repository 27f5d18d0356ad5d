/** Story words: what an event of a case says was done, in a plain sentence; never what somebody voted. */
import type { Canonical, Event } from '#terms/event'
import { particularsOf, purposeIn, wordsOf } from './act-words.ts'

const WORDS: Readonly<Record<string, string>> = {
  'case.opened': 'Opened the case',
  'case.joined': 'Joined a report to the case',
  'case.claimed': 'Took the case up',
  'case.claim-extended': 'Kept the case for longer',
  'case.released': 'Gave the case back',
  'case.claim-lapsed': 'The case was no longer in hand: its time had run out',
  'case.screened': 'The machine had looked at every item',
  'case.ordered': 'Moved the case in the queue',
  'case.clock-set': 'Set when the nearest clock of the case ends',
  'case.state-changed': 'The case waits for another step',
  'case.appealed': 'Opened the case again for an appeal',
  'case.held': 'Put the case on hold',
  'case.resumed': 'Took the case up again after a hold',
  'case.reopened': 'Opened the closed case again',
  'case.closed': 'Closed the case',
  'case-item.added': 'Added an item',
  'case-item.screened': 'The machine looked at an item',
  'case-item.classified': 'A prioritiser’s model said something of an item, which orders and decides nothing',
  'case-item.stacked': 'Put an item with others that look alike',
  'case-item.voted': 'Graded an item',
  'case-item.vote-withdrawn': 'Took a grade back',
  'case-item.decided': 'What stands of an item was decided',
  'case-item.golden': 'A generated picture of a golden set: its answer was known',
  'case-item.sampled': 'Drew the item for one more review',
  'case-item.sample-ended': 'Ended a review by sample',
  'case-item.undecided': 'Undid the decision on an item',
  'report.received': 'A report came',
  'report.looked-at': 'A report was looked at',
  'report.clock-set': 'Set until when a report is to be looked at',
  'report.closed': 'A report was closed',
  'report.weeded': 'Shredded the words of a report',
  'appeal.brought': 'Said that a decision was wrong',
  'appeal.decided': 'Decided an appeal',
}

/** What was done. An event that is not known here is called as the record of custody calls it, or by its code. */
export function storyWords(event: Pick<Event, 'kind' | 'actor'>): string {
  return WORDS[event.kind] ?? wordsOf(event)
}

/** Members of a body that are told of casework, in order. Grades are not among them: a second vote is blind to the first. */
const TOLD: readonly (readonly [member: string, called: string])[] = [
  ['state', 'state'],
  ['kind', 'kind'],
  ['channel', 'from'],
  ['outcome', 'outcome'],
  ['ended', 'ended'],
  ['items', 'items'],
  ['round', 'round'],
  ['basis', 'rests on'],
  ['forStack', 'for the whole stack'],
  ['how', 'how'],
  ['list', 'entered in'],
  ['entry', 'as entry'],
  ['report', 'report'],
  ['item', 'item'],
  ['appeal', 'appeal'],
]
const CASEWORK = /^(case|case-item|report|appeal)\./

/**
 * The particulars of an event, each as `called: value`.
 *
 * @param isDecided whether its item is decided now: only then is told what was decided
 */
export function storyParticulars(event: Pick<Event, 'kind' | 'body'>, isDecided: boolean): string[] {
  const purpose = purposeIn(event)
  if (!CASEWORK.test(event.kind)) return [...(purpose ? [`for: ${purpose}`] : []), ...particularsOf(event)]
  const isHidden = event.kind === 'case-item.decided' && !isDecided
  const told = TOLD.flatMap(([member, called]) => {
    const value = event.body[member]
    const isBlind = event.kind === 'case-item.voted' && member === 'basis' && !isDecided // as its grade
    return !isHidden && !isBlind && isTold(value) ? [`${called}: ${value === true ? 'yes' : value}`] : []
  })
  return [...told, ...claimOf(event), ...(isDecided ? decidedAs(event) : [])]
}

function isTold(value: Canonical | undefined): value is string | number | true {
  return value === true || typeof value === 'number' || (typeof value === 'string' && value !== '')
}

/** For what somebody has the case. */
function claimOf({ body: { claim } }: Pick<Event, 'body'>): string[] {
  const purpose = memberOf(claim, 'purpose')
  return typeof purpose === 'string' ? [`for: ${purpose}`] : []
}

function decidedAs({ kind, body: { grades } }: Pick<Event, 'kind' | 'body'>): string[] {
  if (kind !== 'case-item.decided' || !Array.isArray(grades)) return []
  return grades.map(
    (grade: Canonical) => `category: ${memberOf(grade, 'category')} (${memberOf(grade, 'scheme')})`,
  )
}

function memberOf(value: Canonical | undefined, member: string): Canonical | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Canonical>>)[member]
    : undefined
}
