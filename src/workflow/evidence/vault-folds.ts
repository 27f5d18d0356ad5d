/** Vault folds: the state of items, openings and identities beside what their events say of it. */
import {
  CHECK_KINDS,
  foldIdentity,
  foldItem,
  foldOpening,
  IDENTITY_KINDS,
  ITEM_KINDS,
  OPENING_EVENT_KINDS,
} from '#cases/vault-folds'
import type { Session } from '#store/database'
import { derivedDigest } from '#store/derived'
import { casesOf, itemNamed } from '#store/items'
import { groundsOf, openingNamed } from '#store/openings'
import { identityState } from '#store/vault-identity'
import type { Canonical } from '#terms/event'
import type { ItemId } from '#terms/evidence'
import { Fault } from '#terms/fault'
import type { Fold } from '../ledger/folds.ts'

/** One line for each kind of stream. */
export const VAULT_FOLDS: readonly Fold[] = [
  { prefix: 'vault:', kinds: ITEM_KINDS, expected: foldItem, actual: read(itemState) },
  { prefix: 'opening:', kinds: OPENING_EVENT_KINDS, expected: foldOpening, actual: read(openingState) },
  { prefix: 'vault-identity:', kinds: IDENTITY_KINDS, expected: foldIdentity, actual: read(identityState) },
  { prefix: 'vault-check:', kinds: CHECK_KINDS, expected: () => ({}), actual: async () => ({}) },
]

async function itemState(session: Session, id: string): Promise<Canonical> {
  const item = await itemNamed(session, id as ItemId)
  return {
    ...item.digests,
    sizeBytes: item.sizeBytes,
    mediaType: item.mediaType,
    custodian: item.custodian,
    blobSha256: item.blob.sha256,
    blobBytes: item.blob.sizeBytes,
    sealedAt: item.sealedAt,
    state: item.state,
    derivedSha256: item.derived ? derivedDigest(item.derived) : null,
    damagedBecause: item.damagedBecause ?? null,
    destroyedAt: item.destroyedAt ?? null,
    cases: await casesOf(session, item.id),
    version: item.version,
  }
}

async function openingState(session: Session, id: string): Promise<Canonical> {
  const { id: _, region, ...opening } = await openingNamed(session, id)
  return { ...opening, ...(await groundsOf(session, id)), ...(region && { region: [...region] }) }
}

/** Reads the state of a stream by what stands behind its prefix; none is undefined. */
function read(state: (session: Session, id: string) => Promise<Canonical | undefined>): Fold['actual'] {
  return async (session, stream) => {
    try {
      return await state(session, stream.slice(stream.indexOf(':') + 1))
    } catch (error) {
      if (error instanceof Fault && error.code === 'evidence.unknown') return undefined
      throw error
    }
  }
}
