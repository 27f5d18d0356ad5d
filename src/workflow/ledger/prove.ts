/** Prove: the text that shows that one event is in the ledger, to be checked with nothing else at hand. */
import { inclusionProof } from '#ledger/proof'
import { storedProof } from '#ledger/stored-proof'
import { lastCheckpoint, lastCosigned } from '#store/anchors'
import type { Session } from '#store/database'
import { leafOfEvent, leafOfNumber } from '#store/leaves'
import { Fault } from '#terms/fault'
import { tilesIn } from './tiles.ts'

/** What is to be proved: the event at a version of a stream, or the leaf of a number. */
export type Proved = { readonly stream: string; readonly version: number } | { readonly leaf: number }

/** A proof, or that there is none yet: the leaf is committed, and its number comes within a second while the service runs. */
export type LedgerProof =
  | { readonly kind: 'proof'; readonly leaf: number; readonly size: number; readonly text: string }
  | { readonly kind: 'pending' }

/**
 * Proves an event, under the newest checkpoint that a witness cosigned, or the newest of all where none covers it.
 *
 * @throws Fault `ledger.unknown` for an event or leaf that there is not; `ledger.damaged`
 */
export async function prove(session: Session, asked: Proved): Promise<LedgerProof> {
  const leaf =
    'leaf' in asked
      ? await leafOfNumber(session, asked.leaf)
      : await leafOfEvent(session, asked.stream, asked.version)
  if (!leaf?.hash) throw new Fault('ledger.unknown', `there is no ${wordsOf(asked)}`)
  const last = await lastCheckpoint(session)
  if (leaf.number === undefined || !last) return { kind: 'pending' }
  const cosigned = await lastCosigned(session, leaf.number + 1, last.size)
  const size = cosigned?.size ?? last.size
  const checkpoint = cosigned ? Buffer.from(cosigned.proof).toString() : last.note
  const hashes = await inclusionProof(leaf.number, size, tilesIn(session))
  const text = storedProof({ index: leaf.number, hashes, extra: leaf.hash, checkpoint })
  return { kind: 'proof', leaf: leaf.number, size, text }
}

function wordsOf(asked: Proved): string {
  return 'leaf' in asked ? `leaf ${asked.leaf}` : `version ${asked.version} of ${asked.stream}`
}
