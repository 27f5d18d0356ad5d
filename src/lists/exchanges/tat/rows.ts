/** Rows: what Tech Against Terrorism says of a hash, as a step of a change. Spec: TCAP hash list API v2. */
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import type { EntryHashes, EntryStep } from '#terms/register'
import { objectOf, textOf, timeOf } from '../said.ts'

/** A row read, or why it was left out. */
export type RowRead =
  | { readonly kind: 'step'; readonly step: EntryStep; readonly time: number }
  | { readonly kind: 'left-out'; readonly because: 'malformed' | 'not-carried' }

const VIDEO_TYPES: ReadonlySet<string> = new Set(['mov', 'm4v', 'mp4', 'webm'])

/** Reads one row of the list: a hash of one file. */
export function readRow(untrusted: unknown): RowRead {
  const row = objectOf(untrusted)
  const key = textOf(row?.['id'], 100)
  const time = timeOf(row?.['updated_on'])
  if (!row || !key || time === undefined || typeof row['deleted'] !== 'boolean')
    return { kind: 'left-out', because: 'malformed' }
  if (row['deleted'])
    return { kind: 'step', time, step: { kind: 'withdraw', key, because: 'the source deleted it' } }
  const algorithm = textOf(row['algorithm'], 40)?.toUpperCase().replaceAll(/[-_]/g, '') ?? ''
  const isCarried = /^(PDQ|MD5|SHA(1|256)?)$/.test(algorithm)
  if (!isCarried) return { kind: 'left-out', because: algorithm ? 'not-carried' : 'malformed' }
  const hashes = hashesOf(algorithm, textOf(row['hash_digest'], 200) ?? '')
  if (!hashes) return { kind: 'left-out', because: 'malformed' }
  const ideology = textOf(row['ideology'], 100)
  const fileType = textOf(row['file_type'], 40)?.toLowerCase().replace(/^\./, '')
  const media = algorithm === 'PDQ' ? 'image' : VIDEO_TYPES.has(fileType ?? '') ? 'video' : 'unknown'
  const entry = {
    key,
    ...hashes,
    ...(ideology && { categories: { 'tat-ideology': [ideology] } }),
    source: 'tech-against-terrorism',
    extra: { media, ...(fileType && { fileType }) },
  }
  return { kind: 'step', time, step: { kind: 'put', entry } }
}

/** "SHA" alone is told by the length of the digest. */
function hashesOf(algorithm: string, text: string): EntryHashes | undefined {
  if (algorithm === 'PDQ') return only('pdq', pdqHash(text))
  if (algorithm === 'MD5') return only('md5', md5(text))
  if (algorithm !== 'SHA256' && sha1(text)) return only('sha1', sha1(text))
  return algorithm === 'SHA1' ? undefined : only('sha256', sha256(text))
}

function only<K extends keyof EntryHashes>(name: K, value: EntryHashes[K]): EntryHashes | undefined {
  return value === undefined ? undefined : { [name]: value }
}
