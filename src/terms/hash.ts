/** Hashes: the digests and perceptual hashes a file can have, as branded lower-case hex. */

declare const brand: unique symbol
type Branded<T, B extends string> = T & { readonly [brand]: B }

/** 32 lower-case hex digits. */
export type Md5 = Branded<string, 'md5'>
/** 40 lower-case hex digits. */
export type Sha1 = Branded<string, 'sha1'>
/** 64 lower-case hex digits. */
export type Sha256 = Branded<string, 'sha256'>
/** 64 lower-case hex digits of the `full` pipeline of PDQ, most significant bit first. */
export type PdqHash = Branded<string, 'pdq'>

/** The cryptographic digests, in the order in which they are shown. */
export const DIGEST_KINDS = ['md5', 'sha1', 'sha256'] as const
export type DigestKind = (typeof DIGEST_KINDS)[number]

/** Bytes of each hash that Tutela computes. */
export const HASH_BYTES = { md5: 16, sha1: 20, sha256: 32, pdq: 32 } as const
export type HashKind = keyof typeof HASH_BYTES

const HEX = /^[0-9a-fA-F]*$/

function isHexOf(text: string, bytes: number): boolean {
  return text.length === bytes * 2 && HEX.test(text)
}

/** Parses an MD5 in hex of either case; undefined when it is none. */
export function md5(untrusted: string): Md5 | undefined {
  return isHexOf(untrusted, HASH_BYTES.md5) ? (untrusted.toLowerCase() as Md5) : undefined
}

/** Parses a SHA-1 in hex of either case; undefined when it is none. */
export function sha1(untrusted: string): Sha1 | undefined {
  return isHexOf(untrusted, HASH_BYTES.sha1) ? (untrusted.toLowerCase() as Sha1) : undefined
}

/** Parses a SHA-256 in hex of either case; undefined when it is none. */
export function sha256(untrusted: string): Sha256 | undefined {
  return isHexOf(untrusted, HASH_BYTES.sha256) ? (untrusted.toLowerCase() as Sha256) : undefined
}

/** Parses a PDQ hash in hex of either case; undefined when it is none. */
export function pdqHash(untrusted: string): PdqHash | undefined {
  return isHexOf(untrusted, HASH_BYTES.pdq) ? (untrusted.toLowerCase() as PdqHash) : undefined
}

/** The eight orientations in which a picture is looked up, named as the PDQ tools name them. */
export const ORIENTATIONS = [
  'orig',
  'rot90',
  'rot180',
  'rot270',
  'flipx',
  'flipy',
  'flipplus1',
  'flipminus1',
] as const
export type Orientation = (typeof ORIENTATIONS)[number]
