/** Records: authorities, advice, training, conflicts, cases and children at risk, each written by somebody who may. */
import { awaited } from '#store/admissions'
import { acknowledgeAdvice, adviceTo, recordAdvice } from '#store/advice'
import { type AllocationKept, allocate, allocationsOf, endAllocation } from '#store/allocations'
import { type AuthorityGiven, allAuthorities, registerAuthority, revokeAuthority } from '#store/authorities'
import { type ConflictKept, type ConflictOn, conflictsOf, recordConflict } from '#store/conflicts'
import { declareRisk, endRisk, type RiskSubject } from '#store/overrides'
import { allPeople } from '#store/people'
import { latestRefusals } from '#store/refusals'
import { recordTraining, type TrainingGiven, trainingOf } from '#store/training'
import type { Advice, Authority, PersonId, Subject } from '#terms/people'
import { type Asked, pass } from '../door.ts'
import type { PeopleDesk } from './desk.ts'
import { type PersonShown, signedBy } from './roles.ts'

/** Registers a written authority; nobody registers one that names themself. @throws Fault `people.refused` */
export function addAuthority(desk: PeopleDesk, by: PersonId, given: AuthorityGiven): Promise<Authority> {
  const earlier = given.people // whom it names is not who registers it
  const asked: Asked = { by, act: 'register-authority', facts: { earlier }, at: desk.now() }
  return pass(desk.database, asked, (tx) => registerAuthority(tx, given, signedBy(asked)))
}

/** @throws Fault `people.refused`, `people.unknown`, `store.conflict` where it was revoked before */
export function endAuthority(desk: PeopleDesk, by: PersonId, id: string, because: string): Promise<void> {
  const subject: Subject = { kind: 'authority', id }
  const asked: Asked = { by, act: 'revoke-authority', subject, at: desk.now() }
  return pass(desk.database, asked, (tx) => revokeAuthority(tx, id, because, signedBy(asked)))
}

/** Records what an officer advised. @throws Fault `people.refused` */
export function advise(
  desk: PeopleDesk,
  by: PersonId,
  given: Pick<Advice, 'givenTo' | 'officer' | 'acts' | 'words'>,
): Promise<string> {
  const asked: Asked = { by, act: 'record-advice', subject: personSubject(given.givenTo), at: desk.now() }
  return pass(desk.database, asked, (tx) => recordAdvice(tx, given, signedBy(asked)))
}

/** Somebody says that they have read the advice to them. */
export function acknowledge(desk: PeopleDesk, by: PersonId, advice: string): Promise<void> {
  const asked: Asked = { by, act: 'acknowledge-advice', subject: personSubject(by), at: desk.now() }
  return pass(desk.database, asked, (tx) => acknowledgeAdvice(tx, advice, by, signedBy(asked)))
}

/** Records a training, with its exposure. @throws Fault `people.refused` */
export function train(desk: PeopleDesk, by: PersonId, given: TrainingGiven): Promise<string> {
  const asked: Asked = { by, act: 'record-training', subject: personSubject(given.person), at: desk.now() }
  return pass(desk.database, asked, (tx) => recordTraining(tx, given, signedBy(asked)))
}

/** Records a conflict of interest, one's own or somebody else's. */
export function conflicted(desk: PeopleDesk, by: PersonId, person: PersonId, on: ConflictOn): Promise<void> {
  const asked: Asked = { by, act: 'record-conflict', subject: personSubject(person), at: desk.now() }
  return pass(desk.database, asked, (tx) => recordConflict(tx, person, on, signedBy(asked)))
}

/** Gives a case to somebody else, or takes it from them. */
export function allocateCase(
  desk: PeopleDesk,
  by: PersonId,
  {
    person,
    caseNumber,
    ends,
  }: { readonly person: PersonId; readonly caseNumber: string; readonly ends?: boolean },
): Promise<void> {
  const asked: Asked = { by, act: 'allocate-case', subject: personSubject(person), at: desk.now() }
  const change = ends ? endAllocation : allocate
  return pass(desk.database, asked, (tx) => change(tx, caseNumber, person, signedBy(asked)))
}

/** Declares a child at risk now. @returns the override's id */
export function atRisk(
  desk: PeopleDesk,
  by: PersonId,
  { on, ...terms }: { readonly on: RiskSubject; readonly because: string; readonly minutes: number },
): Promise<string> {
  const asked: Asked = { by, act: 'declare-risk', subject: on, at: desk.now() }
  return pass(desk.database, asked, (tx) => declareRisk(tx, on, terms, signedBy(asked)))
}

/** Ends an override before its time. */
export function riskOver(desk: PeopleDesk, by: PersonId, id: string): Promise<void> {
  const asked: Asked = { by, act: 'claim-risk', at: desk.now() }
  return pass(desk.database, asked, (tx) => endRisk(tx, id, signedBy(asked)))
}

/** Everybody, by pseudonym, and who waits to be let in. @throws Fault `people.refused` */
export function listPeople(desk: PeopleDesk, by: PersonId): Promise<PersonShown[]> {
  return pass(desk.database, { by, act: 'read-records', at: desk.now() }, async (tx) => {
    const people = await allPeople(tx)
    const suspended = people.filter(({ state }) => state === 'suspended').map(({ id }) => id)
    const waiting = await awaited(tx, suspended)
    return people.map((person) => (waiting.has(person.id) ? { ...person, waits: true as const } : person))
  })
}

/** Every authority. @throws Fault `people.refused` */
export function listAuthorities(desk: PeopleDesk, by: PersonId): Promise<Authority[]> {
  return pass(desk.database, { by, act: 'read-records', at: desk.now() }, (tx) => allAuthorities(tx))
}

/** The latest refusals. @throws Fault `people.refused` */
export function listRefusals(desk: PeopleDesk, by: PersonId): ReturnType<typeof latestRefusals> {
  return pass(desk.database, { by, act: 'read-records', at: desk.now() }, (tx) => latestRefusals(tx))
}

/** Advice to somebody and their training: their own, or with a role that reads records. */
export function recordsOf(
  desk: PeopleDesk,
  by: PersonId,
  person: PersonId,
): Promise<{ advice: Advice[]; training: Awaited<ReturnType<typeof trainingOf>> }> {
  return pass(desk.database, readingOf(desk, by, person), async (tx) => ({
    advice: await adviceTo(tx, [person]),
    training: await trainingOf(tx, person),
  }))
}

/** A person's conflicts of interest that stand: their own, or with a role that reads records. @throws Fault `people.refused` */
export function listConflicts(desk: PeopleDesk, by: PersonId, person: PersonId): Promise<ConflictKept[]> {
  return pass(desk.database, readingOf(desk, by, person), (tx) => conflictsOf(tx, person))
}

/** The cases that are a person's: their own, or with a role that reads records. @throws Fault `people.refused` */
export function listAllocations(desk: PeopleDesk, by: PersonId, person: PersonId): Promise<AllocationKept[]> {
  return pass(desk.database, readingOf(desk, by, person), (tx) => allocationsOf(tx, person))
}

function readingOf(desk: PeopleDesk, by: PersonId, person: PersonId): Asked {
  const act = by === person ? 'read-own-exposure' : 'read-records'
  return { by, act, subject: personSubject(person), at: desk.now() }
}

function personSubject(id: PersonId): Subject {
  return { kind: 'person', id }
}
