/** Text digest: free text stands in its table alone; its event holds this. */
import { createHash } from 'node:crypto'

/** SHA-256 of a text, in hex. */
export function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
