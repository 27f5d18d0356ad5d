/** Sections: the pages of the desk, and for whom each is. */
import type { Role } from '#terms/people'

export interface Section {
  readonly to: string
  readonly title: string
  /** What it is for, in one line: the palette shows it. */
  readonly words: string
  /** Everybody where absent. */
  readonly roles?: readonly Role[]
}

const DESK: readonly Role[] = [
  'analyst',
  'reviewer',
  'supervisor',
  'officer',
  'examiner',
  'safeguarding-lead',
  'auditor',
]

export const SECTIONS: readonly Section[] = [
  { to: '/queue', title: 'Queue', words: 'Cases that wait for a person, in their order', roles: DESK },
  {
    to: '/lists',
    title: 'Lists',
    words: 'Known hashes: growth, sources, feedback',
    roles: ['steward', 'supervisor', 'auditor', 'administrator'],
  },
  {
    to: '/board',
    title: 'Board',
    words: 'Clocks, load, agreement',
    roles: ['supervisor', 'safeguarding-lead', 'auditor'],
  },
  { to: '/exposure', title: 'My exposure', words: 'What looking cost you, breaks, opting out' },
  {
    to: '/ledger',
    title: 'Ledger',
    words: 'What was done, with its proof',
    roles: [
      'supervisor',
      'auditor',
      'administrator',
      'steward',
      'officer',
      'examiner',
      'approving-senior-officer',
    ],
  },
  {
    to: '/people',
    title: 'People',
    words: 'People, roles, written authorities, recipients',
    roles: [
      'administrator',
      'supervisor',
      'safeguarding-lead',
      'approving-senior-officer',
      'auditor',
      'analyst',
      'officer',
      'examiner',
    ],
  },
  {
    to: '/audit',
    title: 'Audit',
    words: 'Refusals and records',
    roles: ['auditor', 'supervisor', 'safeguarding-lead', 'approving-senior-officer', 'administrator'],
  },
  { to: '/settings', title: 'Settings', words: 'Your sign-in, keys and colours' },
]

/** The sections that somebody's roles open. */
export function sectionsFor(roles: readonly Role[]): Section[] {
  return SECTIONS.filter((section) => section.roles?.some((role) => roles.includes(role)) ?? true)
}
