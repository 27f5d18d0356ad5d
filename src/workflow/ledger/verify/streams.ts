/** Streams: that the events of each stream follow each other without a gap. */
import type { CopiedLeaf } from '../copy.ts'
import type { Findings } from './findings.ts'

/** The last version of each stream, as the events pass by in the order of the ledger. */
export class Streams {
  readonly #versions = new Map<string, number>()
  readonly #findings: Findings

  constructor(findings: Findings) {
    this.#findings = findings
  }

  get count(): number {
    return this.#versions.size
  }

  note({ event, place }: CopiedLeaf): void {
    if (!event) return
    const { stream, version } = event
    const before = this.#versions.get(stream) ?? 0
    if (version !== before + 1)
      this.#findings.add(
        `${place} (${stream}, version ${version})`,
        `follows version ${before}: events are gone`,
      )
    this.#versions.set(stream, version)
  }
}
