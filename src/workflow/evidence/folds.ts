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
import { textDigest } from '#store/text-digest'
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
    becauseSha256: textDigest(because),
    issuerSha256: textDigest(issuer),
    releasedBecauseSha256: digested(releasedBecause),
  }
}

async function copyState(session: Session, id: string): Promise<State> {
  const { id: _, label, proof, ...copy } = await copyNamed(session, id)
  return { ...copy, labelSha256: textDigest(label), proofSha256: digested(proof) }
}

async function destructionState(session: Session, id: string): Promise<State> {
  const { id: _, because, ...destruction } = await destructionNamed(session, id)
  return { ...destruction, becauseSha256: textDigest(because) }
}

async function keptState(session: Session, id: string): Promise<State> {
  const { until, decidedBecause, lapsedAt, ...kept } = await keptByStream(session, id)
  return {
    ...kept,
    until: until ?? 'until decided',
    lapsedAt: lapsedAt ?? null,
    becauseSha256: digested(decidedBecause) ?? null,
  }
}

async function discoveryState(session: Session, id: string): Promise<State> {
  const {
    id: _,
    subject,
    how,
    discoveredBy,
    reportedTo,
    reference,
    delays,
    ...find
  } = await discoveryNamed(session, id)
  return {
    ...find,
    subject: { ...subject },
    howSha256: textDigest(how),
    by: discoveredBy,
    to: reportedTo,
    referenceSha256: digested(reference),
    delays: delays.map(({ reason, person, at }) => ({ reasonSha256: textDigest(reason), person, at })),
  }
}

async function tellingState(session: Session, id: string): Promise<State> {
  const { subject, told, what, by, at } = await tellingNamed(session, id)
  const words = { toldSha256: textDigest(told), whatSha256: textDigest(what) }
  return { subject: { ...subject }, ...words, by, toldAt: at, version: 1 }
}

function digested(words: string | undefined): string | undefined {
  return words === undefined ? undefined : textDigest(words)
}
