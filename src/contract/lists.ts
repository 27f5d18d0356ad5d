/** Lists: what a steward sends and is answered about lists, entries, judgements and feedback. */
import Type, { type Static } from 'typebox'
import { CHANGE_KINDS, LIST_KINDS, USES } from '#terms/register'
import { LIMITS } from './limits.ts'
import { CategoriesByScheme, hex, ListName, Moment, TrustWord, word } from './words.ts'

const ListKindWord = word(
  LIST_KINDS,
  '`alert`: a match means something; `known-good`: the same file by SHA-256 is harmless.',
)

const Uses = Type.Array(word(USES, 'A use.'), {
  maxItems: USES.length,
  description: 'What its terms permit. Only lists for the gate are asked here.',
})

const TERMS = {
  kind: ListKindWord,
  publisher: Type.String({ maxLength: 8192 }),
  terms: Type.String({ maxLength: 8192, description: "The publisher's conditions, in words." }),
  uses: Uses,
  trust: TrustWord,
  scheme: Type.Optional(
    Type.String({ maxLength: 200, description: 'Scheme of category codes that name none.' }),
  ),
}

export const NewList = Type.Object(
  { name: ListName, ...TERMS },
  { additionalProperties: false, description: 'A list to be made.' },
)
export type NewList = Static<typeof NewList>

export const ListTold = Type.Object(
  {
    name: ListName,
    ...TERMS,
    enabledRatio: Type.Number({
      description: 'Of HMA banks: the share of look-ups that it takes part in; at 0 it is off.',
    }),
    version: Type.Integer({ description: 'What `If-Match` names, in quotes.' }),
    entries: Type.Integer({ description: 'Entries that stand.' }),
    changedAt: Moment,
  },
  { description: 'A list as it stands.' },
)
export type ListTold = Static<typeof ListTold>

export const ListsTold = Type.Object({ lists: Type.Array(ListTold) })
export type ListsTold = Static<typeof ListsTold>

const HASHES = {
  md5: Type.Optional(hex(16, 'MD5.')),
  sha1: Type.Optional(hex(20, 'SHA-1.')),
  sha256: Type.Optional(hex(32, 'SHA-256.')),
  pdq: Type.Optional(hex(32, 'PDQ.')),
  photodna: Type.Optional(
    Type.String({ maxLength: 2048, description: 'As its publisher wrote it: carried, not looked up.' }),
  ),
}

const Because = Type.String({
  minLength: 1,
  maxLength: 2000,
  description: 'Why, in words; it stays with the change.',
})
const Key = Type.String({
  minLength: 1,
  maxLength: 1024,
  description: "The publisher's own key, unique in the list.",
})

const PutStep = Type.Object(
  {
    kind: Type.Literal('put'),
    entry: Type.Object(
      {
        key: Type.Optional(Key),
        ...HASHES,
        trust: Type.Optional(TrustWord),
        categories: Type.Optional(CategoriesByScheme),
        label: Type.Optional(Type.String({ maxLength: 2000 })),
        source: Type.Optional(Type.String({ maxLength: 2000 })),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, description: 'Puts an entry, in place of the one with the same key.' },
)

const WithdrawStep = Type.Object(
  { kind: Type.Literal('withdraw'), key: Key, because: Because },
  { additionalProperties: false, description: 'Withdraws the entry with this key.' },
)

export const ChangeAsked = Type.Object(
  {
    steps: Type.Array(Type.Union([PutStep, WithdrawStep]), { minItems: 1, maxItems: LIMITS.stepsMax }),
    because: Type.Optional(Because),
    dryRun: Type.Optional(Type.Boolean({ description: 'Count only; nothing is changed.' })),
  },
  { additionalProperties: false, description: 'A change of the entries of a list: all of it, or nothing.' },
)
export type ChangeAsked = Static<typeof ChangeAsked>

export const ChangeTold = Type.Object(
  {
    kind: word([...CHANGE_KINDS, 'unchanged', 'dry-run'] as const, 'What was done.'),
    number: Type.Optional(Type.Integer({ description: 'Its place among all changes.' })),
    entry: Type.Optional(Type.Integer({ description: 'The entry that was judged.' })),
    at: Type.Optional(Moment),
    added: Type.Integer(),
    replaced: Type.Integer(),
    withdrawn: Type.Integer(),
    unchanged: Type.Integer(),
    digest: Type.Optional(hex(32, 'SHA-256 over the change.')),
    searchable: Type.Boolean({ description: 'True when look-ups already heed it; else they will shortly.' }),
  },
  { description: 'What a change did.' },
)
export type ChangeTold = Static<typeof ChangeTold>

export const JudgementAsked = Type.Object(
  {
    trust: Type.Optional(Type.Union([TrustWord, Type.Null()], { description: 'null takes it back.' })),
    disabledUntil: Type.Optional(
      Type.Union([Type.String({ maxLength: 40 }), Type.Null()], {
        description: 'ISO 8601, or `always`; null switches the entry on again.',
      }),
    ),
    because: Because,
  },
  {
    additionalProperties: false,
    description: 'What is thought of an entry here; what is left out stays as it was.',
  },
)
export type JudgementAsked = Static<typeof JudgementAsked>

export const FeedbackAsked = Type.Object(
  {
    kind: word(['affirm', 'dispute'] as const, 'What is told to the source of the entry.'),
    hashKind: Type.Optional(
      word(['md5', 'sha1', 'sha256', 'pdq', 'photodna'] as const, 'Which hash it is about.'),
    ),
    because: Type.Optional(Because),
  },
  { additionalProperties: false, description: 'Feedback to the source of an entry.' },
)
export type FeedbackAsked = Static<typeof FeedbackAsked>

export const FeedbackTold = Type.Object({ feedback: Type.Integer({ description: 'Its number.' }) })

const JudgementTold = Type.Object({
  trust: Type.Optional(TrustWord),
  disabledUntil: Type.Optional(Type.String({ description: 'ISO 8601, or `always`.' })),
  because: Type.String(),
  at: Moment,
})

export const EntryTold = Type.Object(
  {
    entry: Type.Integer(),
    list: ListName,
    trust: TrustWord,
    categories: CategoriesByScheme,
    stands: Type.Boolean({ description: 'False when it was withdrawn.' }),
    because: Type.Optional(Type.String({ description: 'Why it was withdrawn.' })),
    judgement: Type.Optional(JudgementTold),
    key: Type.Optional(
      Type.String({ description: 'Only with the scope `curate`, as the hashes, label and source.' }),
    ),
    ...HASHES,
    label: Type.Optional(Type.String()),
    source: Type.Optional(Type.String()),
  },
  { description: 'An entry as it stands, or stood last.' },
)
export type EntryTold = Static<typeof EntryTold>
