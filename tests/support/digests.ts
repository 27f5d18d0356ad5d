/** Digests: the keyed digests of a deployment, under a key that is the same in every test. */
import { createHmac } from 'node:crypto'
import type { TextDigests } from '#ground/digest-key'

const KEY = Buffer.alloc(32, 7)

function digest(text: string): string {
  return `hmac:0707abcd:${createHmac('sha256', KEY).update(text).digest('hex')}`
}

export const DIGESTS: TextDigests = { digest, digestIfKeyed: digest }
