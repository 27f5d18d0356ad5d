/** Desk: what is sent and answered about the queue, cases, votes and appeals. */
import Type, { type Static } from 'typebox'
import { BASES, CASE_ITEM_STATES, CASE_STATES, VOTE_POLICIES } from '#terms/casework'
import { WARNINGS } from '#terms/prioritiser'
import { REPORT_CHANNELS, REPORTER_TRUSTS } from '#terms/report'
import { CaseNumber, closed, ItemIdText, Words } from './evidence.ts'
import { CaseItemIdText, GoldenGradesTold } from './golden.ts'
import { HashesBody, KindOfCase, KindOfReport } from './reports.ts'
import { Basis, CategoriesByScheme, Moment, TrustWord, word } from './words.ts'

const PersonText = Type.String({ pattern: '^p-[0-9a-z]{16}$', description: 'A person, by pseudonym.' })
const StateOfCase = word(CASE_STATES, 'For whom it waits.')
const Code = Type.String({ minLength: 1, maxLength: 100 })

export const PriorityTold = Type.Object({
  atRisk: Type.Boolean(),
  gradeOne: Type.Boolean(),
  severity: Type.Integer({ minimum: 0, maximum: 3 }),
  dueAt: Type.Optional(Moment),
  confidence: Type.Integer({ minimum: 0, maximum: 3 }),
  trust: word(REPORTER_TRUSTS, 'Orders, and leaves nothing out.'),
  ordered: Type.Optional(Type.Object({ by: Type.String(), points: Type.Integer() })),
  receivedAt: Moment,
})

export const ClaimTold = Type.Object({
  by: PersonText,
  purpose: word(['assess', 'second-review', 'adjudicate'] as const, 'What they do with it.'),
  until: Moment,
  mine: Type.Boolean(),
})

export const CaseTold = Type.Object({
  number: CaseNumber,
  kind: KindOfCase,
  state: StateOfCase,
  openedAt: Moment,
  priority: PriorityTold,
  claim: Type.Optional(ClaimTold),
  heldBecause: Type.Optional(Type.String()),
  closedAt: Type.Optional(Moment),
  closedBecause: Type.Optional(Type.String()),
  version: Type.Integer(),
})
export type CaseTold = Static<typeof CaseTold>

const Moved = Type.Optional(
  Type.Integer({ description: 'Places higher than without the prioritiser; below 0: lower.' }),
)

/** `GET /v1/queue?limit&offset&state` */
export const QueueTold = Type.Object({
  cases: Type.Array(
    Type.Intersect([
      CaseTold,
      Type.Object({
        items: Type.Integer(),
        reports: Type.Integer(),
        why: Type.String({ description: 'Why it stands above the next, in one line.' }),
        moved: Moved,
      }),
    ]),
  ),
  total: Type.Integer({ description: 'All that wait for a person.' }),
  more: Type.Boolean(),
})
export type QueueTold = Static<typeof QueueTold>

export const GradeBody = Type.Object(
  { scheme: Code, version: Code, category: Code },
  { ...closed, description: 'A category of a scheme; `none` for not a category of it.' },
)

export const AnnotationBody = Type.Object(
  {
    youngest: Type.Optional(Code),
    sexes: Type.Optional(
      Type.Array(word(['female', 'male', 'unclear'] as const, 'Of the children that are seen.'), {
        maxItems: 3,
      }),
    ),
    children: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    selfGenerated: Type.Optional(word(['yes', 'no', 'unclear'] as const, 'Taken by the child.')),
    selfGeneratedContext: Type.Optional(
      word(['consensual', 'pressured', 'recorded-by-others', 'unclear'] as const, 'What is known of how.'),
    ),
    origin: Type.Optional(
      word(['photographed', 'drawn', 'generated', 'unclear'] as const, 'How it was made.'),
    ),
    series: Type.Optional(Code),
  },
  closed,
)

const MatchTold = Type.Object({
  list: Type.String(),
  entry: Type.Integer(),
  trust: TrustWord,
  categories: CategoriesByScheme,
  basis: Basis,
  distance: Type.Optional(Type.Integer()),
})

const ClassifiedTold = Type.Object(
  {
    by: Type.String({ description: 'Which model.' }),
    at: Moment,
    points: Type.Optional(Type.Integer()),
    warnings: Type.Array(word(WARNINGS, 'Shown before a look; often wrong.')),
    because: Type.Optional(Type.String({ description: 'Why it could say nothing.' })),
  },
  {
    description: 'What a prioritiser’s model said of a picture. It orders and warns, and is never a finding.',
  },
)

export const ScreeningTold = Type.Object({
  outcome: word(['same', 'near', 'none', 'unknown'] as const, '`none`: not on these lists, then, in reach.'),
  because: Type.Optional(Type.String()),
  wasKnown: Type.Optional(Type.Boolean({ description: 'By an entry that is relied on no more.' })),
  matches: Type.Array(MatchTold),
  change: Type.Integer(),
  versions: Type.String(),
  at: Moment,
  attempts: Type.Integer(),
  classified: Type.Optional(ClassifiedTold),
})

export const DecidedTold = Type.Object({
  grades: Type.Array(GradeBody),
  annotation: AnnotationBody,
  how: word(['known', 'one', 'agreed', 'adjudicated'] as const, 'How it came to stand.'),
  at: Moment,
  entry: Type.Optional(Type.Object({ list: Type.String(), entry: Type.Integer() })),
})

export const CaseItemTold = Type.Object({
  id: CaseItemIdText,
  item: Type.Optional(ItemIdText),
  kind: KindOfReport,
  hashes: HashesBody,
  mediaType: Type.Optional(Type.String({ description: 'Of sealed bytes.' })),
  sizeBytes: Type.Optional(Type.Integer()),
  state: word(CASE_ITEM_STATES, 'How it stands.'),
  screening: Type.Optional(ScreeningTold),
  stack: CaseItemIdText,
  decision: Type.Optional(DecidedTold),
  version: Type.Integer(),
})

/** A vote as it is shown: another's grade only once one's own is in, or the item is decided. */
export const VoteTold = Type.Object({
  id: Type.String(),
  item: CaseItemIdText,
  by: PersonText,
  mine: Type.Boolean(),
  round: Type.Integer({ minimum: 1, maximum: 4 }),
  at: Moment,
  grades: Type.Optional(Type.Array(GradeBody)),
  annotation: Type.Optional(AnnotationBody),
  basis: Type.Optional(word(BASES, 'What the grade rests on.')),
  forStack: Type.Boolean(),
  withdrawable: Type.Boolean({ description: 'True while it can be taken back.' }),
})

export const ReportOfCaseTold = Type.Object({
  id: Type.String(),
  channel: word(REPORT_CHANNELS, 'How it came.'),
  kind: KindOfReport,
  trust: word(REPORTER_TRUSTS, 'Orders, and leaves nothing out.'),
  anonymous: Type.Boolean(),
  atRisk: Type.Boolean(),
  receivedAt: Moment,
  address: Type.Optional(Type.String()),
  words: Type.Optional(Type.String()),
})

/** `GET /v1/cases/{number}`: the first screen of a case: no picture, and what to do next. */
export const WholeCaseTold = Type.Object({
  case: CaseTold,
  why: Type.String(),
  next: Type.String({ description: 'What is to be done next, in one line.' }),
  reports: Type.Array(ReportOfCaseTold),
  items: Type.Array(CaseItemTold),
  moreItems: Type.Integer({ description: 'Items beyond those that are listed.' }),
  votes: Type.Array(VoteTold),
  policy: word(VOTE_POLICIES, 'How many people are asked.'),
  moved: Moved,
  prioritiser: Type.Optional(Type.String({ description: 'Whose word orders beside the rest.' })),
})
export type WholeCaseTold = Static<typeof WholeCaseTold>

/** `POST /v1/cases/{number}/votes` */
export const VoteBody = Type.Object(
  {
    item: CaseItemIdText,
    stack: Type.Optional(Type.Boolean({ description: 'For every item of its stack.' })),
    except: Type.Optional(Type.Array(CaseItemIdText, { maxItems: 1000 })),
    grades: Type.Array(GradeBody, { minItems: 1, maxItems: 8 }),
    annotation: Type.Optional(AnnotationBody),
    basis: word(BASES, 'What the grade rests on.'),
    rationale: Type.Optional(Words),
  },
  { ...closed, description: 'A grade by one person.' },
)
export type VoteBody = Static<typeof VoteBody>

export const VotedTold = Type.Object({
  votes: Type.Array(VoteTold),
  case: CaseTold,
  decided: Type.Array(CaseItemIdText),
  entries: Type.Optional(
    Type.Array(Type.Object({ item: CaseItemIdText, list: Type.String(), entry: Type.Integer() }), {
      description: 'What of it became an entry of the organisation’s own list.',
    }),
  ),
  golden: Type.Optional(GoldenGradesTold),
})
export type VotedTold = Static<typeof VotedTold>

/** `GET /v1/schemes` */
export const SchemesTold = Type.Object({
  schemes: Type.Array(
    Type.Object({
      scheme: Type.String(),
      version: Type.String(),
      title: Type.String(),
      source: Type.Optional(Type.String()),
      isMain: Type.Boolean({ description: 'The one that a digit of the keyboard grades in.' }),
      codes: Type.Array(
        Type.Object({
          code: Type.String(),
          title: Type.String(),
          meaning: Type.Optional(Type.String()),
          key: Type.Optional(Type.String({ description: 'The key that grades so.' })),
        }),
      ),
    }),
  ),
  ageBands: Type.Array(Type.Object({ code: Type.String(), title: Type.String() })),
})
export type SchemesTold = Static<typeof SchemesTold>

export const ClaimBody = Type.Object(
  {
    purpose: Type.Optional(
      word(['assess', 'second-review', 'adjudicate'] as const, 'As its state asks for.'),
    ),
  },
  closed,
)
export const CloseBody = Type.Object({ because: Words }, closed)
export const AppealBody = Type.Object({ item: Type.Optional(CaseItemIdText), because: Words }, closed)
export type AppealBody = Static<typeof AppealBody>
export const AppealTold = Type.Object({
  id: Type.String(),
  caseNumber: CaseNumber,
  item: Type.Optional(CaseItemIdText),
  broughtAt: Moment,
  broughtBy: Type.String(),
  decidedBy: Type.Optional(PersonText),
  decidedAt: Type.Optional(Moment),
  outcome: Type.Optional(word(['upheld', 'changed', 'withdrawn'] as const, 'Of the decision.')),
})
export const AppealDecisionBody = Type.Object(
  {
    outcome: word(
      ['upheld', 'changed', 'withdrawn'] as const,
      'Of the decision; `withdrawn`: of the appeal.',
    ),
    because: Words,
  },
  closed,
)
export type AppealDecisionBody = Static<typeof AppealDecisionBody>

/** `GET /v1/live?case=…`: one `data:` line of the stream, by its `event:`. */
export const LiveTold = Type.Union([
  Type.Object(
    {
      event: Type.Literal('case'),
      case: CaseNumber,
      what: Type.String({ description: 'As its event: `opened`, `claimed`, `released`, `closed` …' }),
    },
    { description: 'A case changed: the queue, or the case itself, is to be read again.' },
  ),
  Type.Object(
    { event: Type.Literal('presence'), case: CaseNumber, people: Type.Array(PersonText) },
    { description: 'Who has a case open now, by pseudonym; whoever listens themself is among them.' },
  ),
  Type.Object(
    { event: Type.Literal('again') },
    { description: 'Something may not have been heard: everything is to be read again.' },
  ),
])
export type LiveTold = Static<typeof LiveTold>
