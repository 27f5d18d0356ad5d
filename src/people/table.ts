/** Table: who may do what, and for which purposes: data, with the source of each row's reason. */
import type { Purpose, Role } from '#terms/people'
import type { Row } from './row.ts'

const memorandum = (paragraphs: string): string => `Memorandum on section 46 (2021), ${paragraphs}`
const guide = (heading: string): string => `docs/guides/access.md, ${heading}`

const ASSESSING: readonly Purpose[] = ['assess', 'confirm-near', 'report', 'identify-child']
const REVIEWING: readonly Purpose[] = ['second-review', 'adjudicate', 'confirm-near', 'appeal']
const INVESTIGATING: readonly Purpose[] = ['investigate', 'confirm-near', 'identify-child', 'proceedings']
const HANDING_OVER: readonly Purpose[] = ['report', 'investigate', 'proceedings', 'identify-child']
const KEEPING: readonly Purpose[] = ['preserve', 'proceedings', 'investigate', 'report']
const SWORN: readonly Role[] = ['officer', 'examiner', 'approving-senior-officer']
const READERS: readonly Role[] = ['supervisor', 'auditor', 'administrator', 'steward', ...SWORN]
const IDENTIFYING: readonly Purpose[] = [
  'investigate',
  'proceedings',
  'identify-child',
  'integrity',
  'report',
]

const MATERIAL: readonly Row[] = [
  {
    roles: ['analyst', 'officer', 'examiner'],
    acts: ['seal'],
    purposes: ['assess', 'report', 'investigate', 'preserve', 'screen'],
    standing: 'role',
    because: 'whoever has the duty to receive material may keep it safe',
    source: memorandum('paragraphs 15 and 17'),
  },
  {
    roles: ['analyst'],
    acts: ['view'],
    purposes: ASSESSING,
    reach: 'own-case',
    standing: 'case',
    because: 'an analyst looks at what their own case needs',
    source: memorandum('paragraphs 15 and 20'),
  },
  {
    roles: ['reviewer'],
    acts: ['view'],
    purposes: REVIEWING,
    reach: 'own-case',
    standing: 'case',
    because: 'a second pair of eyes, in their own case',
    source: memorandum('paragraphs 12 and 15'),
  },
  {
    roles: ['officer', 'examiner'],
    acts: ['view'],
    purposes: INVESTIGATING,
    reach: 'own-case',
    standing: 'case',
    because: 'the police look at what is allocated to them',
    source: memorandum('paragraphs 9 and 15'),
  },
  {
    roles: ['supervisor'],
    acts: ['view'],
    purposes: ['adjudicate', 'appeal'],
    reach: 'own-case',
    standing: 'case',
    because: 'a supervisor looks where two disagree, or where somebody appeals',
    source: memorandum('paragraph 12'),
  },
  {
    roles: ['analyst'],
    acts: ['view'],
    purposes: ['training'],
    standing: 'authority',
    because: 'real material in training is for authorised staff, on training that a hotline gives',
    source: memorandum('paragraphs 18, 31 and 32'),
  },
  {
    roles: ['analyst', 'officer', 'examiner', 'steward'],
    acts: ['process'],
    purposes: ['screen', 'investigate', 'identify-child'],
    standing: 'role',
    because: 'numbers come back of a processing, and nobody sees anything',
    source: memorandum('paragraphs 15 and 20'),
  },
  {
    roles: ['analyst', 'officer', 'examiner', 'supervisor'],
    acts: ['propose-export', 'export'],
    purposes: HANDING_OVER,
    reach: 'own-case',
    standing: 'case',
    because: 'a copy leaves only for a report or a proceeding, from one’s own case',
    source: memorandum('paragraphs 16, 17 and 20'),
  },
  {
    roles: ['supervisor', 'approving-senior-officer'],
    acts: ['approve-export', 'approve-destruction'],
    because: 'what cannot be taken back is approved by another person',
    source: memorandum('paragraphs 12, 17 and 20'),
  },
  {
    roles: ['analyst', 'supervisor', 'officer', 'examiner'],
    acts: ['propose-destruction'],
    because: 'nothing is kept for longer than it is needed',
    source: memorandum('paragraphs 17 to 20'),
  },
  {
    roles: ['analyst', 'officer', 'examiner', 'supervisor', 'approving-senior-officer', 'safeguarding-lead'],
    acts: ['hold'],
    purposes: KEEPING,
    because: 'to keep evidence from loss is never too early',
    source: memorandum('paragraphs 21 and 24'),
  },
  {
    roles: ['supervisor', 'approving-senior-officer'],
    acts: ['release-hold', 'set-retention'],
    because: 'what lets material go is decided by those who answer for it',
    source: memorandum('paragraphs 12 and 19'),
  },
  {
    roles: ['analyst', 'officer', 'examiner', 'supervisor', 'it-responder', 'administrator'],
    acts: ['account-copy'],
    because: 'whoever knows that a copy is gone says so',
    source: memorandum('paragraph 20'),
  },
  {
    roles: ['analyst', 'reviewer', 'officer', 'examiner'],
    acts: ['read-item'],
    reach: 'own-case',
    because: 'digests and dates of what is in one’s own case',
    source: memorandum('paragraph 17'),
  },
  {
    roles: ['supervisor', 'approving-senior-officer', 'safeguarding-lead', 'auditor'],
    acts: ['read-item'],
    because: 'digests and dates for those who answer for the handling; no pixel of it',
    source: memorandum('paragraph 12'),
  },
]

const SEARCH: readonly Row[] = [
  {
    roles: ['analyst', 'officer', 'examiner'],
    acts: ['scan'],
    purposes: ['screen', 'investigate'],
    standing: 'role',
    because: 'nobody without a duty searches; whoever found one file at work stops there',
    source: memorandum('paragraphs 9, 15 and 22'),
  },
  {
    roles: ['analyst', 'officer'],
    acts: ['crawl'],
    purposes: ['screen', 'investigate'],
    standing: 'authority',
    because: 'to go out and look needs a written authority and its scope',
    source: memorandum('paragraphs 22 to 25'),
  },
  {
    roles: ['steward'],
    acts: ['curate-lists'],
    because: 'lists are kept right by those who see no picture',
    source: guide('Lists'),
  },
  {
    roles: ['analyst', 'officer', 'examiner'],
    acts: ['assess'],
    reach: 'own-case',
    because: 'a grade is given in one’s own case',
    source: guide('Assessing'),
  },
  {
    roles: ['reviewer', 'supervisor'],
    acts: ['confirm'],
    reach: 'own-case',
    because: 'another person confirms a grade',
    source: guide('Assessing'),
  },
]

const RECORDS: readonly Row[] = [
  {
    roles: ['supervisor', 'administrator'],
    acts: ['register-recipient'],
    because: 'material goes to registered authorities alone',
    source: memorandum('paragraphs 16 and 27'),
  },
  {
    roles: ['supervisor', 'approving-senior-officer', 'officer', 'analyst', 'auditor', 'administrator'],
    acts: ['check-recipient'],
    because: 'others compare the key, out of band',
    source: guide('Two people'),
  },
  {
    roles: [
      ...(['supervisor', 'approving-senior-officer', 'officer', 'examiner'] as const),
      ...(['analyst', 'auditor', 'administrator'] as const),
    ],
    acts: ['read-recipients'],
    because: 'whoever proposes, approves or checks must see to whom',
    source: memorandum('paragraphs 16 and 20'),
  },
  {
    roles: ['supervisor', 'approving-senior-officer'],
    acts: ['register-authority', 'revoke-authority', 'allocate-case'],
    reach: 'another',
    because: 'who may act, and where, is set by those who answer for it, and not for themselves',
    source: memorandum('paragraphs 12, 23 and 24'),
  },
  {
    roles: ['supervisor', 'approving-senior-officer', 'safeguarding-lead', 'officer'],
    acts: ['record-advice', 'record-training', 'record-conflict'],
    because: 'advice, training and conflicts of interest are kept where they will be seen again',
    source: memorandum('paragraphs 12, 26 and 31'),
  },
  {
    roles: 'everybody',
    acts: ['record-conflict', 'acknowledge-advice', 'read-own-exposure', 'make-defence-record'],
    reach: 'self',
    because: 'what concerns a person is theirs to see and to say',
    source: memorandum('paragraphs 4, 12 and 26'),
  },
  {
    roles: 'everybody',
    acts: ['record-discovery'],
    because: 'whoever finds something says so, and when: each answers for their own acts',
    source: memorandum('paragraphs 15 and 16'),
  },
  {
    roles: 'everybody',
    acts: ['declare-risk'],
    because: 'the protection of a child comes first',
    source: memorandum('paragraph 1'),
  },
  {
    roles: ['analyst', 'reviewer', 'officer', 'examiner', 'supervisor', 'safeguarding-lead'],
    acts: ['claim-risk'],
    because: 'whoever is there takes up a child at risk now',
    source: memorandum('paragraph 1'),
  },
  {
    roles: ['supervisor', 'auditor', 'approving-senior-officer', 'safeguarding-lead'],
    acts: ['make-defence-record'],
    because: 'the organisation can show what its people did',
    source: memorandum('paragraph 12'),
  },
  {
    roles: ['supervisor', 'safeguarding-lead', 'auditor'],
    acts: ['read-exposure-totals'],
    because: 'totals, so that nobody looks for too long; the person sees theirs first',
    source: guide('Exposure'),
  },
  {
    roles: ['supervisor', 'auditor', 'safeguarding-lead', 'approving-senior-officer', 'administrator'],
    acts: ['read-records'],
    because: 'roles, authorities, advice and refusals by pseudonym',
    source: memorandum('paragraph 12'),
  },
  {
    roles: READERS,
    acts: ['read-ledger', 'export-ledger'],
    because: 'the ledger holds digests alone, and is there to be checked',
    source: memorandum('paragraph 12'),
  },
]

const PEOPLE: readonly Row[] = [
  {
    roles: ['administrator'],
    acts: ['keep-vault'],
    because:
      'whoever runs the service unlocks the vault and has it verified; nothing of an item is shown by that',
    source: memorandum('paragraphs 12 and 17'),
  },
  {
    roles: ['administrator'],
    acts: ['admit-person'],
    because: 'an administrator lets people in, and has no access to material by being one',
    source: guide('Administrators'),
  },
  {
    roles: ['administrator'],
    acts: ['set-roles', 'reset-sign-in'],
    reach: 'another',
    because: 'nobody gives a role to themself',
    source: guide('Administrators'),
  },
  {
    roles: ['administrator', 'supervisor', 'safeguarding-lead'],
    acts: ['suspend-person'],
    reach: 'another',
    because: 'whoever abuses a position is stopped by more than one person',
    source: memorandum('paragraphs 12 and 14'),
  },
  {
    roles: ['supervisor', 'safeguarding-lead'],
    acts: ['set-budget'],
    reach: 'another',
    because: 'how much one person looks at is not theirs alone to set',
    source: guide('Exposure'),
  },
  {
    roles: ['administrator', 'supervisor', 'safeguarding-lead', 'approving-senior-officer', 'officer'],
    acts: ['reveal-identity'],
    purposes: IDENTIFYING,
    because: 'a name is told to named roles, with a reason',
    source: guide('Names'),
  },
  {
    roles: ['administrator', 'supervisor'],
    acts: ['weed-identity'],
    reach: 'another',
    because: 'a name that is needed no more is shredded',
    source: guide('Names'),
  },
]

/** Role × act × purpose. What stands in no row is refused. */
export const TABLE: readonly Row[] = [...MATERIAL, ...SEARCH, ...RECORDS, ...PEOPLE]
