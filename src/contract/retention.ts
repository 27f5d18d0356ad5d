/** Retention: what is asked and answered about times, holds, copies, destructions, finds and defence records. */
import Type, { type Static } from 'typebox'
import { COPY_OUTCOMES, COPY_PLACES, DISCOVERY_WAYS, REPORTED_TO } from '#terms/evidence'
import { PURPOSES } from '#terms/people'
import { PersonIdText } from './sign-in.ts'
import { Moment, word } from './words.ts'

const closed = { additionalProperties: false } as const
const Words = Type.String({ minLength: 1, maxLength: 2000 })
const Because = Type.String({
  minLength: 1,
  maxLength: 2000,
  description: 'Why, in words; it stays on record.',
})
const Time = Type.String({ maxLength: 40, description: 'ISO 8601.', examples: ['2026-03-01T12:00:00Z'] })
const Actor = Type.String({ description: '`person:p-…`, or `tutela`.' })
const ItemIdText = Type.String({
  pattern: '^v-[0-9a-hjkmnp-tv-z]{16}$',
  description: 'An item of the vault.',
})
const Id = Type.String({ pattern: '^[a-z]{1,3}-[0-9a-hjkmnp-tv-z]{16}$' })
const PurposeWord = word(PURPOSES, 'Why.')
const ProfileName = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,63}$',
  description:
    'A retention profile: `hotline-memorandum`, `platform`, `police`, `workplace` or the operator’s own.',
})
const Subject = Type.Object(
  {
    kind: word(['item', 'case'] as const, 'What it is about.'),
    id: Type.String({ minLength: 1, maxLength: 100 }),
  },
  closed,
)

export const ItemNamed = Type.Object({ id: ItemIdText })
export const Named = Type.Object({ id: Id })
export const MadeTold = Type.Object({ id: Id })

const KeptTold = Type.Object({
  ...{ item: ItemIdText, purpose: PurposeWord, profile: ProfileName, from: Moment },
  until: Type.Optional(Moment),
  lapsedAt: Type.Optional(Moment),
  decidedBecause: Type.Optional(Type.String()),
  version: Type.Integer(),
})
const HoldTold = Type.Object({
  ...{ id: Id, item: ItemIdText, because: Type.String(), issuer: Type.String() },
  reviewAt: Type.Optional(Moment),
  ...{ placedBy: Actor, placedAt: Moment },
  releasedBy: Type.Optional(Actor),
  releasedAt: Type.Optional(Moment),
  releasedBecause: Type.Optional(Type.String()),
  version: Type.Integer(),
})
const CopyTold = Type.Object({
  id: Id,
  item: Type.Optional(ItemIdText),
  place: word(COPY_PLACES, 'Where.'),
  ...{ label: Type.String(), madeAt: Moment, madeBy: Actor },
  expiresAt: Type.Optional(Moment),
  accountedAt: Type.Optional(Moment),
  accountedBy: Type.Optional(Actor),
  outcome: Type.Optional(word(COPY_OUTCOMES, 'What became of it.')),
  proof: Type.Optional(Type.String()),
  version: Type.Integer(),
})
const DestructionBody = Type.Object({
  ...{ id: Id, item: ItemIdText, because: Type.String(), proposedBy: Actor, proposedAt: Moment },
  approvedBy: Type.Optional(Actor),
  approvedAt: Type.Optional(Moment),
  withdrawnAt: Type.Optional(Moment),
  begunAt: Type.Optional(Moment),
  keyGoneAt: Type.Optional(Moment),
  blobGoneAt: Type.Optional(Moment),
  completeAt: Type.Optional(Moment),
  version: Type.Integer(),
})
export const DestructionTold = Type.Object(
  {
    destruction: DestructionBody,
    remaining: Type.Array(CopyTold, {
      description: 'Registered copies of the key that are not accounted for.',
    }),
  },
  { description: 'A destruction: complete only when no registered copy of the key is left.' },
)

export const CareTold = Type.Object(
  {
    item: ItemIdText,
    standing: Type.Object({
      kind: word(['kept', 'due', 'for-nothing'] as const, 'Whether it is kept, or is due to be destroyed.'),
      for: Type.Optional(Type.Array(PurposeWord)),
      until: Type.Optional(Moment),
      since: Type.Optional(Moment),
    }),
    kept: Type.Array(KeptTold),
    holds: Type.Array(HoldTold),
    copies: Type.Array(CopyTold),
    destructions: Type.Array(DestructionBody),
  },
  { description: 'How an item is kept: for what and until when, held by whom, and where its copies are.' },
)

export const FindTold = Type.Object({
  ...{ id: Id, subject: Subject, way: word(DISCOVERY_WAYS, 'How it came to be found.'), how: Type.String() },
  ...{ discoveredBy: Actor, discoveredAt: Moment },
  saidBy: Type.Optional(Type.String({ description: 'Who wrote it down, where somebody else found it.' })),
  dueAt: Type.Optional(Moment),
  reportedAt: Type.Optional(Moment),
  reportedTo: Type.Optional(word(REPORTED_TO, 'To whom.')),
  reference: Type.Optional(Type.String()),
  delays: Type.Array(Type.Object({ reason: Type.String(), person: Actor, at: Moment })),
  version: Type.Integer(),
})
export const FindsTold = Type.Object({ finds: Type.Array(FindTold) })

export const DueTold = Type.Object({
  items: Type.Array(
    Type.Object({
      item: ItemIdText,
      since: Type.Optional(Moment),
      holds: Type.Integer(),
      destruction: Type.Optional(Id),
    }),
    { description: 'Kept for nothing any more. What is held cannot go.' },
  ),
  holds: Type.Array(HoldTold, { description: 'To be looked at again.' }),
  profiles: Type.Array(Type.Object({ name: ProfileName, by: Type.String(), since: Moment }), {
    description: 'Profiles whose period is to be looked at again.',
  }),
  destructions: Type.Array(DestructionBody, { description: 'Not complete.' }),
  finds: Type.Array(FindTold, { description: 'Not reported.' }),
  names: Type.Array(
    Type.Object({
      kind: Type.String({
        description: 'due, to-decide (no period is set) or partly (copies of the key remain).',
      }),
      person: Type.String(),
      since: Type.Optional(Moment),
      leftAt: Type.Optional(Moment),
      by: Type.Optional(Type.Array(Type.String())),
      copies: Type.Optional(Type.Array(Type.String())),
    }),
    { description: 'Names of people who have left.' },
  ),
})

export const HoldGiven = Type.Object(
  {
    because: Because,
    issuer: Type.String({ minLength: 1, maxLength: 2000, description: 'Who asks for it: a force, a court.' }),
    purpose: PurposeWord,
    reviewAt: Type.Optional(Time),
  },
  { ...closed, description: 'Nothing of a held item goes. A hold does not end by its review date.' },
)
export type HoldGiven = Static<typeof HoldGiven>
export const ReviewGiven = Type.Object({ reviewAt: Time }, closed)
export type ReviewGiven = Static<typeof ReviewGiven>
export const BecauseGiven = Type.Object({ because: Because }, closed)
export type BecauseGiven = Static<typeof BecauseGiven>
export const Decided = Type.Object(
  { purpose: PurposeWord, profile: ProfileName, until: Time, because: Because },
  {
    ...closed,
    description: 'Until when an item is kept for a purpose, where its profile leaves that to somebody.',
  },
)
export type Decided = Static<typeof Decided>
export const KeptAnswer = KeptTold
export const CopyGiven = Type.Object(
  {
    item: Type.Optional(ItemIdText),
    place: word(COPY_PLACES, 'Where.'),
    label: Words,
    expiresAt: Type.Optional(Time),
  },
  {
    ...closed,
    description: 'A place where a copy may be, from knowledge and logs; nothing is opened to look.',
  },
)
export type CopyGiven = Static<typeof CopyGiven>
export const CopyAccounted = Type.Object(
  {
    outcome: word(
      COPY_OUTCOMES.filter((outcome) => outcome !== 'expired'),
      'What became of it.',
    ),
    proof: Words,
  },
  closed,
)
export type CopyAccounted = Static<typeof CopyAccounted>
export const AccountedTold = Type.Object({
  completed: Type.Array(Id, { description: 'Destructions that are complete by it.' }),
})
export const Proposal = Type.Object({ item: ItemIdText, because: Because }, closed)
export type Proposal = Static<typeof Proposal>

export const FindGiven = Type.Object(
  {
    subject: Subject,
    way: word(DISCOVERY_WAYS, 'How it came to be found (memorandum on section 46, paragraph 15).'),
    how: Words,
    discoveredAt: Time,
    discoveredBy: Type.Optional(PersonIdText),
    dueAt: Type.Optional(Time),
  },
  { ...closed, description: 'Its clock runs from when somebody knew of it.' },
)
export type FindGiven = Static<typeof FindGiven>
export const DelayGiven = Type.Object({ reason: Because }, closed)
export type DelayGiven = Static<typeof DelayGiven>
export const ReportGiven = Type.Object(
  {
    to: word(REPORTED_TO, '`iwf`: by its own procedure, which counts as a report (paragraph 27).'),
    reportedAt: Time,
    reference: Type.Optional(Words),
  },
  closed,
)
export type ReportGiven = Static<typeof ReportGiven>
export const TellingGiven = Type.Object({ subject: Subject, told: Words, what: Words, at: Time }, closed)
export type TellingGiven = Static<typeof TellingGiven>

export const DefenceAsked = Type.Object(
  {
    person: PersonIdText,
    subject: Subject,
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Printed in it, and kept nowhere.' }),
    ),
    organisation: Type.Optional(word(['large', 'small'] as const, 'As in paragraph 12.')),
  },
  { ...closed, description: 'For whom, and about which item or case.' },
)
export type DefenceAsked = Static<typeof DefenceAsked>
