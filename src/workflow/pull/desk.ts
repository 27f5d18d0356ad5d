/** Desk: what a pull needs besides its source, and what it may come to. */
import type { Ask } from '#ground/wire/ask'
import type { Database } from '#store/database'
import type { HeldPull } from '#store/sources'
import type { StepCounts } from '#store/steps'
import type { FaultCode } from '#terms/fault'

/** A lock that is held: given back when the work ends; `lost` when the way to the database broke before. */
export interface Lock {
  readonly lost: AbortSignal
  release(): Promise<void>
}

export interface PullDesk {
  readonly database: Database
  /** Asks again by itself where that may help. */
  readonly ask: Ask
  /** Takes a lock that one process at a time may hold; undefined when another has it. */
  lock(name: string): Promise<Lock | undefined>
  now(): Date
  /** Waits; rejects with the reason of `stop`. */
  pause(seconds: number, stop?: AbortSignal): Promise<void>
}

/** What was fetched for a pull. */
export interface Fetched {
  readonly whole: boolean
  readonly pages: number
  readonly rows: number
  readonly leftOut: number
}

export type PullOutcome =
  | {
      readonly kind: 'applied'
      readonly change: number
      readonly counts: StepCounts
      readonly fetched: Fetched
    }
  | { readonly kind: 'unchanged' | 'dry-run'; readonly counts: StepCounts; readonly fetched: Fetched }
  | { readonly kind: 'held'; readonly held: HeldPull; readonly fetched: Fetched }
  | { readonly kind: 'failed'; readonly code: FaultCode; readonly because: string }
  /** Another process pulls it now. */
  | { readonly kind: 'busy' }
  /** It was asked to stop; it goes on where it was. */
  | { readonly kind: 'stopped' }
