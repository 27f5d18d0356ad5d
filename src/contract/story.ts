/** Story: what was done in a case, in order, each act with its place in the ledger; and how the ledger stands. */
import Type, { type Static } from 'typebox'
import { CaseNumber } from './evidence.ts'
import { Moment, word } from './words.ts'

export const LEAF_STATES = ['pending', 'numbered', 'proved', 'differs'] as const

const EventId = Type.String({ pattern: '^[1-9][0-9]{0,17}$', description: 'An event of the story.' })

/** `GET /v1/cases/{number}/story?after` */
export const StoryQuery = Type.Object(
  { after: Type.Optional(EventId) },
  { additionalProperties: false, description: 'What comes after an event.' },
)
export type StoryQuery = Static<typeof StoryQuery>

export const StoryTold = Type.Object({
  case: CaseNumber,
  /** The size that the newest signed checkpoint speaks of; 0 before the first. */
  signedLeaves: Type.Integer({ minimum: 0, description: 'Leaves that the newest checkpoint signs for.' }),
  events: Type.Array(
    Type.Object({
      id: EventId,
      at: Moment,
      by: Type.String({
        description: '`person:` and a pseudonym, `client:`, `source:`, or `tutela` itself.',
      }),
      kind: Type.String(),
      stream: Type.String(),
      version: Type.Integer({ minimum: 1 }),
      words: Type.String({ description: 'What was done.' }),
      particulars: Type.Array(Type.String()),
      leaf: Type.Object({
        state: word(
          LEAF_STATES,
          '`pending`: no number yet; `numbered`: not signed for yet; `proved`: the leaf is the digest of this event ' +
            'and a signed checkpoint covers it; `differs`: the leaf is not of this event as it stands.',
        ),
        number: Type.Optional(Type.Integer({ minimum: 0 })),
      }),
      proof: Type.Optional(Type.String({ description: 'Where its proof can be fetched.' })),
    }),
  ),
  next: Type.Optional(EventId),
})
export type StoryTold = Static<typeof StoryTold>

export const StoryEventNamed = Type.Object({ number: CaseNumber, event: EventId })

/** `GET /v1/ledger/status` */
export const LedgerTold = Type.Object({
  leaves: Type.Integer({ minimum: 0, description: 'Leaves that have a number.' }),
  pending: Type.Integer({ minimum: 0, description: 'Leaves that wait for one.' }),
  checkpoint: Type.Optional(
    Type.Object({
      size: Type.Integer(),
      at: Moment,
      root: Type.String({ description: 'Root of the tree, in base64.' }),
      note: Type.String({ description: 'As it was signed (C2SP tlog-checkpoint).' }),
    }),
  ),
  key: Type.Optional(Type.String({ description: 'The key by which checkpoints are signed.' })),
  places: Type.Array(
    Type.Object({
      kind: word(['witness', 'timestamp', 'mail'] as const, 'What it does with a checkpoint.'),
      place: Type.String(),
      size: Type.Integer({ description: 'Of the last checkpoint that it took.' }),
      at: Type.Optional(Moment),
      failedBecause: Type.Optional(Type.String()),
    }),
    { description: 'Outside this service, where checkpoints are given.' },
  ),
})
export type LedgerTold = Static<typeof LedgerTold>
