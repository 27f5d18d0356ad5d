/** Continuations: where a log went on after a restored backup, what it says is missing, held against what was signed before. */
import { openCheckpoint } from '#ledger/checkpoint'
import { parseVerifierKey } from '#ledger/key'
import { isSame } from '#ledger/leaf'
import { TreeEdge } from '#ledger/tree'
import type { CopiedLeaf } from '../copy.ts'
import type { Findings } from './findings.ts'

/** Leaves that a log had signed for and that are in no database any more. */
export interface LostLeaves {
  readonly origin: string
  /** The first and the last, counted as that log did. */
  readonly from: number
  readonly to: number
}

/** A log that went on in the place of another. */
export interface Continued {
  readonly origin: string
  readonly at: string
  readonly by: string
  readonly lost: readonly LostLeaves[]
}

/** A signed checkpoint, as an event of a log that went on holds it. */
interface Signed {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
}

/** Leaves of a log before, being counted anew as the tree grows. */
interface Kept {
  readonly place: string
  readonly edge: TreeEdge
  readonly should: Signed
}

/** The continuations of a ledger, taken as its leaves pass by: the newest is leaf 0, the one before it leaf 1. */
export class Continuations {
  readonly all: Continued[] = []
  readonly #findings: Findings
  readonly #kept: Kept[] = []

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** Takes the next leaf of the tree. @param hash as the tree has it */
  take(number: number, hash: Uint8Array, leaf: CopiedLeaf | undefined): void {
    for (const kept of this.#kept) if (kept.edge.size < kept.should.size) this.#count(kept, hash)
    if (leaf?.event?.kind !== 'log.continued') return
    const place = `leaf ${number} (${leaf.place})`
    if (number !== this.all.length)
      this.#findings.add(place, 'says that the log goes on here, and it does not')
    else this.#begin(place, leaf.event)
  }

  /** Says which leaves there should be and are not. */
  end(): void {
    for (const { place, edge, should } of this.#kept)
      if (edge.size < should.size)
        this.#findings.add(
          place,
          `says that ${should.size} leaves of ${should.origin} were kept, and ${edge.size} follow it`,
        )
  }

  #begin(place: string, { actor, at, body }: NonNullable<CopiedLeaf['event']>): void {
    const { before = [], kept } = body as { before?: readonly unknown[]; kept?: { note?: unknown } }
    const logs = before.map((log) => signedIn(log as NotedLog))
    const isKept = kept?.note !== undefined
    const should = isKept ? signedIn({ ...(before[0] as NotedLog), note: kept.note }) : undefined
    if (logs.length === 0 || logs.includes(undefined) || (isKept && !should)) {
      this.#findings.add(place, 'names a checkpoint that the log before did not sign')
      return
    }
    if (should) this.#kept.push({ place, edge: new TreeEdge(), should })
    const lost = logs.flatMap((log, nth): LostLeaves[] => {
      const from = nth === 0 ? (should?.size ?? 0) : 0
      return log && log.size > from ? [{ origin: log.origin, from, to: log.size - 1 }] : []
    })
    this.all.push({ origin: String(body['origin']), at, by: actor, lost })
  }

  #count({ place, edge, should }: Kept, hash: Uint8Array): void {
    edge.add(hash)
    if (edge.size === should.size && !isSame(edge.root(), should.root))
      this.#findings.add(
        place,
        `the ${should.size} leaves behind it are not those that ${should.origin} signed for`,
      )
  }
}

/** A log as an event names it. */
interface NotedLog {
  readonly key?: unknown
  readonly note?: unknown
}

/** The last checkpoint of a log, checked by the key that goes with it. @returns undefined for what that key did not sign */
function signedIn(untrusted: NotedLog | undefined): Signed | undefined {
  const key = parseVerifierKey(String(untrusted?.key))
  const opened = key && openCheckpoint(String(untrusted?.note), key)
  return opened?.kind === 'signed' ? opened.checkpoint : undefined
}
