/** Policy: whether a person may do an act, decided over the table from facts that somebody else has read. */
import type { ItemState } from '#terms/evidence'
import type { Act, Authority, Grant, Person, PersonId, Purpose, Refusal, Role, Subject } from '#terms/people'
import { type Covering, covers } from './authority.ts'
import type { Row } from './row.ts'
import { TABLE } from './table.ts'

/** What whoever asks knows of the act, beside what the door reads for itself. */
export interface Facts {
  readonly exposure?: 'ok' | 'near' | 'break-due' | 'over' | 'opted-out'
  readonly item?: { readonly state: ItemState; readonly held: boolean }
  /** People whose own act this would approve. */
  readonly earlier?: readonly PersonId[]
  /** Of a crawl: the host that is to be asked. */
  readonly host?: string
  /** When the person signed in, where the door asks for a sign-in that is recent. */
  readonly signedInAt?: Date
}

/** Everything that a decision rests on. */
export interface Situation {
  readonly person: Person
  readonly act: Act
  readonly purpose?: Purpose
  readonly subject?: Subject
  readonly facts: Facts
  /** Cases that the act is in: the one that was named and, of an item, those that it belongs to. */
  readonly cases: readonly string[]
  /** Of those the ones that are allocated to the person. */
  readonly allocated: readonly string[]
  readonly item?: {
    readonly state: ItemState | 'unknown'
    readonly isHeld: boolean
    readonly isInCase: boolean
  }
  readonly hasConflict: boolean
  readonly authorities: readonly Authority[]
  /** A child at risk now, declared for this subject or one of its cases, whose time has not run out. */
  readonly override?: string
  readonly isTrained: boolean
  /** ISO 8601, UTC. */
  readonly at: string
}

export type Decision =
  | {
      readonly kind: 'granted'
      readonly roles: readonly Role[]
      readonly basis?: NonNullable<Grant['basis']>
      readonly override?: string
    }
  | { readonly kind: 'refused'; readonly because: Refusal }

type Passed = Extract<Decision, { kind: 'granted' }>

/** Acts that no conflict of interest closes: to say that a child is at risk, or that one has a conflict. */
const OPEN_TO_CONFLICT: ReadonlySet<Act> = new Set([
  'declare-risk',
  'record-conflict',
  'acknowledge-advice',
  'read-own-exposure',
])
/** Acts that a stolen or forgotten session must not do. */
const RECENT_ONLY: ReadonlySet<Act> = new Set([
  'approve-destruction',
  'approve-export',
  'set-roles',
  'let-in',
  'reset-sign-in',
  'keep-passkeys',
  'reveal-identity',
  'weed-identity',
])
const RECENT_MILLISECONDS = 3_600_000
const NEEDS_BYTES: ReadonlySet<Act> = new Set([
  'view',
  'process',
  'propose-export',
  'approve-export',
  'export',
])
const DESTROYS: ReadonlySet<Act> = new Set(['propose-destruction', 'approve-destruction'])
/** From the first thing that is asked to the last: of several rows, the refusal of the one that went furthest is told. */
const ORDER: readonly Refusal[] = [
  'no-role',
  'no-purpose',
  'purpose-not-for-role',
  'own-act',
  'not-allocated',
  'no-authority',
  'authority-conditions',
]

/** Grants or refuses: what no row of the table lets through stays shut. */
export function decide(asked: Situation): Decision {
  if (asked.person.state !== 'active') return refused('suspended')
  const rows = TABLE.filter(({ acts }) => acts.includes(asked.act)).map((row) => decideRow(row, asked))
  const granted = rows.filter((one) => one.kind === 'granted')
  const best = granted.find(({ override }) => override === undefined) ?? granted[0]
  if (!best) return refused(furthest(rows))
  const closed = closedBy(asked)
  if (closed) return refused(closed)
  const tired = closedByExposure(asked)
  if (tired && asked.override === undefined) return refused(tired)
  const roles = [...new Set(granted.flatMap((one) => one.roles))]
  return { ...best, roles, ...(tired && asked.override !== undefined && { override: asked.override }) }
}

/** One row: role, purpose, whom it is on, whose case it is, and what it stands on. */
function decideRow(row: Row, asked: Situation): Decision {
  const { person, subject, purpose } = asked
  const roles = person.roles.filter((role) => row.roles === 'everybody' || row.roles.includes(role))
  if (row.roles !== 'everybody' && roles.length === 0) return refused('no-role')
  const isSelf = subject?.kind === 'person' && subject.id === person.id
  if (row.reach === 'self' && !isSelf) return refused('no-role')
  if (row.purposes && purpose === undefined) return refused('no-purpose')
  if (row.purposes && purpose !== undefined && !row.purposes.includes(purpose))
    return refused('purpose-not-for-role')
  if (row.reach === 'another' && isSelf) return refused('own-act')
  return decideStanding(row, roles, asked)
}

/** Whose case it is, and the duty or the authority. A child at risk now is a claim on the case. */
function decideStanding(row: Row, roles: readonly Role[], asked: Situation): Decision {
  const [allocated] = asked.allocated
  const isOwn = row.reach !== 'own-case' || allocated !== undefined
  if (!isOwn && asked.override === undefined) return refused('not-allocated')
  const claimed = isOwn || asked.override === undefined ? {} : { override: asked.override }
  const granted = (basis?: NonNullable<Grant['basis']>): Passed => {
    return { kind: 'granted', roles, ...(basis && { basis }), ...claimed }
  }
  if (row.standing === undefined) return granted()
  const authority = authorityFor(asked)
  if (authority.kind === 'conditions') return refused('authority-conditions') // paragraph 25: once given, it is kept to
  if (authority.kind === 'yes') return granted({ kind: 'authority', id: authority.id })
  switch (row.standing) {
    case 'authority':
      return refused('no-authority')
    case 'role':
      return granted({ kind: 'duty', id: `role:${roles[0]}` })
    case 'case':
      return granted({
        kind: 'duty',
        id: allocated === undefined ? `risk:${asked.override}` : `case:${allocated}`,
      })
  }
}

function authorityFor(asked: Situation): { kind: 'no' | 'conditions' } | { kind: 'yes'; id: string } {
  const { person, act, purpose, cases, facts, subject, isTrained, at } = asked
  const covering: Covering = {
    ...{ person, act, cases, isTrained, at },
    ...(purpose && { purpose }),
    ...(facts.host !== undefined && { host: facts.host }),
    ...(subject?.kind === 'list' && { list: subject.id }),
  }
  const found = asked.authorities.map((one) => ({ id: one.id, kind: covers(one, covering) }))
  const yes = found.find(({ kind }) => kind === 'yes')
  if (yes) return { kind: 'yes', id: yes.id }
  return { kind: found.some(({ kind }) => kind === 'conditions') ? 'conditions' : 'no' }
}

/** What closes an act to everybody, or to this person, whatever their role. Nothing overrides it. */
function closedBy({ act, facts, item, hasConflict, person, at }: Situation): Refusal | undefined {
  if (hasConflict && !OPEN_TO_CONFLICT.has(act)) return 'conflict-of-interest'
  if (facts.earlier?.includes(person.id)) return 'own-act'
  if (RECENT_ONLY.has(act) && !isRecent(facts.signedInAt, at)) return 'session-old'
  if (item === undefined) return undefined
  if (item.state === 'unknown') return 'never-held'
  if (!item.isInCase) return 'not-allocated'
  if (item.state === 'destroyed' && (NEEDS_BYTES.has(act) || DESTROYS.has(act))) return 'destroyed'
  return item.isHeld && DESTROYS.has(act) ? 'under-hold' : undefined
}

/** False also where nobody says when the person signed in, or that is yet to come: what is not known opens nothing. */
function isRecent(signedInAt: Date | undefined, at: string): boolean {
  if (signedInAt === undefined) return false
  const since = Date.parse(at) - signedInAt.getTime()
  return since >= 0 && since <= RECENT_MILLISECONDS
}

/** What protects the person who looks; a child at risk now comes before it, on record. */
function closedByExposure({ act, facts }: Situation): Refusal | undefined {
  if (act !== 'view' || facts.exposure === undefined) return undefined
  switch (facts.exposure) {
    case 'ok':
    case 'near':
      return undefined
    case 'break-due':
      return 'break-due'
    case 'over':
      return 'budget-reached'
    case 'opted-out':
      return 'opted-out'
  }
}

function furthest(rows: readonly Decision[]): Refusal {
  const places = rows.map((row) => (row.kind === 'refused' ? ORDER.indexOf(row.because) : -1))
  return ORDER[Math.max(0, ...places)] ?? 'no-role'
}

function refused(because: Refusal): Extract<Decision, { kind: 'refused' }> {
  return { kind: 'refused', because }
}
