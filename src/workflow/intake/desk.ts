/** Desk: what reports are taken in with. */
import type { LookClocks } from '#cases/look-clock'
import type { PersonKeys } from '#ground/person-keys'
import type { Database } from '#store/database'
import type { EvidenceDesk } from '../evidence/desk.ts'

export interface IntakeDesk {
  readonly database: Database
  /** Keys of reports lie beside those of people. */
  readonly keys: PersonKeys
  /** The vault; without it no file is taken. */
  readonly evidence?: EvidenceDesk
  /** Until when somebody must have looked; without it the service's jobs say so later. */
  readonly clocks?: LookClocks
  now(): Date
}
