/** Desk: what reports are taken in with. */
import type { PersonKeys } from '#ground/person-keys'
import type { Database } from '#store/database'
import type { EvidenceDesk } from '../evidence/desk.ts'

export interface IntakeDesk {
  readonly database: Database
  /** Keys of reports lie beside those of people. */
  readonly keys: PersonKeys
  /** The vault; without it no file is taken. */
  readonly evidence?: EvidenceDesk
  now(): Date
}
