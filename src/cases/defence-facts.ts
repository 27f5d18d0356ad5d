/** Defence facts: what stands in the records about one person and one item or case, before anything is said of it. */
import type { Event } from '#terms/event'
import type { VaultItem } from '#terms/evidence'
import type { Advice, Authority, PersonId } from '#terms/people'
import type { DelayReason, Discovery } from './clock.ts'

/** What a record is about. */
export interface DefenceSubject {
  readonly kind: 'item' | 'case'
  readonly id: string
}

/** A place where a copy was, as the register has it. */
export interface CopyFact {
  readonly id: string
  readonly item?: string
  readonly place: string
  readonly label: string
  readonly madeAt: string
  readonly madeBy: string
  readonly expiresAt?: string
  readonly accountedAt?: string
  readonly outcome?: string
  readonly proof?: string
}

/** Somebody who was told. */
export interface TellingFact {
  readonly id: string
  readonly told: string
  readonly what: string
  readonly by: string
  readonly at: string
}

/** An item is kept for something. */
export interface KeepingFact {
  readonly item: string
  readonly purpose: string
  readonly profile: string
  readonly from: string
  readonly until?: string
  readonly lapsedAt?: string
}

/** A hold on an item. */
export interface HoldFact {
  readonly id: string
  readonly item: string
  readonly issuer: string
  readonly because: string
  readonly placedAt: string
  readonly releasedAt?: string
}

/** A destruction of an item, and how far it is. */
export interface DestructionFact {
  readonly id: string
  readonly item: string
  readonly because: string
  readonly proposedBy: string
  readonly proposedAt: string
  readonly approvedBy?: string
  readonly approvedAt?: string
  readonly withdrawnAt?: string
  readonly keyGoneAt?: string
  readonly blobGoneAt?: string
  readonly completeAt?: string
}

/** A training that the person had. */
export interface TrainingFact {
  readonly id: string
  readonly subject: string
  readonly givenBy: string
  readonly at: string
  readonly validUntil?: string
}

/** Where an event stands in the ledger. */
export interface LedgerFact {
  readonly stream: string
  readonly version: number
  /** Salt and leaf, in hex: the leaf is SHA-256 of the salt and the canonical event. */
  readonly salt: string
  readonly leaf: string
  /** Its number in the tree; absent while it is pending. */
  readonly number?: number
  /** The proof as a public tool reads it (C2SP tlog-proof); absent while it is pending, or where none could be made. */
  readonly proof?: string
}

/** Everything that a defence record is assembled from. */
export interface DefenceFacts {
  readonly person: PersonId
  /** Given by whoever asks for the record, and kept nowhere. */
  readonly name?: string
  readonly subject: DefenceSubject
  readonly at: string
  readonly madeBy: string
  /** `large`: formal procedure is expected; `small`: what was done and why (paragraph 12). */
  readonly organisation?: 'large' | 'small'
  readonly items: readonly VaultItem[]
  /** The events of the person's own stream: roles and departments through time. */
  readonly personEvents: readonly Event[]
  readonly authorities: readonly Authority[]
  readonly training: readonly TrainingFact[]
  readonly advice: readonly Advice[]
  readonly discoveries: readonly (Discovery & { readonly delays: readonly DelayReason[] })[]
  readonly tellings: readonly TellingFact[]
  /** What the person did that bears on the subject, refusals among it, in the order in which it was written down. */
  readonly acts: readonly Event[]
  readonly copies: readonly CopyFact[]
  readonly keeping: readonly KeepingFact[]
  readonly holds: readonly HoldFact[]
  readonly destructions: readonly DestructionFact[]
  readonly ledger: readonly LedgerFact[]
}
