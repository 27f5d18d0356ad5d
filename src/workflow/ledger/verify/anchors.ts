/** Anchors: what others outside gave for checkpoints, and up to where that would show a deleted tail. */
import { hash } from 'node:crypto'
import { openCheckpoint } from '#ledger/checkpoint'
import { isSame } from '#ledger/leaf'
import type { TreeEdge } from '#ledger/tree'
import { noteIn } from '#notary/mail'
import { checkTimestamp } from '#notary/timestamp/check'
import type { Copied, CopiedAnchor } from '../copy.ts'
import type { Findings } from './findings.ts'
import type { Head } from './heads.ts'
import type { LedgerTrust } from './verify.ts'

/** How far an anchor reaches: of the leaves up to there none can go unseen. */
export interface Anchored {
  readonly kind: 'file' | CopiedAnchor['kind']
  readonly place: string
  readonly size: number
  /** When it was given, by whoever gave it; absent where that could not be checked. */
  readonly at?: string
  /** What speaks against relying on it. */
  readonly but?: string
}

/** Anchors in order of size, taken as the tree grows. */
export class Anchors {
  readonly #rest: AsyncIterator<Copied<CopiedAnchor>>
  readonly #trust: LedgerTrust
  readonly #findings: Findings
  readonly #reach = new Map<string, Anchored>()
  #next: { readonly place: string; readonly value: CopiedAnchor } | undefined

  private constructor(anchors: AsyncIterator<Copied<CopiedAnchor>>, trust: LedgerTrust, findings: Findings) {
    this.#rest = anchors
    this.#trust = trust
    this.#findings = findings
  }

  static async of(
    anchors: AsyncIterable<Copied<CopiedAnchor>>,
    trust: LedgerTrust,
    findings: Findings,
  ): Promise<Anchors> {
    const made = new Anchors(anchors[Symbol.asyncIterator](), trust, findings)
    await made.#step()
    return made
  }

  /** Holds those of the tree's size against it. @param head the checkpoint of this size, where there is one */
  async at(edge: TreeEdge, root: () => Uint8Array, head: Head | undefined): Promise<void> {
    for (; this.#next && this.#next.value.size <= edge.size; await this.#step()) {
      const { place, value } = this.#next
      if (value.size < edge.size) this.#findings.add(place, 'stands behind a larger one')
      else this.#check(place, value, root(), head)
    }
  }

  /** Those that are larger than the tree. */
  async beyond(size: number): Promise<void> {
    for (; this.#next; await this.#step()) {
      const { place, value } = this.#next
      this.#findings.add(place, `is for ${value.size} leaves, and there are ${size}: the tail is missing`)
    }
  }

  /** Up to where each place outside would show a deleted tail. */
  reach(filed: Head | undefined): Anchored[] {
    const file: Anchored[] = filed
      ? [{ kind: 'file', place: 'the checkpoint file', size: filed.size, at: filed.at }]
      : []
    return [...file, ...this.#reach.values()]
  }

  #check(place: string, anchor: CopiedAnchor, root: Uint8Array, head: Head | undefined): void {
    const found = this.#found(anchor, root, head)
    if (typeof found === 'string') this.#findings.add(place, found)
    else
      this.#reach.set(`${anchor.kind} ${anchor.place}`, { kind: anchor.kind, place: anchor.place, ...found })
  }

  #found(
    anchor: CopiedAnchor,
    root: Uint8Array,
    head: Head | undefined,
  ): Omit<Anchored, 'kind' | 'place'> | string {
    switch (anchor.kind) {
      case 'witness':
        return this.#cosigned(anchor, root)
      case 'timestamp':
        return this.#stamped(anchor, head)
      case 'mail':
      case 'kept':
        return this.#noted(anchor, root)
    }
  }

  /** What was sent is the sender's own word; only what somebody else kept shows anything. */
  #noted({ proof, size, kind }: CopiedAnchor, root: Uint8Array): Omit<Anchored, 'kind' | 'place'> | string {
    const opened = openCheckpoint(noteIn(Buffer.from(proof).toString()) ?? '', this.#trust.log)
    if (opened.kind === 'refused') return opened.because
    if (opened.checkpoint.size !== size || !isSame(opened.checkpoint.root, root))
      return `it is not of the first ${size} leaves that there are`
    return kind === 'kept' ? { size } : { size, but: 'as far as it was received: bring it with --anchor' }
  }

  #cosigned(
    { proof, size, place }: CopiedAnchor,
    root: Uint8Array,
  ): Omit<Anchored, 'kind' | 'place'> | string {
    const opened = openCheckpoint(Buffer.from(proof).toString(), this.#trust.log, this.#trust.witnesses)
    if (opened.kind === 'refused') return opened.because
    if (opened.checkpoint.size !== size || !isSame(opened.checkpoint.root, root))
      return `what the witness signed is not of the first ${size} leaves`
    const by = opened.by.find(({ seconds }) => seconds !== undefined)
    if (by && by.key.name !== place) return `it is of the witness ${by.key.name}`
    if (!by && this.#trust.witnesses.some(({ name }) => name === place))
      return `the witness ${place} did not sign it`
    if (by?.seconds === undefined)
      return { size, but: 'its signature was not checked: no key of this witness was given' }
    return { size, at: new Date(by.seconds * 1000).toISOString() }
  }

  #stamped({ proof, size }: CopiedAnchor, head: Head | undefined): Omit<Anchored, 'kind' | 'place'> | string {
    if (!head) return `the checkpoint of ${size} leaves, which it is for, is gone`
    const checked = checkTimestamp(proof, hash('sha256', head.note, 'buffer'), this.#trust.timestampRoots)
    if (checked.kind === 'refused') return checked.because
    const but = checked.isTrusted
      ? {}
      : { but: 'no certificate was given that the service must descend from' }
    return { size, at: checked.at, ...but }
  }

  /** Lets go of what was not read to its end. */
  async close(): Promise<void> {
    await this.#rest.return?.()
  }

  async #step(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#rest.next()
      this.#next = undefined
      if (done) return
      if (value.kind === 'wrong') {
        this.#findings.add(value.place, value.says)
        continue
      }
      this.#next = value
      return
    }
  }
}
