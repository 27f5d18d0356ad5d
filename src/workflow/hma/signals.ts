/** Signals: the hashes that an HMA client speaks of, under its names, and how they are written and compared. */
import { distance as bitsBetween } from '@tutela/kernels/pdq'
import { DISTANCE_MAX } from '#matching/verdict'
import type { HashKind } from '#terms/hash'
import { md5, pdqHash, sha256 } from '#terms/hash'
import type { EntryHashes } from '#terms/register'

/** The signal types that are answered. */
export const SIGNAL_TYPES = ['pdq', 'video_md5', 'video_sha256'] as const
export type SignalType = (typeof SIGNAL_TYPES)[number]

/** Signal types of HMA and its extensions that are known by name and never enabled here. */
export const FOREIGN_SIGNAL_TYPES: ReadonlySet<string> = new Set([
  'vpdq',
  'photodna',
  'raw_text',
  'trend_query',
  'url',
  'url_md5',
  'video_tmk_pdqf',
])

export const CONTENT_TYPES = ['photo', 'video'] as const
/** What a file is said to be; the name of its field in an upload. */
export type ContentType = (typeof CONTENT_TYPES)[number]

/** The signal types that a file of each content type has. */
export const SIGNALS_OF: Readonly<Record<ContentType, readonly SignalType[]>> = {
  photo: ['pdq'],
  video: ['video_md5', 'video_sha256'],
}

/** The hash that each signal type is. */
export const HASH_OF = {
  pdq: 'pdq',
  video_md5: 'md5',
  video_sha256: 'sha256',
} as const satisfies Readonly<Record<SignalType, HashKind>>

/** Signals by type, as they are sent and answered. */
export type Signals = Readonly<Partial<Record<SignalType, string>>>

/** A signal read from outside, or why it is none. */
export type ParsedSignal =
  | { readonly kind: 'signal'; readonly hash: string; readonly hashes: EntryHashes }
  | { readonly kind: 'invalid'; readonly because: string }

/**
 * Reads a signal. PDQ is taken only in lower case and without spaces, digests in either case and trimmed, as HMA does it.
 * (HMA, python-threatexchange `signal_type`)
 */
export function parseSignal(type: SignalType, untrusted: unknown): ParsedSignal {
  if (typeof untrusted !== 'string') return invalid('a signal is a text')
  switch (type) {
    case 'pdq': {
      const pdq = untrusted === untrusted.toLowerCase() ? pdqHash(untrusted) : undefined
      return pdq
        ? { kind: 'signal', hash: pdq, hashes: { pdq } }
        : invalid('a PDQ hash is 64 lower-case hexadecimal digits')
    }
    case 'video_md5': {
      const digest = md5(untrusted.trim())
      return digest
        ? { kind: 'signal', hash: digest, hashes: { md5: digest } }
        : invalid('an MD5 is 32 hexadecimal digits')
    }
    case 'video_sha256': {
      const digest = sha256(untrusted.trim())
      return digest
        ? { kind: 'signal', hash: digest, hashes: { sha256: digest } }
        : invalid('a SHA-256 is 64 hexadecimal digits')
    }
  }
}

function invalid(because: string): ParsedSignal {
  return { kind: 'invalid', because }
}

/** The hashes of an entry under the names of signals. */
export function signalsOf(hashes: EntryHashes): Signals {
  return {
    ...(hashes.pdq && { pdq: hashes.pdq }),
    ...(hashes.md5 && { video_md5: hashes.md5 }),
    ...(hashes.sha256 && { video_sha256: hashes.sha256 }),
  }
}

/** How two hashes compare: whether they match by the type's own rule, and the distance where the type has one. */
export type Compared = readonly [boolean, { readonly distance?: number }]

/** Compares two hashes of a type, as `parseSignal` gave them. */
export function compareSignals(type: SignalType, a: string, b: string): Compared {
  if (type !== 'pdq') return [a === b, {}]
  const distance = bitsBetween(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'))
  return [distance <= DISTANCE_MAX, { distance }]
}
