/** Id: names of things that say nothing of what they name. */
import { randomBytes } from 'node:crypto'

/** Crockford's base 32, in lower case: no letter that is taken for another. */
const SIGNS = '0123456789abcdefghjkmnpqrstvwxyz'
const CHARACTERS = 16

/** A new id: a prefix, a hyphen, and eighty random bits in sixteen characters. */
export function newId<P extends string>(prefix: P): `${P}-${string}` {
  let signs = ''
  for (const byte of randomBytes(CHARACTERS)) signs += SIGNS[byte & 31]
  return `${prefix}-${signs}`
}

/** True of a text that has the form of an id with this prefix. */
export function isId<P extends string>(prefix: P, untrusted: string): untrusted is `${P}-${string}` {
  return (
    untrusted.startsWith(`${prefix}-`) && /^[0-9a-hjkmnp-tv-z]{16}$/.test(untrusted.slice(prefix.length + 1))
  )
}
