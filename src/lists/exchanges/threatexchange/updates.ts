/** Updates: what ThreatExchange says of an indicator, as a step of a change. Spec: Graph API, threat_updates. */
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import type { EntryHashes, EntryStep, Trust } from '#terms/register'
import { arrayOf, objectOf, type Said, textOf, timeOf } from '../said.ts'

/** An update read, or why it was left out. */
export type UpdateRead =
  | { readonly kind: 'step'; readonly step: EntryStep; readonly time: number }
  | { readonly kind: 'left-out'; readonly because: 'malformed' | 'not-carried'; readonly time?: number }

/** The kinds of indicator that are hashes kept here, as the interface names them. */
export const HASH_TYPES = [
  'HASH_PDQ',
  'HASH_MD5',
  'HASH_SHA1',
  'HASH_SHA256',
  'HASH_VIDEO_MD5',
  'HASH_VIDEO_SHA256',
] as const

const PARSERS: Readonly<Record<(typeof HASH_TYPES)[number], (text: string) => EntryHashes | undefined>> = {
  HASH_PDQ: (text) => only('pdq', pdqHash(text)),
  HASH_MD5: (text) => only('md5', md5(text)),
  HASH_SHA1: (text) => only('sha1', sha1(text)),
  HASH_SHA256: (text) => only('sha256', sha256(text)),
  HASH_VIDEO_MD5: (text) => only('md5', md5(text)),
  HASH_VIDEO_SHA256: (text) => only('sha256', sha256(text)),
}
const VIDEO_TAG = 'media_type_video'
const DESCRIPTORS_MAX = 1_000
const TAGS_MAX = 200

/** What one member says of an indicator. */
interface Descriptor {
  readonly id: string
  readonly owner: string
  readonly status: string
  readonly tags: readonly string[]
  readonly isDisputed: boolean
}

/**
 * Reads one update. `should_delete`, or descriptors that are not there, withdraws it. The members' statuses together give its
 * trust: all malicious, the list's own; some against, disputed; all against, a false positive; else reported.
 */
export function readUpdate(untrusted: unknown): UpdateRead {
  const update = objectOf(untrusted)
  const id = textOf(update?.['id'], 100)
  const time = timeOf(update?.['last_updated'])
  if (!update || !id || time === undefined) return { kind: 'left-out', because: 'malformed' }
  const descriptors = membersOf(update['descriptors'])
  if (update['should_delete'] === true || !descriptors) return gone(id, time, 'the source withdrew it')
  const type = HASH_TYPES.find((one) => one === update['type'])
  if (!type) return { kind: 'left-out', because: 'not-carried', time }
  const hashes = PARSERS[type](textOf(update['indicator'], 200) ?? '')
  if (!hashes) return { kind: 'left-out', because: 'malformed', time }
  const read = descriptors.slice(0, DESCRIPTORS_MAX).flatMap((one) => readDescriptor(one) ?? [])
  if (read.length === 0) return gone(id, time, 'no member stands behind it')
  return { kind: 'step', time, step: { kind: 'put', entry: entryOf(id, type, hashes, read) } }
}

function gone(key: string, time: number, because: string): UpdateRead {
  return { kind: 'step', time, step: { kind: 'withdraw', key, because } }
}

function entryOf(key: string, type: string, hashes: EntryHashes, descriptors: readonly Descriptor[]) {
  const trust = trustOf(descriptors)
  const tags = [...new Set(descriptors.flatMap((one) => one.tags))].sort().slice(0, TAGS_MAX)
  const isVideo = type.startsWith('HASH_VIDEO') || tags.includes(VIDEO_TAG)
  return {
    key,
    ...hashes,
    ...(trust && { trust }),
    ...(tags.length > 0 && { categories: { 'threatexchange-tags': tags } }),
    source: 'threatexchange',
    extra: {
      type,
      media: isVideo || type !== 'HASH_PDQ' ? (isVideo ? 'video' : 'unknown') : 'image',
      descriptors: descriptors.map(({ id, owner, status }) => ({ id, owner, status })),
    },
  }
}

function trustOf(descriptors: readonly Descriptor[]): Trust | undefined {
  const speaksFor = descriptors.some(({ status }) => status === 'MALICIOUS')
  const speaksAgainst = descriptors.some(({ status, isDisputed }) => status === 'NON_MALICIOUS' || isDisputed)
  if (speaksFor) return speaksAgainst ? 'disputed' : undefined
  return descriptors.every(({ status }) => status === 'NON_MALICIOUS') ? 'false-positive' : 'reported'
}

/** A descriptor without an owner says nothing. */
function readDescriptor(untrusted: unknown): Descriptor | undefined {
  const said = objectOf(untrusted)
  const id = textOf(said?.['id'], 100)
  const owner = textOf(objectOf(said?.['owner'])?.['id'], 100)
  if (!said || !id || !owner) return undefined
  const tags = (membersOf(said['tags']) ?? []).slice(0, TAGS_MAX).flatMap(tagOf)
  const reactions = (membersOf(said['reactions']) ?? []).map((one) => objectOf(one))
  const isDisputed = reactions.some(
    (reaction) => reaction?.['key'] === 'DISAGREE_WITH_TAGS' && textOf(reaction['value']) !== '',
  )
  return { id, owner, status: textOf(said['status'], 40) ?? 'UNKNOWN', tags, isDisputed }
}

function tagOf(untrusted: unknown): string[] {
  const text = textOf(objectOf(untrusted)?.['text'] ?? untrusted, 200)
  return text ? [text] : []
}

/** What is either an array or an object with `data`. */
function membersOf(untrusted: unknown): readonly unknown[] | undefined {
  return arrayOf(untrusted) ?? arrayOf((objectOf(untrusted) as Said | undefined)?.['data'])
}

function only<K extends keyof EntryHashes>(name: K, value: EntryHashes[K]): EntryHashes | undefined {
  return value === undefined ? undefined : { [name]: value }
}
