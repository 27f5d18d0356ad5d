/** Verify: a whole ledger computed anew: every leaf, tile, root, signature and anchor, and what each fault is about. */
import type { VerifierKey } from '#ledger/key'
import { isSame } from '#ledger/leaf'
import { TILE_WIDTH, tilePath } from '#ledger/tile'
import { TreeEdge } from '#ledger/tree'
import type { CopiedLeaf, LedgerCopy } from '../copy.ts'
import { type Anchored, Anchors } from './anchors.ts'
import { Continuations, type Continued } from './continuations.ts'
import { Findings, type LedgerFault } from './findings.ts'
import { filedHeads, type Head, Heads, storedHeads } from './heads.ts'
import { agreed, checkPending } from './leaves.ts'
import { Streams } from './streams.ts'
import { checkNoOthers, checkTile } from './tiles.ts'

/** Whose signatures count. */
export interface LedgerTrust {
  readonly log: VerifierKey
  readonly witnesses: readonly VerifierKey[]
  /** Certificates, in PEM, that time-stamping services must descend from; none: their own is taken, and that is said. */
  readonly timestampRoots?: string
}

/** What verification came to. */
export interface Verified {
  /** Leaves that were signed for. */
  readonly size: number
  readonly root: Uint8Array
  readonly checkpoints: number
  readonly streams: number
  /** Leaves without a number yet. */
  readonly pending: number
  /** Faults in all, and the first of them. */
  readonly faultCount: number
  readonly faults: readonly LedgerFault[]
  /** Up to where each kind of anchor outside the database would show that a tail was deleted. */
  readonly anchored: readonly Anchored[]
  /** Where the log went on after a restored backup, the newest first, and what was lost each time. */
  readonly continued: readonly Continued[]
}

/** Verifies a copy of a ledger. It is read once, in flat memory but for one number for each stream. */
export async function verifyLedger(copy: LedgerCopy, trust: LedgerTrust): Promise<Verified> {
  const findings = new Findings()
  const reading: { close(): Promise<void> }[] = []
  const read = <T extends { close(): Promise<void> }>(part: T): T => {
    reading.push(part)
    return part
  }
  try {
    const anchors = read(await Anchors.of(copy.anchors(), trust, findings))
    const stored = read(await Heads.of(storedHeads(copy.checkpoints(), trust.log, findings), findings))
    const filed = read(await Heads.of(filedHeads(copy.filed(), trust.log, findings), findings))
    return await new Walk(copy, { findings, streams: new Streams(findings), stored, filed, anchors }).run()
  } finally {
    // What was not read to its end is let go.
    for (const part of reading) await part.close()
  }
}

interface Parts {
  readonly findings: Findings
  readonly streams: Streams
  readonly stored: Heads
  readonly filed: Heads
  readonly anchors: Anchors
}

/** One pass over the leaves; the tree, its tiles and its checkpoints are held against each other as it grows. */
class Walk {
  readonly #copy: LedgerCopy
  readonly #parts: Parts
  readonly #edge = new TreeEdge()
  readonly #continuations: Continuations
  #tile: Uint8Array | undefined
  #entries: readonly Uint8Array[] | undefined
  #pending = 0

  constructor(copy: LedgerCopy, parts: Parts) {
    this.#copy = copy
    this.#parts = parts
    this.#continuations = new Continuations(parts.findings)
  }

  async run(): Promise<Verified> {
    const { findings, stored, filed, streams, anchors } = this.#parts
    await this.#meetHeads()
    for await (const leaves of this.#copy.leaves()) for (const leaf of leaves) await this.#take(leaf)
    await this.#tail()
    this.#continuations.end()
    for (const tile of this.#edge.partial()) if (tile.level > 0) await checkTile(this.#copy, tile, findings)
    const { size } = this.#edge
    await checkNoOthers(this.#copy, size, findings)
    if (size > (stored.last?.size ?? 0))
      findings.add(
        `leaf ${stored.last?.size ?? 0}`,
        `this and the leaves behind it have numbers, and no checkpoint: it was deleted or changed`,
      )
    return {
      size,
      root: this.#edge.root(),
      checkpoints: stored.count,
      streams: streams.count,
      pending: this.#pending,
      faultCount: findings.count,
      faults: findings.faults,
      anchored: anchors.reach(filed.last),
      continued: this.#continuations.all,
    }
  }

  async #take(leaf: CopiedLeaf): Promise<void> {
    const { findings, streams } = this.#parts
    streams.note(leaf)
    if (leaf.number === undefined) {
      if (leaf.hash && leaf.event) this.#pending++
      return checkPending(leaf, findings)
    }
    if (leaf.number < this.#edge.size)
      return findings.add(`leaf ${leaf.number} (${leaf.place})`, 'stands here a second time')
    while (this.#edge.size < leaf.number) {
      // A number that is far off is one that was changed: what is missing before it is told once.
      if (!(await this.#isInTree())) return findings.add(`leaf ${leaf.number} (${leaf.place})`, this.#gap())
      await this.#grow(undefined)
    }
    await this.#grow(leaf)
  }

  /** Leaves that the tiles have and no row. */
  async #tail(): Promise<void> {
    while (await this.#isInTree()) await this.#grow(undefined)
    const { findings, stored, filed } = this.#parts
    const { size } = this.#edge
    for (const [heads, where] of [
      [stored, 'the database'],
      [filed, 'the file outside'],
    ] as const)
      for (const head of await heads.beyond()) findings.add(head.place, missing(head, size, where))
    await this.#parts.anchors.beyond(size)
  }

  /** True where the tiles still have a hash for the next leaf. */
  async #isInTree(): Promise<boolean> {
    const tile = await this.#tileOfNext()
    return tile !== undefined && tile.length > (this.#edge.size % TILE_WIDTH) * 32
  }

  #gap(): string {
    return `leaves ${this.#edge.size} and on before it are gone, or its number was changed`
  }

  async #grow(leaf: CopiedLeaf | undefined): Promise<void> {
    const { findings } = this.#parts
    const number = this.#edge.size
    const tile = await this.#tileOfNext()
    if (!tile && number % TILE_WIDTH === 0) findings.add(`tile ${tilePath(placeOf(number))}`, 'is gone')
    else if (tile && tile.length <= (number % TILE_WIDTH) * 32)
      findings.add(`tile ${tilePath(placeOf(number))}`, `is cut short: it lacks leaf ${number}`)
    const hash = agreed(leaf, number, tile, findings)
    this.#continuations.take(number, hash, leaf)
    this.#checkEntry(leaf, number)
    for (const full of this.#edge.add(hash)) if (full.level > 0) await checkTile(this.#copy, full, findings)
    await this.#meetHeads()
  }

  #checkEntry(leaf: CopiedLeaf | undefined, number: number): void {
    if (!this.#copy.entries || !leaf?.hash) return
    const entry = this.#entries?.[number % TILE_WIDTH]
    const path = tilePath({ ...placeOf(number), level: 'entries' })
    if (!entry) this.#parts.findings.add(`tile ${path}`, `leaf ${number} is not in it`)
    else if (!isSame(entry, leaf.hash))
      this.#parts.findings.add(`tile ${path}, entry ${number % TILE_WIDTH}`, `is not that of leaf ${number}`)
  }

  /** The tile of the leaf that comes next, read where a new one begins. */
  async #tileOfNext(): Promise<Uint8Array | undefined> {
    const { size } = this.#edge
    if (size % TILE_WIDTH !== 0 || this.#tileNumber === size / TILE_WIDTH) return this.#tile
    const number = size / TILE_WIDTH
    this.#tileNumber = number
    this.#tile = await this.#copy.tile({ level: 0, number, width: 1 })
    this.#entries = await this.#copy.entries?.(number, 1)
    return this.#tile
  }
  #tileNumber = -1

  async #meetHeads(): Promise<void> {
    const { stored, filed, anchors, findings } = this.#parts
    let root: Uint8Array | undefined
    const rootNow = (): Uint8Array => {
      root ??= this.#edge.root()
      return root
    }
    const [ofStore] = await stored.at(this.#edge, rootNow)
    const ofFile = await filed.at(this.#edge, rootNow)
    for (const head of ofFile)
      if (!ofStore) findings.add(head.place, 'the database has no checkpoint of this size any more')
      else if (head.note !== ofStore.note || head.at !== ofStore.at)
        findings.add(ofStore.place, `is not as ${head.place} has it`)
    await anchors.at(this.#edge, rootNow, ofStore ?? ofFile[0])
  }
}

function placeOf(number: number): { level: 0; number: number; width: number } {
  return { level: 0, number: Math.floor(number / TILE_WIDTH), width: TILE_WIDTH }
}

function missing({ size, at }: Head, has: number, where: string): string {
  return `${where} has a checkpoint of ${size} leaves (${at}), and there are ${has}: leaves ${has} to ${size - 1} are missing`
}
