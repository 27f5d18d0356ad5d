/** Policy: every role with every act and every purpose, against what is written here a second time, the other way round. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mayOf } from '#people/may'
import { decide, type Situation } from '#people/policy'
import { TABLE } from '#people/table'
import { ACTS, type Act, PURPOSES, type Purpose, ROLES, type Role } from '#terms/people'
import { JUST_NOW, person, situation } from '../support/situations.ts'

const OPEN = '-'

/** Open to everybody, without a role. */
const EVERYBODY: readonly Act[] = ['record-discovery', 'declare-risk']

/** By role: each act with the purposes for which it is open, in one's own case and on somebody else. */
const EXPECTED: Readonly<Record<Role, string>> = {
  analyst: `bring-report read-queue claim-case read-case close-case withdraw-vote bring-appeal
    read-recipients seal:assess,report,investigate,preserve,screen view:assess,confirm-near,report,identify-child,training
    process:screen,investigate,identify-child export:report,investigate,proceedings,identify-child
    propose-export:report,investigate,proceedings,identify-child propose-destruction hold:preserve,proceedings,investigate,report
    account-copy read-item scan:screen,investigate crawl:screen,investigate assess check-recipient claim-risk`,
  reviewer: `read-queue claim-case read-case withdraw-vote decide-appeal bring-report
    view:second-review,adjudicate,confirm-near,appeal read-item confirm:second-review,adjudicate claim-risk`,
  supervisor: `let-in bring-report read-queue claim-case read-case read-board close-case withdraw-vote bring-appeal decide-appeal
    make-golden read-recipients view:adjudicate,appeal export:report,investigate,proceedings,identify-child
    propose-export:report,investigate,proceedings,identify-child approve-export approve-destruction propose-destruction
    hold:preserve,proceedings,investigate,report release-hold set-retention account-copy read-item confirm:adjudicate
    register-recipient check-recipient register-authority revoke-authority allocate-case record-advice record-training
    record-conflict
    claim-risk make-defence-record read-exposure-totals read-records read-ledger export-ledger suspend-person set-budget
    reveal-identity:investigate,proceedings,identify-child,integrity,report weed-identity`,
  officer: `bring-report read-queue claim-case read-case close-case withdraw-vote
    read-recipients seal:assess,report,investigate,preserve,screen
    view:investigate,confirm-near,identify-child,proceedings
    process:screen,investigate,identify-child export:report,investigate,proceedings,identify-child
    propose-export:report,investigate,proceedings,identify-child propose-destruction hold:preserve,proceedings,investigate,report
    account-copy read-item scan:screen,investigate crawl:screen,investigate assess check-recipient record-advice record-training
    record-conflict claim-risk read-ledger export-ledger
    reveal-identity:investigate,proceedings,identify-child,integrity,report`,
  examiner: `read-queue claim-case read-case withdraw-vote
    read-recipients seal:assess,report,investigate,preserve,screen
    view:investigate,confirm-near,identify-child,proceedings
    process:screen,investigate,identify-child export:report,investigate,proceedings,identify-child
    propose-export:report,investigate,proceedings,identify-child propose-destruction hold:preserve,proceedings,investigate,report
    account-copy read-item scan:screen,investigate assess claim-risk read-ledger export-ledger`,
  'approving-senior-officer': `let-in
    read-recipients approve-export approve-destruction
    hold:preserve,proceedings,investigate,report release-hold
    set-retention read-item check-recipient register-authority revoke-authority allocate-case record-advice record-training
    record-conflict make-defence-record read-records read-ledger export-ledger
    reveal-identity:investigate,proceedings,identify-child,integrity,report`,
  'safeguarding-lead': `let-in bring-report read-queue read-case read-board bring-appeal
    hold:preserve,proceedings,investigate,report read-item record-advice record-training record-conflict
    claim-risk make-defence-record read-exposure-totals read-records suspend-person set-budget
    reveal-identity:investigate,proceedings,identify-child,integrity,report`,
  steward: `bring-appeal make-golden
    process:screen,investigate,identify-child curate-lists read-ledger export-ledger`,
  'it-responder': `account-copy`,
  auditor: `read-queue read-case read-board
    read-recipients read-item check-recipient make-defence-record read-exposure-totals read-records
    read-ledger export-ledger`,
  administrator: `let-in
    keep-vault read-recipients account-copy register-recipient check-recipient read-records
    read-ledger export-ledger
    admit-person set-roles reset-sign-in suspend-person reveal-identity:investigate,proceedings,identify-child,integrity,report
    weed-identity keep-vault`,
}

/** Roles that see no pixel, whatever is asked: conduct's own list. */
const NO_REVEAL: readonly Role[] = [
  'it-responder',
  'administrator',
  'steward',
  'auditor',
  'safeguarding-lead',
]
const ANYTHING: readonly (Purpose | undefined)[] = [undefined, ...PURPOSES]

function purposesOf(role: Role, act: Act): string[] | undefined {
  if (EVERYBODY.includes(act)) return [OPEN]
  const word = EXPECTED[role].split(/\s+/).find((one) => one === act || one.startsWith(`${act}:`))
  if (word === undefined) return undefined
  return word.includes(':') ? word.slice(act.length + 1).split(',') : [OPEN]
}

describe('the policy', () => {
  test('opens to each role the acts and purposes that are written here, and no other', () => {
    let tried = 0
    const wrong: string[] = []
    for (const role of ROLES)
      for (const act of ACTS)
        for (const purpose of ANYTHING) {
          tried++
          const given = situation([role], act, purpose ? { purpose } : {})
          const open = purposesOf(role, act)
          const isOpen = open?.[0] === OPEN || (purpose !== undefined && open?.includes(purpose))
          if ((decide(given).kind === 'granted') !== Boolean(isOpen))
            wrong.push(`${role} ${act} ${purpose ?? OPEN}`)
        }
    console.log(`access matrix: ${tried} of role × act × purpose`)
    expect(wrong).toEqual([])
    expect(tried).toBe(ROLES.length * ACTS.length * ANYTHING.length)
  })

  test('closes every act to whoever is suspended, has left, is invited only, or has no role', () => {
    for (const state of ['invited', 'suspended', 'left'] as const)
      for (const act of ACTS)
        expect(
          decide({ ...situation(ROLES, act, { purpose: 'assess' }), person: person(ROLES, { state }) }),
        ).toEqual({
          kind: 'refused',
          because: 'suspended',
        })
    const open = ACTS.filter((act) => decide(situation([], act, { purpose: 'assess' })).kind === 'granted')
    expect(open.sort()).toEqual([...EVERYBODY].sort())
  })

  test('lets nobody whom conduct keeps out reach material, in any mixture of their roles', () => {
    const mixtures = fc.subarray([...NO_REVEAL], { minLength: 1 })
    const acts = fc.constantFrom<Act>('view', 'seal', 'export', 'propose-export', 'crawl', 'scan', 'assess')
    fc.assert(
      fc.property(mixtures, acts, fc.constantFrom(...PURPOSES), (roles, act, purpose) => {
        const subject = { kind: 'item', id: 'v-1' } as const
        const override = 'o-0000000000000000'
        return decide(situation(roles, act, { purpose, subject, override })).kind === 'refused'
      }),
    )
  })

  test('shows an item to nobody outside their own case, whatever authority they hold', () => {
    for (const role of ROLES)
      for (const purpose of PURPOSES) {
        const decision = decide(situation([role], 'view', { purpose, allocated: [] }))
        if (purpose === 'training' && role === 'analyst') expect(decision).toMatchObject({ kind: 'granted' })
        else expect(decision.kind).toBe('refused')
      }
    expect(decide(situation(['analyst'], 'view', { purpose: 'assess', allocated: [] }))).toEqual({
      kind: 'refused',
      because: 'not-allocated',
    })
  })

  test('lets nobody approve, grant or raise their own, also while a child is at risk', () => {
    const override = 'o-0000000000000000'
    for (const act of ACTS) {
      const earlier = ['p-0000000000000000'] as const
      expect(
        decide(situation(ROLES, act, { purpose: 'report', override, facts: { ...JUST_NOW, earlier } })).kind,
      ).toBe('refused')
    }
    const subject = { kind: 'person', id: 'p-0000000000000000' } as const
    for (const act of [
      'set-roles',
      'set-budget',
      'suspend-person',
      'allocate-case',
      'weed-identity',
    ] as const)
      expect(decide(situation(ROLES, act, { subject, override }))).toEqual({
        kind: 'refused',
        because: 'own-act',
      })
  })

  test('opens a case, a budget and a break for a child at risk now, on record, and nothing else', () => {
    const override = 'o-0000000000000000'
    const view = (more: Partial<Situation>) =>
      decide(situation(['analyst'], 'view', { purpose: 'assess', override, ...more }))
    expect(view({ allocated: [], authorities: [] })).toMatchObject({
      kind: 'granted',
      override,
      basis: { kind: 'duty', id: `risk:${override}` },
    })
    for (const exposure of ['over', 'break-due', 'opted-out'] as const)
      expect(view({ facts: { exposure } })).toMatchObject({ kind: 'granted', override })
    expect(view({})).not.toHaveProperty('override')
    expect(view({ hasConflict: true })).toEqual({ kind: 'refused', because: 'conflict-of-interest' })
    const item = { state: 'destroyed', isHeld: false, isInCase: true } as const
    expect(view({ item })).toEqual({ kind: 'refused', because: 'destroyed' })
    expect(view({ purpose: 'appeal' })).toEqual({ kind: 'refused', because: 'purpose-not-for-role' })
    expect(decide(situation(['analyst'], 'crawl', { purpose: 'screen', override, authorities: [] }))).toEqual(
      {
        kind: 'refused',
        because: 'no-authority',
      },
    )
  })

  test('tells each refusal by its own reason', () => {
    const item = { state: 'available', isHeld: true, isInCase: true } as const
    const because = (act: Act, more: Partial<Situation>) => {
      const decision = decide(situation(['supervisor', 'analyst', 'administrator'], act, more))
      return decision.kind === 'refused' ? decision.because : 'granted'
    }
    expect(because('approve-destruction', { item })).toBe('under-hold')
    expect(because('propose-destruction', { item })).toBe('under-hold')
    expect(because('approve-destruction', { item: { ...item, state: 'unknown' } })).toBe('never-held')
    expect(because('view', { purpose: 'assess', item: { ...item, isInCase: false } })).toBe('not-allocated')
    expect(because('view', {})).toBe('no-purpose')
    expect(because('view', { purpose: 'assess', facts: { exposure: 'over' } })).toBe('budget-reached')
    expect(because('view', { purpose: 'assess', facts: { exposure: 'break-due' } })).toBe('break-due')
    expect(because('view', { purpose: 'assess', facts: { exposure: 'opted-out' } })).toBe('opted-out')
    expect(because('view', { purpose: 'assess', facts: { exposure: 'near' } })).toBe('granted')
    const signedInAt = new Date('2026-05-01T10:59:59.000Z')
    expect(because('set-roles', { facts: { signedInAt } })).toBe('session-old')
    expect(because('set-roles', { facts: {} })).toBe('session-old')
    const toCome = new Date('2026-05-01T12:00:00.001Z')
    expect(because('set-roles', { facts: { signedInAt: toCome } })).toBe('session-old')
    expect(because('curate-lists', {})).toBe('no-role')
  })

  test('is told to each role as the door would decide, where all else is given', () => {
    const wrong: string[] = []
    for (const role of ROLES)
      for (const act of ACTS)
        for (const purpose of ANYTHING) {
          const told = mayOf(person([role])).some(
            ({ act: open, purposes, on }) =>
              open === act && on !== 'self' && (!purposes || purposes.some((one) => one === purpose)),
          )
          const given = situation([role], act, purpose ? { purpose } : {})
          if (told !== (decide(given).kind === 'granted')) wrong.push(`${role} ${act} ${purpose ?? OPEN}`)
        }
    expect(wrong).toEqual([])
    expect(mayOf(person(ROLES, { state: 'suspended' }))).toEqual([])
  })

  test('lets a supervisor confirm where two disagree alone, as they look at nothing else', () => {
    const confirm = (roles: readonly Role[], purpose: Purpose) =>
      decide(situation(roles, 'confirm', { purpose })).kind
    expect(confirm(['supervisor'], 'adjudicate')).toBe('granted')
    expect(confirm(['supervisor'], 'second-review')).toBe('refused')
    expect(confirm(['supervisor', 'reviewer'], 'second-review')).toBe('granted')
  })

  test('gives a reason and its source for every row', () => {
    for (const row of TABLE) {
      expect(row.because.length).toBeGreaterThan(10)
      expect(row.source).toMatch(/^(Memorandum on section 46 \(2021\), paragraph|docs\/guides\/access\.md, )/)
    }
  })
})
