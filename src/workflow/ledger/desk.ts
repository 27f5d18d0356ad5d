/** Desk: what numbering and signing need, and where checkpoints are put besides. */
import type { Log } from '#ground/log'
import type { SigningKey } from '#ledger/key'
import type { CheckpointFile } from '#notary/checkpoint-file'
import type { Database } from '#store/database'

/** A lock that is held: `lost` when the way to the database broke before it was released. */
interface Lock {
  readonly lost: AbortSignal
  release(): Promise<void>
}

export interface LedgerDesk {
  readonly database: Database
  readonly log: Log
  /** Opens the log's key and its checkpoint file; called by the one process that holds the lock. */
  open(mayMake: boolean): Promise<Notary>
  /** Takes a lock that one process at a time may hold; undefined when another has it. */
  lock(name: string): Promise<Lock | undefined>
  now(): Date
  /** Waits; rejects with the reason of `stop`. */
  pause(seconds: number, stop: AbortSignal): Promise<void>
}

/** What signs, and where it writes down what it signed. */
export interface Notary {
  readonly key: SigningKey
  readonly file: CheckpointFile
}
