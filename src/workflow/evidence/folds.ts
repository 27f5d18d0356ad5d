/** Folds: the state of holds, copies, destructions, purposes, finds and tellings beside what their events say of it. */
import {
  COPY_KINDS,
  DESTRUCTION_KINDS,
  DISCOVERY_KINDS,
  foldCopy,
  foldDestruction,
  foldDiscovery,
  foldHold,
  foldKept,
  foldTelling,
  HOLD_KINDS,
  KEPT_KINDS,
  TELLING_KINDS,
} from '#cases/retention-folds'
import { copyNamed } from '#store/copies'
import type { Session } from '#store/database'
import { destructionNamed } from '#store/destructions'
import { discoveryNamed, tellingNamed } from '#store/discoveries'
import { holdNamed } from '#store/holds'
import { keptByStream } from '#store/kept'
import { type TextForms, textForms } from '#store/text-digest'
import type { Fold } from '../ledger/folds.ts'
import { recordFold as fold, type RecordState as State } from '../ledger/record-fold.ts'

/** One line for each kind of stream. */
export const RETENTION_FOLDS: readonly Fold[] = [
  fold('hold:', HOLD_KINDS, foldHold, holdState),
  fold('copy:', COPY_KINDS, foldCopy, copyState),
  fold('destruction:', DESTRUCTION_KINDS, foldDestruction, destructionState),
  fold('kept:', KEPT_KINDS, foldKept, keptState),
  fold('discovery:', DISCOVERY_KINDS, foldDiscovery, discoveryState),
  fold('telling:', TELLING_KINDS, foldTelling, tellingState),
]

async function holdState(session: Session, id: string): Promise<State> {
  const { id: _, because, issuer, releasedBecause, ...hold } = await holdNamed(session, id)
  return {
    ...hold,
    becauseSha256: textForms(session, because),
    issuerSha256: textForms(session, issuer),
    releasedBecauseSha256: digested(session, releasedBecause),
  }
}

async function copyState(session: Session, id: string): Promise<State> {
  const { id: _, label, proof, ...copy } = await copyNamed(session, id)
  return { ...copy, labelSha256: textForms(session, label), proofSha256: digested(session, proof) }
}

async function destructionState(session: Session, id: string): Promise<State> {
  const { id: _, because, ...destruction } = await destructionNamed(session, id)
  return { ...destruction, becauseSha256: textForms(session, because) }
}

async function keptState(session: Session, id: string): Promise<State> {
  const { until, decidedBecause, lapsedAt, ...kept } = await keptByStream(session, id)
  return {
    ...kept,
    until: until ?? 'until decided',
    lapsedAt: lapsedAt ?? null,
    becauseSha256: digested(session, decidedBecause) ?? null,
  }
}

async function discoveryState(session: Session, id: string): Promise<State> {
  const {
    id: _,
    subject,
    how,
    discoveredBy,
    saidBy: _saidBy, // is the event’s own
    reportedTo,
    reference,
    delays,
    ...find
  } = await discoveryNamed(session, id)
  return {
    ...find,
    subject: { ...subject },
    howSha256: textForms(session, how),
    by: discoveredBy,
    to: reportedTo,
    referenceSha256: digested(session, reference),
    delays: delays.map(({ reason, person, at }) => ({
      reasonSha256: textForms(session, reason),
      person,
      at,
    })),
  }
}

async function tellingState(session: Session, id: string): Promise<State> {
  const { subject, told, what, by, at } = await tellingNamed(session, id)
  const words = { toldSha256: textForms(session, told), whatSha256: textForms(session, what) }
  return { subject: { ...subject }, ...words, by, toldAt: at, version: 1 }
}

function digested(session: Session, words: string | undefined): TextForms | undefined {
  return words === undefined ? undefined : textForms(session, words)
}
