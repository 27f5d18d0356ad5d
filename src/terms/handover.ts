/** Handover: a copy that leaves for an authority, proposed by one person, approved by another, answered by a receipt. */
import type { ItemId } from './evidence.ts'
import type { PersonId, Purpose } from './people.ts'

/** Authorities to whom material may go: police, and the statutory or recognised bodies. */
export const RECIPIENT_KINDS = ['police', 'nca', 'ncmec', 'iwf', 'successor'] as const
export type RecipientKind = (typeof RECIPIENT_KINDS)[number]

/** People beside whoever registered a recipient who must have compared the key out of band. */
export const CHECKS_NEEDED = 2

/** An authority and its public key. */
export interface Recipient {
  readonly id: `r-${string}`
  readonly name: string
  readonly kind: RecipientKind
  /** `age1…` */
  readonly ageRecipient: string
  readonly registeredBy: PersonId
  readonly registeredAt: string
  /** Who compared the key, how, and when. */
  readonly checks: readonly { readonly person: PersonId; readonly how: string; readonly at: string }[]
  /** True once enough people have checked it, and until it is ended. */
  readonly isReady: boolean
  readonly endedAt?: string
  readonly version: number
}

/** A copy of items of one case for one recipient. */
export interface Handover {
  readonly id: `h-${string}`
  readonly items: readonly ItemId[]
  readonly recipient: Recipient['id']
  readonly caseNumber: string
  readonly purpose: Purpose
  /** In words; it stays in its table. */
  readonly because: string
  readonly proposedBy: PersonId
  readonly proposedAt: string
  readonly approvedBy?: PersonId
  readonly approvedAt?: string
  /** When its file was written whole, once. */
  readonly writtenAt?: string
  /** SHA-256 of the custody bundle that went with it. */
  readonly bundleSha256?: string
  readonly receipt?: string
  readonly receiptAt?: string
  readonly withdrawnAt?: string
  readonly version: number
}
