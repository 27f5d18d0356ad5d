/** Refusals: each in plain words, for whoever asked. */
import type { Refusal } from '#terms/people'

export const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  'no-role': 'no role of yours may do this',
  'no-purpose': 'a purpose must be given',
  'purpose-not-for-role': 'your role may not do this for that purpose',
  'no-authority': 'no written authority that is in force covers it',
  'authority-conditions': 'a condition of the written authority is not met, or its review is overdue',
  'conflict-of-interest': 'a conflict of interest is on record',
  'own-act': 'this needs another person: nobody approves or grants their own',
  'not-allocated': 'the case is not allocated to you, or this is not part of it',
  suspended: 'you are not active here',
  'session-old': 'this needs a sign-in of the last hour',
  'under-hold': 'it is under a legal hold',
  'not-due': 'it is not due',
  destroyed: 'it was destroyed',
  'never-held': 'it was never held here',
  'budget-reached': 'the budget of exposure is reached: hand over',
  'break-due': 'a break is due first',
  'not-checked': 'it was not checked by enough people',
  'opted-out': 'you opted out of this',
  'vault-locked': 'the vault is locked',
}
