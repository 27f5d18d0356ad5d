/** Desk lists: what a signed-in person is told of lists, of where they come from and how they grew; never a hash. */
import Type, { type Static } from 'typebox'
import { CHANGE_KINDS, LIST_KINDS, USES } from '#terms/register'
import { closed, Words } from './evidence.ts'
import { ListName, Moment, TrustWord, word } from './words.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

const SourceTold = Type.Object({
  name: Type.String(),
  enabled: Type.Boolean(),
  succeededAt: Type.Optional(Moment),
  nextAt: Type.Optional(Moment),
  failures: count('Pulls that failed since the last that did not.'),
  failedBecause: Type.Optional(Type.String()),
  held: Type.Optional(
    Type.Object(
      {
        at: Moment,
        because: Type.String(),
        figures: Type.Record(Type.String(), Type.Number()),
      },
      { description: 'A pull that is complete and was not applied: it is beyond the bounds that were set.' },
    ),
  ),
})

const LIST = {
  name: ListName,
  kind: word(LIST_KINDS, '`alert`: a match means something; `known-good`: the same file is harmless.'),
  publisher: Type.String(),
  trust: TrustWord,
  scheme: Type.Optional(Type.String()),
  entries: count('Entries that stand.'),
  version: Type.Integer(),
  changedAt: Moment,
  own: Type.Boolean({ description: 'True of the list that decisions of this desk become entries of.' }),
  source: Type.Optional(SourceTold),
  feedback: Type.Object({
    affirm: count('Told: right.'),
    dispute: count('Told: wrong.'),
    unsent: count('Not sent yet.'),
    failed: count('Could not be sent.'),
  }),
  judgements: count('Entries that are thought of otherwise here than by their publisher.'),
}

export const DeskListsTold = Type.Object({ lists: Type.Array(Type.Object(LIST)) })
export type DeskListsTold = Static<typeof DeskListsTold>

/** `GET /v1/desk/lists/{name}?format` */
export const DeskListQuery = Type.Object(
  { format: Type.Optional(word(['json', 'csv'] as const, '`csv`: the growth alone.')) },
  { additionalProperties: false },
)

export const DeskListTold = Type.Object({
  ...LIST,
  terms: Type.String({ description: "The publisher's conditions, in words." }),
  uses: Type.Array(word(USES, 'A use that its terms permit.')),
  growth: Type.Array(
    Type.Object({
      number: Type.Integer({ description: 'Place of the change among all changes.' }),
      at: Moment,
      kind: word(CHANGE_KINDS, 'What was done.'),
      by: Type.String(),
      added: count('Entries that came.'),
      replaced: count('Entries that another version took the place of.'),
      withdrawn: count('Entries that were withdrawn.'),
      entries: count('Entries that stood afterwards.'),
      because: Type.Optional(Type.String()),
    }),
    { description: 'Its changes, the newest first; so many at most.' },
  ),
  more: Type.Boolean({ description: 'True where earlier changes are left off.' }),
  told: Type.Array(
    Type.Object({
      feedback: Type.Integer(),
      entry: Type.Integer(),
      kind: word(['affirm', 'dispute'] as const, 'What is told to the source.'),
      because: Type.Optional(Type.String()),
      by: Type.String(),
      at: Moment,
      sentAt: Type.Optional(Moment),
      failedBecause: Type.Optional(Type.String()),
    }),
    { description: 'Feedback to its source, the newest first.' },
  ),
  judged: Type.Array(
    Type.Object({
      entry: Type.Integer(),
      trust: Type.Optional(TrustWord),
      disabledUntil: Type.Optional(Type.String({ description: 'ISO 8601, or `always`.' })),
      because: Type.String(),
      by: Type.String(),
      at: Moment,
    }),
    { description: 'What is thought of its entries here, the newest first.' },
  ),
  mayCurate: Type.Boolean({ description: 'True of whoever may withdraw an entry.' }),
})
export type DeskListTold = Static<typeof DeskListTold>

/** `POST /v1/desk/lists/{name}/withdrawals` */
export const WithdrawalBody = Type.Object(
  { entry: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }), because: Words },
  { ...closed, description: 'An entry that is to stand no more, and why.' },
)
export type WithdrawalBody = Static<typeof WithdrawalBody>
