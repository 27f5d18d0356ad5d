/** Steps: what an entry of NCMEC hash sharing means for the list. Spec: NCMEC Hash Sharing v2, entries. */
import type { EntryHashes, EntryStep } from '#terms/register'
import type { NcmecEntry } from '../../ncmec/entry.ts'

/** Scheme of a classification that is none of the industry's four, unless the source names one. */
const SCHEME = 'ncmec'

/** The step of one entry. One without a hash of a kind that is kept here stands for nothing: it is withdrawn where it stood. */
export function stepOf({ entry, deleted, media }: NcmecEntry, scheme: string | undefined): EntryStep {
  const key = entry.key ?? ''
  if (deleted) return { kind: 'withdraw', key, because: 'the source deleted it' }
  const { md5, sha1, sha256, pdq, photodna, category, source } = entry
  const hashes: EntryHashes = {
    ...(md5 && { md5 }),
    ...(sha1 && { sha1 }),
    ...(sha256 && { sha256 }),
    ...(pdq && { pdq }),
    ...(photodna && { photodna }),
  }
  if (Object.keys(hashes).length === 0)
    return { kind: 'withdraw', key, because: 'it has no hash of a kind that is kept here' }
  const categories = entry.categories ?? (category ? { [scheme ?? SCHEME]: [category] } : undefined)
  const extra = { media, ...(entry.extra as object | undefined) }
  return {
    kind: 'put',
    entry: { key, ...hashes, ...(categories && { categories }), ...(source && { source }), extra },
  }
}
