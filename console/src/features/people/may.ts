/** May: which acts a page offers to whom. The service decides; what it would refuse anyway is not offered. */
import type { Act, Role } from '#terms/people'
import { hasRole } from '../../app/session.ts'

const ANSWERING: readonly Role[] = ['supervisor', 'approving-senior-officer']
const CARING: readonly Role[] = [...ANSWERING, 'safeguarding-lead', 'officer']

/** As the table of who may do what has it: src/people/table.ts. */
const OFFERED = {
  'read-records': ['supervisor', 'auditor', 'safeguarding-lead', 'approving-senior-officer', 'administrator'],
  'admit-person': ['administrator'],
  'set-roles': ['administrator'],
  'reset-sign-in': ['administrator'],
  'keep-passkeys': ['administrator'],
  'suspend-person': ['administrator', 'supervisor', 'safeguarding-lead'],
  'set-budget': ['supervisor', 'safeguarding-lead'],
  'reveal-identity': ['administrator', 'officer', 'safeguarding-lead', ...ANSWERING],
  'weed-identity': ['administrator', 'supervisor'],
  'allocate-case': ANSWERING,
  'register-authority': ANSWERING,
  'revoke-authority': ANSWERING,
  'record-advice': CARING,
  'record-conflict': CARING,
  'record-training': CARING,
  'register-recipient': ['supervisor', 'administrator'],
  'check-recipient': ['analyst', 'officer', 'auditor', 'administrator', ...ANSWERING],
  'read-recipients': ['analyst', 'auditor', 'administrator', 'officer', 'examiner', ...ANSWERING],
  'make-defence-record': ['auditor', 'safeguarding-lead', ...ANSWERING],
} as const satisfies Partial<Record<Act, readonly Role[]>>

/** True where a page offers the act to somebody with these roles. */
export function may(me: { readonly roles: Role[] }, act: keyof typeof OFFERED): boolean {
  return hasRole(me, ...OFFERED[act])
}
