/** Made up: hashes of nothing, for fakes: digests of a number. */
import { createHash } from 'node:crypto'

/** So many hex digits that no file has; always the same for the same words. */
export function madeUpHex(words: string, digits: 32 | 40 | 64): string {
  return createHash('sha512').update(`tutela made-up ${words}`).digest('hex').slice(0, digits)
}
