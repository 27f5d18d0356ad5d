/** Reading: the ledger for the length of a command: whoever is signed in passes the door; else it is the host's own access. */
import { Fault } from '#terms/fault'
import type { LedgerReading } from '#workflow/ledger/read'
import { signedIn } from '../session.ts'
import { type StoreDesk, withStore } from '../store.ts'

/**
 * Opens the store to read the ledger. Where somebody is signed in at this terminal, they do it, in their role and on
 * record. Where
 * nobody is, whoever runs the machine does: they could read the files as well, and must be able to when nobody can sign in.
 *
 * @throws Fault `people.refused`, on record; those of `withStore`
 */
export function withLedger<T>(what: LedgerReading, work: (desk: StoreDesk) => Promise<T>): Promise<T> {
  return withStore(async (desk) => {
    const here = await signedIn(desk).catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'people.sign-in') return undefined
      throw error
    })
    if (here) {
      const { readLedger } = await import('#workflow/ledger/read')
      await readLedger(desk.database, { by: here.by, at: new Date() }, what)
    }
    return work(desk)
  })
}
