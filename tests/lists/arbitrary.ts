/** Arbitrary entries for properties of lists and of the index. */
import fc from 'fast-check'
import type { Md5, PdqHash, Sha1, Sha256 } from '#terms/hash'
import type { ListEntry } from '#terms/list'

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => Buffer.from(value).toString('hex'))

/** Hashes, drawn from few values at times so that some repeat. */
const few = (bytes: number): fc.Arbitrary<string> =>
  fc.oneof(
    hex(bytes),
    fc.integer({ min: 0, max: 3 }).map((value) => value.toString(16).padStart(bytes * 2, '0')),
  )

export const anyMd5 = few(16).map((value) => value as Md5)
export const anySha1 = few(20).map((value) => value as Sha1)
export const anySha256 = few(32).map((value) => value as Sha256)
export const anyPdq = few(32).map((value) => value as PdqHash)

const photodna = fc
  .uint8Array({ minLength: 1, maxLength: 144 })
  .map((value) => Buffer.from(value).toString('base64'))

/** Texts that try a format: delimiters, quotes, line ends, signs that open formulas, spaces, other scripts. */
export const anyText = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }),
    fc.stringMatching(/^[=+@#;,\t"'\r\n \\{}-]{1,12}$/),
    fc.constantFrom(
      'B',
      'category A',
      '"',
      '""',
      ',',
      '\r',
      '\r\n',
      '\n',
      ' x ',
      '#',
      '=1+1',
      '\uFEFF',
      'naïve',
    ),
  )
  .filter((text) => text !== '' && !text.includes('\0') && !/\p{Surrogate}/u.test(text))

const texts = { label: anyText, category: anyText, source: anyText }

/** Entries with at least one hash. */
export const anyEntry: fc.Arbitrary<ListEntry> = fc
  .record(
    { md5: anyMd5, sha1: anySha1, sha256: anySha256, pdq: anyPdq, photodna, ...texts },
    { requiredKeys: [] },
  )
  .filter(({ md5, sha1, sha256, pdq, photodna: value }) => Boolean(md5 ?? sha1 ?? sha256 ?? pdq ?? value))

/** Entries of a single hash and no text: what a plain list carries. */
export const anyBareEntry: fc.Arbitrary<ListEntry> = fc.oneof(
  anyMd5.map((md5) => ({ md5 })),
  anySha1.map((sha1) => ({ sha1 })),
  anySha256.map((sha256) => ({ sha256 })),
  anyPdq.map((pdq) => ({ pdq })),
  photodna.map((value) => ({ photodna: value })),
)
