/** Words: the small parts that requests and answers are made of. */
import Type from 'typebox'
import { DIGEST_KINDS, ORIENTATIONS } from '#terms/hash'
import { TRUSTS } from '#terms/register'
import type { Region } from '#terms/verdict'

/** One of some words. */
export function word<const T extends string>(words: readonly T[], description: string) {
  return Type.Unsafe<T>({ type: 'string', enum: [...words], description })
}

/** Hexadecimal of so many bytes, in either case. */
export function hex(bytes: number, description: string) {
  return Type.String({ pattern: `^[0-9A-Fa-f]{${bytes * 2}}$`, description })
}

export const REGIONS: readonly Region[] = ['whole', 'unbordered']

export const Orientation = word(
  ORIENTATIONS,
  'How the picture was turned or mirrored before it was hashed; `orig` as it stands.',
)

export const WhichRegion = word(
  REGIONS,
  '`whole`: the picture as it stands; `unbordered`: without its uniform border.',
)

export const Basis = word(
  [...DIGEST_KINDS, 'pdq'] as const,
  'What matched: a digest of the same bytes, or PDQ, a perceptual hash of a picture that looks alike.',
)

export const TrustWord = word(
  TRUSTS,
  '`confirmed`, `reported`, `disputed`, or `false-positive`: how far the entry is relied on.',
)

export const CategoriesByScheme = Type.Record(Type.String(), Type.Array(Type.String()), {
  description: 'Category codes by their scheme; several where publishers disagree.',
})

export const Moment = Type.String({ description: 'ISO 8601, UTC.', examples: ['2026-03-01T12:00:00.000Z'] })

/** The name of a list. */
export const ListName = Type.String({
  pattern: '^[A-Za-z0-9_.-]{1,200}$',
  description: 'Letters, digits, `_`, `-` and `.`, up to 200.',
})
