/** Desk: what the steps behind the HMA routes work with, and on whose behalf. */
import type { Database } from '#store/database'
import { type Client, isBoundTo } from '#terms/client'
import type { Actor } from '#terms/event'
import { Fault } from '#terms/fault'
import type { FileReading } from '#terms/media'
import type { RegisterIndex } from '#terms/register-index'
import type { ContentType } from './signals.ts'

/** What was fetched from an address. */
export interface Fetched {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array>
}

/** Fetches what is at an address and gives it to `read`; so many at once as there is memory for. */
export type Fetching = <T>(untrustedUrl: string, read: (fetched: Fetched) => Promise<T>) => Promise<T>

/** What the steps work with. */
export interface HmaDesk {
  readonly database: Database
  readonly index: RegisterIndex
  readonly now: () => Date
  /** Reads a file that is in memory; nothing of it touches a disk. */
  readonly readBytes: (bytes: Buffer, asked: { readonly pictures: boolean }) => Promise<FileReading>
  /** Fetches from a public address; absent where fetching by URL is not enabled. Throws Fault `wire.*`. */
  readonly fetch?: Fetching
  /** Largest file, in bytes: a photo is held in memory, a video only passes. */
  readonly bytesMax: Readonly<Record<ContentType, number>>
  /** Bytes of all files in memory. `take` throws Fault `server.busy` when there is no room. */
  readonly room: { take(bytes: number): void; give(bytes: number): void }
  /** Where the exchanges of HMA clients and their credentials are kept; absent: they have none. */
  readonly exchangesFolder?: string
}

/** On whose behalf a step is taken. */
export interface Caller extends Pick<Client, 'lists'> {
  readonly actor: Actor
}

/** True of a list that a caller is answered from as a bank. */
export function isBankFor(
  caller: Caller,
  list: { readonly id: number; readonly name: string; readonly kind: string },
): boolean {
  return list.kind === 'alert' && isBoundTo(caller, list)
}

/**
 * Waits until what was committed is searched. What keeps that from happening soon is no failure of what was done: it is kept, and
 * is searched when the index has followed; HMA promises no more.
 */
export async function untilSearched({ index }: HmaDesk, number?: number): Promise<void> {
  if (index.state.kind === 'building') return
  await index.catchUp(number, 'alone').catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error
  })
}
