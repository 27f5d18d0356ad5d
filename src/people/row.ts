/** Row: one line of the table of who may do what, and the sources and groups that several of them name. */
import type { Act, Purpose, Role } from '#terms/people'

/** Where a row holds: in cases allocated to the person, on themself alone, or on anybody but themself. */
type Reach = 'own-case' | 'self' | 'another'

/**
 * What an act must stand on: the role as a duty; a case that is allocated, or a written authority;
 * a written authority and nothing else.
 */
type Standing = 'role' | 'case' | 'authority'

export interface Row {
  readonly roles: readonly Role[] | 'everybody'
  readonly acts: readonly Act[]
  /** Purposes of which one must be given; absent: none is asked for. */
  readonly purposes?: readonly Purpose[]
  /** Anywhere unless given. */
  readonly reach?: Reach
  /** Nothing more than the role unless given. */
  readonly standing?: Standing
  /** Why, in one line, and where that is written. */
  readonly because: string
  readonly source: string
}

export const memorandum = (paragraphs: string): string => `Memorandum on section 46 (2021), ${paragraphs}`
export const guide = (heading: string): string => `docs/guides/access.md, ${heading}`

const SWORN: readonly Role[] = ['officer', 'examiner', 'approving-senior-officer']
export const HANDLING: readonly Role[] = ['supervisor', 'analyst', 'auditor', 'administrator', ...SWORN]
export const READERS: readonly Role[] = ['supervisor', 'auditor', 'administrator', 'steward', ...SWORN]
/** Who lets in whom another person admitted, gave a role or reset. */
export const LETTING_IN: readonly Role[] = [
  'administrator',
  'supervisor',
  'safeguarding-lead',
  'approving-senior-officer',
]
export const IDENTIFYING: readonly Purpose[] = [
  'investigate',
  'proceedings',
  'identify-child',
  'integrity',
  'report',
]
