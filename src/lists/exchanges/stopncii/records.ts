/** Records: what StopNCII says of a hash, as a step of a change. Spec: StopNCII.org API, FetchHashes. */

import { md5, pdqHash } from '#terms/hash'
import type { EntryStep } from '#terms/register'
import { arrayOf, objectOf, type Said, textOf, timeOf } from '../said.ts'

/** A record read, or why it was left out. */
export type RecordRead =
  | { readonly kind: 'step'; readonly step: EntryStep; readonly time: number }
  | { readonly kind: 'left-out'; readonly because: 'malformed' | 'not-carried' }

const SIGNALS = ['ImagePDQ', 'VideoMD5', 'VideoTMK', 'Text', 'URL', 'Unknown']
const MALFORMED: RecordRead = { kind: 'left-out', because: 'malformed' }
const NOT_CARRIED: RecordRead = { kind: 'left-out', because: 'not-carried' }

/**
 * Reads one record: the whole present state of (signalType, hashValue), which takes the place of what was known.
 * Only what stands as `Active` is put; a hash that is `Withdrawn`, `Deleted` or not yet active is withdrawn.
 */
export function readRecord(untrusted: unknown): RecordRead {
  const record = objectOf(untrusted)
  const signal = textOf(record?.['signalType'], 20)
  const value = textOf(record?.['hashValue'], 100)?.toLowerCase()
  const status = textOf(record?.['hashStatus'], 20)
  const time = timeOf(record?.['lastModtimestamp'])
  if (!record || !value || !status || time === undefined || !SIGNALS.some((one) => one === signal))
    return MALFORMED
  if (signal !== 'ImagePDQ' && signal !== 'VideoMD5') return NOT_CARRIED
  const hashes = signal === 'ImagePDQ' ? named('pdq', pdqHash(value)) : named('md5', md5(value))
  if (!hashes) return MALFORMED
  const key = `${signal}:${value}`
  if (status !== 'Active')
    return { kind: 'step', time, step: { kind: 'withdraw', key, because: `the source says ${status}` } }
  const media = signal === 'VideoMD5' ? 'video' : 'image'
  const extra = { media, lastModified: time, feedback: feedbackCounts(record) }
  return { kind: 'step', time, step: { kind: 'put', entry: { key, ...hashes, source: 'stopncii', extra } } }
}

/** What other platforms made of it, as numbers; who they are, and the cases behind it, are not kept. */
function feedbackCounts(record: Said): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const untrusted of arrayOf(record['CSPFeedbacks'])?.slice(0, 1000) ?? []) {
    const value = textOf(objectOf(untrusted)?.['feedbackValue'], 20)
    if (value && /^[A-Za-z]+$/.test(value)) counts[value] = (counts[value] ?? 0) + 1
  }
  return counts
}

function named<K extends string, V>(name: K, value: V | undefined): Record<K, V> | undefined {
  return value === undefined ? undefined : ({ [name]: value } as Record<K, V>)
}
