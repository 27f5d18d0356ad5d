/** Words: how roles, states and acts of people are told. */

import type { RecipientTold } from '#contract/handovers'
import type { PersonTold } from '#contract/people'
import type { AuthorityPurpose, Role } from '#terms/people'

/** What each role is for, in one line. */
export const roleWords: Readonly<Record<Role, string>> = {
  analyst: 'seals, looks and grades in own cases',
  reviewer: 'looks and confirms in own cases',
  supervisor: 'approves, allocates cases, registers authorities',
  officer: 'police: looks at what is allocated to them',
  examiner: 'police: examines what is allocated to them',
  'approving-senior-officer': 'approves exports and destruction; sees no picture',
  'safeguarding-lead': 'training, advice, exposure; sees no picture',
  steward: 'keeps lists; sees no picture',
  'it-responder': 'accounts for copies; sees no picture',
  auditor: 'reads records and the ledger; sees no picture',
  administrator: 'admits people, sets roles; sees no picture',
}

export const personStateWords: Readonly<Record<PersonTold['state'], readonly [string, string]>> = {
  invited: ['invited, not set up yet', 'yellow'],
  active: ['active', 'teal'],
  suspended: ['suspended', 'red'],
  left: ['has left', 'gray'],
}

export const authorityPurposeWords: Readonly<Record<AuthorityPurpose, string>> = {
  'investigate-offence': 'to investigate an offence',
  'prevent-another': 'to prevent another offence',
  'preserve-evidence': 'to preserve evidence',
}

export const recipientKindWords: Readonly<Record<RecipientTold['kind'], string>> = {
  police: 'Police',
  nca: 'National Crime Agency',
  ncmec: 'NCMEC',
  iwf: 'IWF',
  successor: 'Successor of this organisation',
}

/** `approve-export` as `approve export`. */
export const plain = (code: string): string => code.replaceAll('-', ' ')

/** Words that were typed with commas or on lines of their own. */
export function separated(words: string): string[] {
  return words
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
