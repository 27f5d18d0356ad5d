/** Handovers: what is sent and answered about recipients, and about copies that leave for one. */
import Type, { type Static } from 'typebox'
import { RECIPIENT_KINDS } from '#terms/handover'
import { CaseNumber, closed, ItemIdText, PurposeWord, Words } from './evidence.ts'
import { PersonIdText } from './sign-in.ts'
import { Moment, word } from './words.ts'

const RecipientId = Type.String({ pattern: '^r-[0-9a-z]{16}$', description: 'A recipient.' })
const HandoverId = Type.String({ pattern: '^h-[0-9a-z]{16}$', description: 'A handover.' })
const KindWord = word(RECIPIENT_KINDS, 'Which authority.')
const Name = Type.String({ minLength: 1, maxLength: 500 })

export const RecipientBody = Type.Object(
  {
    name: Name,
    kind: KindWord,
    key: Type.String({ maxLength: 4096, description: 'An age public key: `age1…`.' }),
  },
  { ...closed, description: 'Nothing goes to it until two others have compared the key.' },
)
export type RecipientBody = Static<typeof RecipientBody>

export const CheckBody = Type.Object(
  {
    how: Type.String({
      minLength: 1,
      maxLength: 2000,
      description: 'How the key was compared, out of band.',
    }),
  },
  closed,
)
export type CheckBody = Static<typeof CheckBody>

export const RecipientNamed = Type.Object({ id: RecipientId })
export const RecipientTold = Type.Object({
  id: RecipientId,
  name: Name,
  kind: KindWord,
  key: Type.String(),
  registeredBy: PersonIdText,
  registeredAt: Moment,
  checks: Type.Array(Type.Object({ person: PersonIdText, how: Type.String(), at: Moment })),
  ready: Type.Boolean({ description: 'True once two others have checked it, and until it is ended.' }),
  endedAt: Type.Optional(Moment),
})
export type RecipientTold = Static<typeof RecipientTold>
export const RecipientsTold = Type.Object({ recipients: Type.Array(RecipientTold) })
export type RecipientsTold = Static<typeof RecipientsTold>

export const HandoverBody = Type.Object(
  {
    items: Type.Array(ItemIdText, { minItems: 1, maxItems: 500 }),
    recipient: RecipientId,
    case: CaseNumber,
    purpose: PurposeWord,
    because: Words,
  },
  { ...closed, description: 'A copy of items of one case for one recipient.' },
)
export type HandoverBody = Static<typeof HandoverBody>

export const HandoverNamed = Type.Object({ id: HandoverId })
export const HandoversAsked = Type.Object({ case: CaseNumber }, closed)
export const ReceiptBody = Type.Object(
  { receipt: Type.String({ minLength: 1, maxLength: 2000, description: 'What the recipient answered.' }) },
  closed,
)
export type ReceiptBody = Static<typeof ReceiptBody>

export const HandoverTold = Type.Object({
  id: HandoverId,
  items: Type.Array(ItemIdText),
  recipient: RecipientId,
  case: CaseNumber,
  purpose: PurposeWord,
  because: Type.String(),
  proposedBy: PersonIdText,
  proposedAt: Moment,
  approvedBy: Type.Optional(PersonIdText),
  approvedAt: Type.Optional(Moment),
  writtenAt: Type.Optional(Moment),
  bundleSha256: Type.Optional(Type.String()),
  receipt: Type.Optional(Type.String()),
  receiptAt: Type.Optional(Moment),
  withdrawnAt: Type.Optional(Moment),
})
export type HandoverTold = Static<typeof HandoverTold>
export const HandoversTold = Type.Object({ handovers: Type.Array(HandoverTold) })
