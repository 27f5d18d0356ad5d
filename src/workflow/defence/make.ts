/** Make: assembles the defence record of one person, lets it through the door, and writes its digest into the ledger. */
import { createHash } from 'node:crypto'
import { defenceRecord } from '#cases/defence'
import type { DefenceRecord } from '#cases/defence-record'
import { newId } from '#ground/id'
import { append } from '#store/append'
import type { Database } from '#store/database'
import type { PersonId } from '#terms/people'
import { pass } from '../door.ts'
import { byLedger, type DefenceAsked, gather, type ProveLeaf } from './gather.ts'

/** What records are made with. */
export interface DefenceDesk {
  readonly database: Database
  /** That of this deployment's ledger, unless given. */
  readonly prove?: ProveLeaf
  now(): Date
}

/** A record and its JSON, of which the ledger holds the digest. */
export interface MadeRecord {
  readonly id: string
  readonly record: DefenceRecord
  readonly json: string
  /** SHA-256 of the JSON, in hex. */
  readonly sha256: string
}

/**
 * Makes a record. A person makes their own; of others those make it who answer for them.
 *
 * @throws Fault `people.refused`, on record; `people.unknown`, `evidence.unknown`, `evidence.refused`
 */
export function makeDefenceRecord(
  { database, prove = byLedger, now }: DefenceDesk,
  by: PersonId,
  asked: DefenceAsked,
): Promise<MadeRecord> {
  const at = now()
  const { person, subject } = asked
  const signed = { actor: `person:${by}`, at } as const
  return pass(
    database,
    { by, act: 'make-defence-record', subject: { kind: 'person', id: person }, at },
    async (transaction) => {
      const record = defenceRecord(await gather(transaction, asked, { at, madeBy: signed.actor, prove }))
      const json = `${JSON.stringify(record, undefined, 2)}\n`
      const sha256 = createHash('sha256').update(json).digest('hex')
      const id = newId('dr')
      const body = { person, subject: { ...subject }, sha256 }
      await append(transaction, `defence:${id}`, 0, [{ kind: 'defence.made', body }], signed)
      return { id, record, json, sha256 }
    },
  )
}
