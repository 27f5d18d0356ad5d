/** Board: what those who answer for the work are told of it: figures of the team, never of a person. */
import Type, { type Static } from 'typebox'
import { CASE_KINDS, CASE_STATES } from '#terms/casework'
import { Moment, word } from './words.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })
const Day = Type.String({ description: 'A day, UTC.', examples: ['2026-05-01'] })
const Scheme = Type.String({ description: 'A scheme of categories.' })

/** When the clocks of open cases end. */
export const CLOCK_BUCKETS = ['overdue', 'within-4-hours', 'within-a-day', 'later', 'none'] as const
/** For how long open cases have been there, by their oldest report. */
export const WAITING_BUCKETS = [
  'under-4-hours',
  'under-a-day',
  'under-3-days',
  'under-a-week',
  'longer',
] as const

const MEASURED = {
  kappa: Type.Optional(
    Type.Number({
      description:
        'Agreement beyond chance, −1 to 1: Cohen 1960 of two, Fleiss 1971 of more. Absent where items are too few to say.',
    }),
  ),
  from: Type.Optional(Type.Number({ description: 'Where it lies 19 times of 20: from …' })),
  until: Type.Optional(Type.Number({ description: '… to.' })),
  caveat: Type.String({ description: 'What the figure can bear.' }),
}

const Tables = Type.Object({
  clocks: Type.Array(
    Type.Object({
      ends: word(CLOCK_BUCKETS, 'When the nearest clock of an open case ends.'),
      cases: count('Open cases.'),
    }),
  ),
  waiting: Type.Array(
    Type.Object({
      since: word(WAITING_BUCKETS, 'How long ago the oldest report came.'),
      cases: count('Open cases.'),
    }),
  ),
  load: Type.Array(
    Type.Object({
      state: word(CASE_STATES, 'For whom it waits.'),
      kind: word(CASE_KINDS, 'What kind of case.'),
      cases: count('Cases.'),
      claimed: count('Of these, cases that somebody has in hand.'),
      held: count('Of these, cases on hold.'),
    }),
  ),
  screening: Type.Array(
    Type.Object({
      what: word(['waits', 'in-hand', 'unknown'] as const, '`unknown`: a check could not be made.'),
      items: count('Items.'),
    }),
  ),
  decisions: Type.Array(
    Type.Object({
      day: Day,
      known: count('The same file was known.'),
      one: count('By one person, where one is asked.'),
      agreed: count('People agreed.'),
      adjudicated: count('A further person decided.'),
    }),
  ),
  agreement: Type.Array(
    Type.Object({
      scheme: Scheme,
      people: Type.Integer({ description: 'Of how many blind grades of each item.' }),
      pairs: count('Items that were graded by so many, blind.'),
      same: count('Of these, those graded alike.'),
      ...MEASURED,
    }),
  ),
  sample: Type.Array(
    Type.Object({
      decided: count('Decisions of which a share is drawn for one more blind review.'),
      drawn: count('Of these, those drawn.'),
      waits: count('Of the drawn, those under review.'),
      agreed: count('The other said the same.'),
      upheld: count('A further person said what had been decided.'),
      changed: count('What had been decided was changed.'),
    }),
  ),
  golden: Type.Array(
    Type.Object({
      scheme: Scheme,
      votes: count('Votes on generated pictures whose answer is known.'),
      right: count('Of these, those that gave it.'),
      ...MEASURED,
    }),
  ),
  growth: Type.Array(
    Type.Object({
      day: Day,
      added: count('Entries that came to the own list.'),
      withdrawn: count('Entries that were withdrawn.'),
      entries: count('Entries that stood at the end of the day.'),
    }),
  ),
  takedown: Type.Array(
    Type.Object({
      kind: word(CASE_KINDS, 'What kind of case.'),
      category: Type.String({ description: 'Of the main scheme.' }),
      items: Type.Optional(count('Absent where it is under five, and about young people.')),
      suppressed: Type.Boolean(),
    }),
  ),
})

export const BOARD_TABLES = [
  'clocks',
  'waiting',
  'load',
  'screening',
  'decisions',
  'agreement',
  'sample',
  'golden',
  'growth',
  'takedown',
] as const satisfies readonly (keyof Static<typeof Tables>)[]
export type BoardTable = (typeof BOARD_TABLES)[number]

export const BOARD_DAYS_MAX = 366

/** `GET /v1/board?days&format&table` */
export const BoardQuery = Type.Object(
  {
    days: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,2}$',
        description: `How far back decisions, agreement and growth go: 30 unless given, ${BOARD_DAYS_MAX} at most.`,
      }),
    ),
    format: Type.Optional(word(['json', 'csv'] as const, '`csv`: one table, as rows for a spreadsheet.')),
    table: Type.Optional(word(BOARD_TABLES, 'Which table, as CSV.')),
  },
  { additionalProperties: false },
)
export type BoardQuery = Static<typeof BoardQuery>

export const BoardTold = Type.Object({
  at: Moment,
  days: Type.Integer(),
  ownList: Type.String({ description: 'The list that decisions become entries of.' }),
  mainScheme: Type.String(),
  open: count('Cases that are neither decided nor closed.'),
  overdue: count('Of these, those whose clock has ended.'),
  nearestDueAt: Type.Optional(Moment),
  oldestAt: Type.Optional(Moment),
  screeningSince: Type.Optional(Moment),
  tables: Tables,
})
export type BoardTold = Static<typeof BoardTold>
