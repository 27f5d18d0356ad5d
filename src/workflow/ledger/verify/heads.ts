/** Heads: checkpoints held against the tree as it was at their size, in the database and in the file outside it. */
import { type OpenedCheckpoint, openCheckpoint } from '#ledger/checkpoint'
import type { VerifierKey } from '#ledger/key'
import { isSame } from '#ledger/leaf'
import type { TreeEdge } from '#ledger/tree'
import type { FileLine } from '#notary/checkpoint-file'
import type { StoredCheckpoint } from '#store/anchors'
import type { Copied } from '../copy.ts'
import type { Findings } from './findings.ts'

/** A signed checkpoint, checked by itself. */
export interface Head {
  readonly place: string
  readonly size: number
  readonly root: Uint8Array
  readonly note: string
  readonly at: string
}

/** Checkpoints of one source, taken as the tree grows to their sizes. */
export class Heads {
  readonly #rest: AsyncIterator<Head>
  readonly #findings: Findings
  #next: Head | undefined
  #at = ''
  /** The largest one that is of the tree. */
  last: Head | undefined
  count = 0

  private constructor(heads: AsyncIterator<Head>, findings: Findings) {
    this.#rest = heads
    this.#findings = findings
  }

  static async of(heads: AsyncIterator<Head>, findings: Findings): Promise<Heads> {
    const made = new Heads(heads, findings)
    await made.#step()
    return made
  }

  /** Holds those of the tree's size against it. @returns them, right or wrong */
  async at(edge: TreeEdge, root: () => Uint8Array): Promise<Head[]> {
    const met: Head[] = []
    for (let head = this.#next; head && head.size <= edge.size; head = this.#next) {
      this.count++
      if (head.size < edge.size) this.#findings.add(head.place, 'stands behind a larger one')
      else if (!isSame(head.root, root()))
        this.#findings.add(head.place, `its root is not that of the first ${head.size} leaves`)
      else this.last = head
      if (head.at < this.#at)
        this.#findings.add(head.place, `its time, ${head.at}, is before the one before it`)
      this.#at = head.at
      met.push(head)
      await this.#step()
    }
    return met
  }

  /** Those that are larger than the tree. */
  async beyond(): Promise<Head[]> {
    const met: Head[] = []
    for (; this.#next; await this.#step()) met.push(this.#next)
    return met
  }

  /** Lets go of what was not read to its end. */
  async close(): Promise<void> {
    await this.#rest.return?.()
  }

  async #step(): Promise<void> {
    const { value, done } = await this.#rest.next()
    this.#next = done ? undefined : value
  }
}

/** The database's checkpoints that are signed and say what their columns say. */
export async function* storedHeads(
  checkpoints: AsyncIterable<Copied<StoredCheckpoint>>,
  log: VerifierKey,
  findings: Findings,
): AsyncGenerator<Head> {
  for await (const copied of checkpoints) {
    if (copied.kind === 'wrong') {
      findings.add(copied.place, copied.says)
      continue
    }
    const { place, value } = copied
    const opened = openCheckpoint(value.note, log)
    if (opened.kind === 'refused') findings.add(place, opened.because)
    else if (opened.checkpoint.size !== value.size || !isSame(opened.checkpoint.root, value.root))
      findings.add(place, 'its columns are not what was signed')
    else yield headOf(opened, { ...value, place })
  }
}

/** The checkpoints in the file outside. */
export async function* filedHeads(
  lines: AsyncIterable<FileLine>,
  log: VerifierKey,
  findings: Findings,
): AsyncGenerator<Head> {
  for await (const line of lines) {
    const place = `checkpoint file, line ${line.line}`
    if (line.kind === 'damaged') {
      findings.add(`${place}, from byte ${line.byte}`, line.because)
      continue
    }
    const opened = openCheckpoint(line.filed.note, log)
    if (opened.kind === 'refused') findings.add(place, opened.because)
    else yield headOf(opened, { ...line.filed, place })
  }
}

function headOf(
  { checkpoint }: Extract<OpenedCheckpoint, { kind: 'signed' }>,
  { note, at, place }: { note: string; at: string; place: string },
): Head {
  return { place, size: checkpoint.size, root: checkpoint.root, note, at }
}
