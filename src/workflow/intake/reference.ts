/** Reference: the code by which whoever reported learns of the outcome, and the number by which a case is called. */
import { createHash, randomBytes } from 'node:crypto'
import type { PersonKeys } from '#ground/person-keys'

/** Crockford's base 32: no letter that is taken for another. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const REFERENCE_SIGNS = 12
const CASE_SIGNS = 8
const GROUP_SIGNS = 4

/**
 * The code of a report, as `4F7K-92QX-1B3M`. It is told once, and only its digest is kept. Where the sender has a name of its own
 * for the report the code follows from that under a key of this deployment, so that a repeat is told the same code.
 */
export function referenceOf(
  keys: PersonKeys,
  sent: { readonly from: string; readonly remoteId: string } | undefined,
): string {
  const bytes = sent
    ? keys.digest('reference', `${sent.from}\0${sent.remoteId}`)
    : randomBytes(REFERENCE_SIGNS)
  return signs(bytes, REFERENCE_SIGNS)
}

/** A number for a new case, as `4F7K-92QX`: by chance, so that it says nothing of how many there are. */
export function newCaseNumber(): string {
  return signs(randomBytes(CASE_SIGNS), CASE_SIGNS)
}

/** What is kept of a code, in whatever case and with whatever spaces it was typed; undefined for what is no code. */
export function referenceHash(untrustedReference: string): Buffer | undefined {
  const plain = untrustedReference
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[IL]/g, '1')
    .replace(/O/g, '0')
  if (plain.length !== REFERENCE_SIGNS || [...plain].some((sign) => !SIGNS.includes(sign))) return undefined
  return createHash('sha256').update(plain).digest()
}

function signs(bytes: Uint8Array, count: number): string {
  const all = [...bytes.subarray(0, count)].map((byte) => SIGNS[byte & 31] ?? '').join('')
  return (all.match(new RegExp(`.{${GROUP_SIGNS}}`, 'g')) ?? []).join('-')
}
