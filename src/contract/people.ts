/** People: what is sent and answered about people, their roles, authorities and records. */
import Type, { type Static } from 'typebox'
import { ACTS, AUTHORITY_PURPOSES, PURPOSES } from '#terms/people'
import { PersonIdText, RoleWord } from './sign-in.ts'
import { Moment, word } from './words.ts'

const closed = { additionalProperties: false } as const
const Line = Type.String({ minLength: 1, maxLength: 500 })
const Words = Type.String({ minLength: 1, maxLength: 8000 })
const Roles = Type.Array(RoleWord, { maxItems: 11, uniqueItems: true })
const Departments = Type.Array(Line, { maxItems: 100, uniqueItems: true })
const ActWord = word(ACTS, 'What somebody does that not everybody may.')
const CaseNumber = Type.String({ pattern: '^[A-Za-z0-9_./-]{1,100}$', description: 'A case.' })

export const PersonNamed = Type.Object({ id: PersonIdText })
export const PersonTold = Type.Object({
  id: PersonIdText,
  state: word(['invited', 'active', 'suspended', 'left'] as const, 'Whether they may act.'),
  roles: Roles,
  departments: Departments,
  waits: Type.Optional(
    Type.Boolean({ description: 'Until a person other than whoever admitted or changed them lets them in.' }),
  ),
  version: Type.Integer(),
  admittedAt: Moment,
  leftAt: Type.Optional(Moment),
  weededAt: Type.Optional(Moment),
  keyGoneAt: Type.Optional(Moment),
  weedingCompleteAt: Type.Optional(Moment),
  budgetUnits: Type.Optional(Type.Integer()),
})
export type PersonTold = Static<typeof PersonTold>
export const WeededTold = Type.Object({
  isComplete: Type.Boolean({ description: 'The key is gone, and no registered copy of it is left.' }),
  remaining: Type.Array(
    Type.Object({ id: Type.String(), label: Type.String(), expiresAt: Type.Optional(Moment) }),
    { description: 'Backups that may still hold the key.' },
  ),
})
export type WeededTold = Static<typeof WeededTold>
export const PeopleTold = Type.Object({ people: Type.Array(PersonTold) })
export type PeopleTold = Static<typeof PeopleTold>

export const Admission = Type.Object(
  { name: Line, contact: Type.Optional(Line), roles: Roles, departments: Departments },
  { ...closed, description: 'Names are sealed under a key of the person’s own.' },
)
export type Admission = Static<typeof Admission>
export const InvitedTold = Type.Object({
  person: PersonIdText,
  token: Type.String({ description: 'Of the one-time setup link, shown this once.' }),
  until: Moment,
})
export type InvitedTold = Static<typeof InvitedTold>

export const RolesSet = Type.Object({ roles: Roles, departments: Type.Optional(Departments) }, closed)
export type RolesSet = Static<typeof RolesSet>
export const RevealAsked = Type.Object({ purpose: word(PURPOSES, 'Why.') }, closed)
export type RevealAsked = Static<typeof RevealAsked>
export const IdentityTold = Type.Object({ name: Type.String(), contact: Type.Optional(Type.String()) })
export type IdentityTold = Static<typeof IdentityTold>

export const CaseGiven = Type.Object({ case: CaseNumber, ends: Type.Optional(Type.Boolean()) }, closed)
export type CaseGiven = Static<typeof CaseGiven>
const On = Type.Object(
  {
    kind: word(['case', 'item', 'person'] as const, 'What it is about.'),
    id: Type.String({ maxLength: 100 }),
  },
  closed,
)
export const ConflictGiven = Type.Object({ on: On }, closed)
export type ConflictGiven = Static<typeof ConflictGiven>
export const AdviceGiven = Type.Object(
  { officer: Line, acts: Type.Array(ActWord, { minItems: 1, maxItems: ACTS.length }), words: Words },
  closed,
)
export type AdviceGiven = Static<typeof AdviceGiven>
export const TrainingGiven = Type.Object(
  {
    subject: Line,
    givenBy: Line,
    at: Moment,
    validUntil: Type.Optional(Moment),
    exposureUnits: Type.Integer({
      ...{ minimum: 0, maximum: 1_000_000 },
      description: 'Of what was shown; counted as exposure.',
    }),
  },
  closed,
)
export type TrainingGiven = Static<typeof TrainingGiven>
export const RiskGiven = Type.Object(
  { on: On, because: Words, minutes: Type.Integer({ minimum: 1, maximum: 1440 }) },
  { ...closed, description: 'A child at risk now.' },
)
export type RiskGiven = Static<typeof RiskGiven>
export const Made = Type.Object({ id: Type.String() })

export const AdviceTold = Type.Object({
  id: Type.String(),
  givenTo: PersonIdText,
  officer: Type.String(),
  acts: Type.Array(ActWord),
  words: Type.String(),
  at: Moment,
  acknowledgedAt: Type.Optional(Moment),
})
export type AdviceTold = Static<typeof AdviceTold>
export const RecordsTold = Type.Object({
  advice: Type.Array(AdviceTold),
  training: Type.Array(
    Type.Object({
      id: Type.String(),
      person: PersonIdText,
      subject: Type.String(),
      givenBy: Type.String(),
      at: Moment,
      validUntil: Type.Optional(Moment),
      exposureUnits: Type.Integer(),
    }),
  ),
})
export type RecordsTold = Static<typeof RecordsTold>
export const ConflictsTold = Type.Object({
  conflicts: Type.Array(
    Type.Object({ on: On, by: Type.String({ description: 'Who wrote it down.' }), at: Moment }),
  ),
})
export type ConflictsTold = Static<typeof ConflictsTold>
export const AllocationsTold = Type.Object({
  allocations: Type.Array(Type.Object({ case: CaseNumber, at: Moment })),
})
export type AllocationsTold = Static<typeof AllocationsTold>
export const RefusalsTold = Type.Object({
  refusals: Type.Array(
    Type.Object({
      id: Type.String(),
      by: Type.String(),
      at: Moment,
      act: Type.String(),
      because: Type.String(),
      words: Type.String({ description: 'The reason as it was told.' }),
      purpose: Type.Optional(Type.String()),
      on: Type.Optional(Type.String({ description: 'What it would have been on: its kind and id.' })),
    }),
  ),
})
export type RefusalsTold = Static<typeof RefusalsTold>

const AUTHORITY = {
  issuer: Type.String({ maxLength: 2000, description: 'The officer.' }),
  issuedFor: Type.String({ maxLength: 2000, description: 'A chief officer, or the National Crime Agency.' }),
  purposes: Type.Array(word(AUTHORITY_PURPOSES, 'One of the three of paragraph 24.'), {
    minItems: 1,
    maxItems: 3,
  }),
  acts: Type.Array(ActWord, { minItems: 1, maxItems: ACTS.length }),
  people: Type.Array(PersonIdText, { maxItems: 1000 }),
  departments: Type.Array(Line, { maxItems: 1000, description: 'With no people: the whole organisation.' }),
  scope: Type.Object(
    {
      cases: Type.Optional(Type.Array(CaseNumber, { maxItems: 1000 })),
      hosts: Type.Optional(Type.Array(Line, { maxItems: 1000 })),
      lists: Type.Optional(Type.Array(Line, { maxItems: 1000 })),
    },
    { ...closed, description: 'What is absent is not bounded.' },
  ),
  conditions: Type.Array(Type.String({ maxLength: 2000 }), {
    maxItems: 1000,
    description: '`training` is held to; others are words that are shown.',
  }),
  from: Moment,
  until: Moment,
  reviewAt: Type.Optional(Moment),
}
export const AuthorityGiven = Type.Object(
  {
    ...AUTHORITY,
    documentSha256: Type.Optional(
      Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Of the paper itself.' }),
    ),
  },
  closed,
)
export type AuthorityGiven = Static<typeof AuthorityGiven>
export const AuthorityTold = Type.Object({
  id: Type.String(),
  ...AUTHORITY,
  revokedAt: Type.Optional(Moment),
  version: Type.Integer(),
})
export type AuthorityTold = Static<typeof AuthorityTold>
export const AuthoritiesTold = Type.Object({ authorities: Type.Array(AuthorityTold) })
export type AuthoritiesTold = Static<typeof AuthoritiesTold>
export const Revocation = Type.Object({ because: Words }, closed)
export type Revocation = Static<typeof Revocation>
