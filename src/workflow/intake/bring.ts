/** Bring: a report comes in: it joins its open case or opens one, and all of it is written in one transaction. */
import { type Clocked, lookBy, tableName } from '#cases/look-clock'
import { newId } from '#ground/id'
import type { Signed } from '#store/append'
import type { LookBySet } from '#store/case-clocks'
import type { Transaction } from '#store/database'
import { declareRisk } from '#store/overrides'
import { addReport, holdJoins, reportNamed, reportSentBefore } from '#store/reports'
import type { CaseKind, ItemHashes } from '#terms/casework'
import type { VaultItem } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { PersonId } from '#terms/people'
import type { Report, ReportId } from '#terms/report'
import { pass } from '../door.ts'
import { sealItem } from '../evidence/seal.ts'
import { canonicalAddress } from './address.ts'
import { type Bearer, caseKindOf, checkedHashes, joinsKinds, type ReportBrought } from './brought.ts'
import { addItems, caseToJoin, joinCase, openCaseFor, type ReportInCase } from './case.ts'
import type { IntakeDesk } from './desk.ts'
import { referenceHash, referenceOf } from './reference.ts'
import { sealWords } from './words.ts'

/** What became of a report. */
export interface ReportTaken {
  readonly report: Report
  /** Told once; nothing but its digest is kept. */
  readonly reference: string
  /** False where the sender had sent it before. */
  readonly isNew: boolean
}

/** The retention profile under which the files of each kind of case are kept. */
const PROFILES: Readonly<Record<CaseKind, string>> = {
  hotline: 'hotline-memorandum',
  platform: 'platform',
  device: 'police',
  referral: 'police',
  'young-people': 'police',
  workplace: 'workplace',
}
/** How long a person's mark that a child is at risk opens gates; it can be declared again. */
const RISK_MINUTES = 240
const UNIQUE_VIOLATION = '23505'

/**
 * Takes a report in. The same address or file joins its open case; the same report sent twice is one, and is told its reference
 * again. A person passes the door; a child at risk that a person marks is declared for the case, too.
 *
 * @throws Fault `request.invalid`; `evidence.refused` for a file where its kind of case takes none; `people.refused`;
 *   `config.invalid` for a file where there is no vault; those of `sealItem`. Then nothing is written
 */
export async function bringReport(
  desk: IntakeDesk,
  brought: ReportBrought,
  bearer: Bearer,
): Promise<ReportTaken> {
  const caseKind = caseKindOf(brought, bearer.channel)
  const hashes = checkedHashes(brought, caseKind)
  await throughDoor(desk, bearer, async () => undefined) // before a byte is taken
  const before = await sentBefore(desk, brought, bearer)
  if (before) return before
  const id: ReportId = newId('r')
  const writing = { id, caseKind, hashes, brought, bearer, ...(await sealedOf(desk, id, brought)) }
  return written(desk, writing).catch(async (error: unknown) => {
    await forget(desk, id).catch(() => undefined) // a key that is left opens nothing; the first failure is the one to tell
    const twice = isTwice(error) ? await sentBefore(desk, brought, bearer) : undefined
    if (twice) return twice
    throw error
  })
}

/** What is about to be written. */
interface Writing {
  readonly id: ReportId
  readonly caseKind: CaseKind
  readonly hashes: readonly ItemHashes[]
  readonly brought: ReportBrought
  readonly bearer: Bearer
  readonly sealed?: Buffer
  readonly addressKey?: Buffer
}

async function sealedOf(
  desk: IntakeDesk,
  id: ReportId,
  { address, words, contact, about }: ReportBrought,
): Promise<Pick<Writing, 'sealed' | 'addressKey'>> {
  const sealed = await sealWords(desk, id, {
    ...(address !== undefined && { address }),
    ...(words !== undefined && { words }),
    ...(contact !== undefined && { contact }),
    ...(about && Object.keys(about).length > 0 && { about }),
  })
  const addressKey =
    address === undefined ? undefined : desk.keys.digest('location', canonicalAddress(address))
  return { ...(sealed && { sealed }), ...(addressKey && { addressKey }) }
}

/** Writes it; a file is sealed, and written down with its report in the same transaction. */
async function written(desk: IntakeDesk, writing: Writing): Promise<ReportTaken> {
  const { brought, bearer, caseKind } = writing
  const signed = { actor: bearer.actor, at: desk.now() }
  if (!brought.file) return throughDoor(desk, bearer, (tx) => write(tx, desk, writing, signed))
  if (!desk.evidence) throw new Fault('config.invalid', 'this service has no vault, and takes no files')
  let taken: ReportTaken | undefined
  await sealItem(desk.evidence, brought.file, {
    ...{ by: personOf(bearer) ?? 'tutela', purpose: 'assess', profile: PROFILES[caseKind] },
    beside: async (tx, item) => {
      taken = await write(tx, desk, writing, signed, item)
    },
  })
  if (!taken) throw new Error('an item was sealed, and nothing was written beside it')
  return taken
}

async function write(
  tx: Transaction,
  desk: IntakeDesk,
  { id, caseKind, hashes, brought, bearer, sealed, addressKey }: Writing,
  signed: Signed,
  item?: VaultItem,
): Promise<ReportTaken> {
  const { kind, atRisk = false, id: remoteId, contact } = brought
  const { channel, trust = 'usual' } = bearer
  const digests = [item?.digests, ...hashes].flatMap((one) => one?.sha256 ?? [])
  const joins = { kinds: joinsKinds(caseKind), digests, ...(addressKey && { addressKey }) }
  await holdJoins(tx, joins)
  const joined = await caseToJoin(tx, joins)
  const clock = clockOf(desk, { caseKind: joined?.kind ?? caseKind, kind, atRisk, receivedAt: signed.at })
  const inCase: ReportInCase = {
    ...{ id, kind, caseKind, trust, atRisk, joins, hashes, lookBy: clock?.lookBy },
    ...(item && { sealed: item }),
  }
  const { number: caseNumber } = joined ?? (await openCaseFor(tx, inCase, signed))
  const reference = codeOf(desk, brought, bearer)
  const from = fromOf(bearer)
  const report = await addReport(
    tx,
    {
      ...{ id, referenceHash: hashOf(reference), channel, kind, trust, atRisk, caseNumber },
      ...{ isAnonymous: from === undefined && contact === undefined, hasJoined: joined !== undefined },
      ...(from !== undefined && { from }),
      ...(remoteId !== undefined && { remoteId }),
      ...(sealed && { sealed }),
      ...(addressKey && { addressKey }),
      ...(clock && { clock }),
    },
    signed,
  )
  const added = await addItems(tx, caseNumber, inCase, signed)
  if (joined) await joinCase(tx, joined, inCase, added, signed)
  if (atRisk) await declare(tx, report, bearer, signed)
  return { report, reference, isNew: true }
}

function clockOf({ clocks }: IntakeDesk, clocked: Clocked): LookBySet | undefined {
  if (!clocks) return undefined
  const by = lookBy(clocks, clocked)
  return { clocks: tableName(clocks), ...(by && { lookBy: by }) }
}

/** The same report by the same sender, with the code that it was told. */
async function sentBefore(
  desk: IntakeDesk,
  brought: ReportBrought,
  bearer: Bearer,
): Promise<ReportTaken | undefined> {
  if (brought.id === undefined) return undefined
  const report = await reportSentBefore(desk.database, fromOf(bearer), brought.id)
  return report && { report, reference: codeOf(desk, brought, bearer), isNew: false }
}

/** The public has no name: what it sends is nobody's. */
function fromOf({ channel, actor }: Bearer): string | undefined {
  return channel === 'public' ? undefined : actor
}

function codeOf({ keys }: IntakeDesk, { id }: ReportBrought, { actor }: Bearer): string {
  return referenceOf(keys, id === undefined ? undefined : { from: actor, remoteId: id })
}

function hashOf(reference: string): Buffer {
  const hash = referenceHash(reference)
  if (!hash) throw new Error('a reference was made that is none')
  return hash
}

function throughDoor<T>(desk: IntakeDesk, bearer: Bearer, act: (tx: Transaction) => Promise<T>): Promise<T> {
  const by = personOf(bearer)
  if (by === undefined) return desk.database.transaction(act)
  return pass(desk.database, { by, act: 'bring-report', at: desk.now() }, act)
}

function personOf({ actor }: Bearer): PersonId | undefined {
  return actor.startsWith('person:') ? (actor.slice('person:'.length) as PersonId) : undefined
}

/**
 * What anybody says orders the queue at once; what a person of the organisation says opens gates as well, for a time. Everybody
 * there may declare it (`declare-risk`), and who says so has passed the door to bring the report.
 */
async function declare(tx: Transaction, report: Report, bearer: Bearer, signed: Signed): Promise<void> {
  if (personOf(bearer) === undefined) return
  const said = { because: `the report ${report.id} says so`, minutes: RISK_MINUTES }
  await declareRisk(tx, { kind: 'case', id: report.caseNumber }, said, signed)
}

/** Nobody needs the key of a report that was not written; where it was, or may have been, in spite of what failed, it stays. */
async function forget({ keys, database }: IntakeDesk, id: ReportId): Promise<void> {
  const isWritten = await reportNamed(database, id).then(
    () => true,
    (error: unknown) => !(error instanceof Fault && error.code === 'evidence.unknown'),
  )
  if (!isWritten) await keys.shred(id)
}

function isTwice(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
}
