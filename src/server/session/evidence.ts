/** Evidence: what routes of material work at. */
import { Fault } from '#terms/fault'
import type { EvidenceDesk } from '#workflow/evidence/desk'
import type { Service } from '../server.ts'

/** The vault's desk. @throws Fault `config.invalid` where this service has none */
export function evidenceOf({ evidence }: Service): EvidenceDesk {
  if (evidence === undefined) throw new Fault('config.invalid', 'this service keeps no evidence')
  return evidence
}
