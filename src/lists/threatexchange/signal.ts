/** Signal: the kinds of hash as ThreatExchange and its tools name them. */
import type { HashField } from '../entry.ts'
import { hashField } from '../plain.ts'

/** A field of an entry, and what a signal of that kind is made of where its name says it. */
export interface SignalField {
  readonly field: HashField
  readonly media?: 'image' | 'video'
}

const SIGNALS: ReadonlyMap<string, SignalField> = new Map([
  ['pdq', { field: 'pdq', media: 'image' }],
  ['video_md5', { field: 'md5', media: 'video' }],
  ['video_sha256', { field: 'sha256', media: 'video' }],
])

/** Hashes of whole videos, and of text in pictures: carried, not checked. */
const OTHER_SIGNALS: ReadonlyMap<string, 'image' | 'video'> = new Map([
  ['vpdq', 'video'],
  ['tmk', 'video'],
  ['tmk_pdqf', 'video'],
  ['video_tmk_pdqf', 'video'],
  ['pdq_ocr', 'image'],
])

function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^hash_/, '')
    .replaceAll('-', '_')
}

/** The field that a kind of signal fills: `pdq`, `HASH_MD5`, `video_md5`; undefined when it fills none. */
export function signalField(name: string): SignalField | undefined {
  const plain = plainName(name)
  const field = hashField(plain)
  return SIGNALS.get(plain) ?? (field && { field })
}

/** What a kind of signal that fills no field is made of; undefined when it is no hash at all. */
export function otherSignalMedia(name: string): 'image' | 'video' | undefined {
  return OTHER_SIGNALS.get(plainName(name))
}
