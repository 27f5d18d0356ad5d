/** Build: the contents anew from all that stands in the register. */
import { DIGEST_KINDS } from '#terms/hash'
import type { FeedWhole } from '#terms/index-feed'
import { builtPdq, Contents, emptyParts } from './contents.ts'
import { HashGathering, putFacts } from './gathering.ts'

export interface BuildOptions {
  /** Distance that PDQ look-ups are laid out for. */
  readonly distanceMax: number
  /** Told now and then how many rows are in. */
  readonly told: (rows: number) => void
  /** Asked between batches: true ends the build. */
  readonly isStopped: () => boolean
}

/** @returns undefined when it was stopped @throws what the feed throws */
export async function buildContents(whole: FeedWhole, options: BuildOptions): Promise<Contents | undefined> {
  const parts = await emptyParts(options.distanceMax)
  const gathering = new HashGathering()
  let count = 0
  for await (const batch of whole.rows()) {
    putFacts(parts, parts.holdings, batch, (list) => parts.groups.own(list))
    gathering.push(batch)
    count += batch.rows.length
    options.told(count)
    if (options.isStopped()) return undefined
  }
  const { bytes, rows } = gathering.takePdq()
  const pdq = await builtPdq(bytes, rows, options.distanceMax)
  for (const kind of DIGEST_KINDS) {
    if (options.isStopped()) return undefined
    await parts.digests[kind].append(gathering.digests[kind])
  }
  const { number, mark, judgements } = whole
  const lists = whole.lists.map((list) => ({ ...list, holds: parts.holdings.of(list.id) }))
  return new Contents({ ...parts, number, mark, lists, judgements, pdq })
}
