/** Read: somebody who is signed in reads the ledger: through the door, and on record. */
import { newId } from '#ground/id'
import { append } from '#store/append'
import type { Database } from '#store/database'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'

/** What is done with the ledger. */
export type LedgerReading = 'status' | 'verify' | 'proof' | 'export'

/**
 * Lets a person read the ledger, and writes down that they did; to look how it stands leaves no event. @throws Fault
 * `people.refused`
 */
export function readLedger(
  database: Database,
  { by, at }: { readonly by: PersonId; readonly at: Date },
  what: LedgerReading,
): Promise<void> {
  const subject = { kind: 'ledger', id: 'ledger' } as const
  const act = what === 'export' ? 'export-ledger' : 'read-ledger'
  return pass(database, { by, act, subject, at }, async (tx) => {
    if (what === 'status') return
    const event = { kind: 'ledger.read', body: { what } }
    await append(tx, `reading:${newId('l')}`, 0, [event], { actor: `person:${by}`, at })
  })
}
