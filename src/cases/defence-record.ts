/** Defence record: the form of its JSON, from which the PDF is set. docs/formats/defence-record.md. */
import type { DefenceSubject } from './defence-facts.ts'

/** One fact, numbered in its section. */
export interface Fact {
  /** A letter of its section and a number: `A3`. */
  readonly fact: string
  /** ISO 8601, UTC: when it was, or began. */
  readonly at: string
  readonly words: string
  /** Of acts and keepings; `not recorded` where an act names none. */
  readonly purpose?: string
  /** Each as `called: value`. */
  readonly particulars: readonly string[]
  /** The event that it was read from. */
  readonly event?: { readonly stream: string; readonly version: number; readonly kind: string }
}

/** What a paragraph asks, and the facts that answer. */
export interface ParagraphAnswer {
  readonly paragraphs: string
  /** In our words. */
  readonly asks: string
  readonly facts: readonly string[]
  readonly answer: 'see facts' | 'not recorded'
  readonly judged?: string
}

/** Where an event stands in the ledger. */
export interface LedgerLine {
  readonly fact?: string
  readonly stream: string
  readonly version: number
  readonly salt: string
  readonly leaf: string
  readonly number: number | 'pending'
  /** As C2SP tlog-proof, or `not recorded`. */
  readonly proof: string
}

/** The record. */
export interface DefenceRecord {
  readonly format: 'tutela-defence-record/1'
  readonly place: string
  readonly instrument: string
  readonly statement: readonly string[]
  readonly made: { readonly at: string; readonly by: string }
  readonly person: { readonly pseudonym: string; readonly name?: string }
  readonly subject: DefenceSubject
  readonly organisation: 'large' | 'small' | 'not recorded'
  readonly items: readonly {
    readonly id: string
    readonly sha256: string
    readonly mediaType: string
    readonly sizeBytes: number
    readonly sealedAt: string
    readonly state: string
    readonly destroyedAt?: string
  }[]
  readonly roles: readonly Fact[]
  readonly authorities: readonly Fact[]
  readonly training: readonly Fact[]
  readonly advice: readonly Fact[]
  readonly discovery: readonly Fact[]
  readonly acts: readonly Fact[]
  readonly copies: readonly Fact[]
  readonly tellings: readonly Fact[]
  readonly keeping: readonly Fact[]
  readonly holds: readonly Fact[]
  readonly destructions: readonly Fact[]
  readonly paragraphs: readonly ParagraphAnswer[]
  readonly ledger: readonly LedgerLine[]
}
