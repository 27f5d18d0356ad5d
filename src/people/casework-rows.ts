/** Casework rows: who searches, takes up cases, grades and confirms. */
import { guide, memorandum, type Row } from './row.ts'

export const SEARCH: readonly Row[] = [
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
    roles: ['reviewer'],
    acts: ['confirm'],
    purposes: ['second-review', 'adjudicate'],
    reach: 'own-case',
    because: 'another person confirms a grade',
    source: guide('Assessing'),
  },
  {
    roles: ['supervisor'],
    acts: ['confirm'],
    purposes: ['adjudicate'],
    reach: 'own-case',
    because: 'a supervisor decides where two disagree, as they look at nothing but that',
    source: guide('Assessing'),
  },
]

export const CASEWORK: readonly Row[] = [
  {
    roles: ['analyst', 'officer', 'reviewer', 'supervisor', 'safeguarding-lead'],
    acts: ['bring-report'],
    because: 'whoever is told of something writes it down',
    source: guide('Cases'),
  },
  {
    roles: ['analyst', 'reviewer', 'supervisor', 'officer', 'examiner', 'safeguarding-lead', 'auditor'],
    acts: ['read-queue'],
    because: 'what waits, by number and without a picture',
    source: guide('Cases'),
  },
  {
    roles: ['analyst', 'reviewer', 'supervisor', 'officer', 'examiner'],
    acts: ['claim-case'],
    because: 'one person at a time takes up a case of those that wait for their role',
    source: guide('Cases'),
  },
  {
    roles: ['analyst', 'reviewer', 'officer', 'examiner'],
    acts: ['read-case'],
    reach: 'own-case',
    because: 'what was told of a case is for those who work on it',
    source: memorandum('paragraphs 15 and 20'),
  },
  {
    roles: ['supervisor', 'safeguarding-lead', 'auditor'],
    acts: ['read-case', 'read-board'],
    because: 'those who answer for the work see it, and no picture by that',
    source: memorandum('paragraph 12'),
  },
  {
    roles: ['analyst', 'officer', 'supervisor'],
    acts: ['close-case'],
    reach: 'own-case',
    because: 'a case ends with a reason by whoever had it',
    source: guide('Cases'),
  },
  {
    roles: ['analyst', 'officer', 'examiner', 'reviewer', 'supervisor'],
    acts: ['withdraw-vote'],
    because: 'one’s own word can be taken back until it counts',
    source: guide('Assessing'),
  },
  {
    roles: ['supervisor'],
    acts: ['close-case'],
    because: 'whoever answers for the work closes, holds and opens a case again',
    source: guide('Cases'),
  },
  {
    roles: ['supervisor', 'analyst', 'steward', 'safeguarding-lead'],
    acts: ['bring-appeal'],
    because: 'whoever is told of a wrong decision writes it down',
    source: guide('Appeals'),
  },
  {
    roles: ['supervisor', 'steward'],
    acts: ['make-golden'],
    because:
      'how well a team agrees is measured on generated pictures, by those who answer for it and grade nothing of it first',
    source: guide('Golden sets'),
  },
  {
    roles: ['reviewer', 'supervisor'],
    acts: ['decide-appeal'],
    because: 'an appeal is decided by a person who has not touched the case',
    source: guide('Appeals'),
  },
]
