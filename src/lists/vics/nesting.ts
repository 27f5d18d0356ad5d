/** Nesting: follows the strings, brackets and braces of a JSON value through its bytes. */
import { BACKSLASH, BRACE_BIT, CLOSE_BRACE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './signs.ts'

/** Deepest nesting within an element. */
export const OBJECT_DEPTH_MAX = 64

/** What was come upon: the value's end, a bracket that opens an array two deep, or the end of the bytes. */
export type Found = 'closed' | 'array' | 'nothing'

/** How deep, and whether in a string, the byte stands that comes next. */
export class Nesting {
  /** Next byte to be looked at; one beyond the end when that byte is escaped. */
  at = 0
  isDeep = false
  #depth = 0
  #inString = false

  /** A value begins, or goes on `depth` deep. */
  begin(depth: number): void {
    this.#depth = depth
    this.isDeep = false
    this.#inString = false
  }

  /** Follows the value up to what is found, and stands behind it. */
  follow(bytes: Buffer): Found {
    const end = bytes.length
    let at = this.at
    let depth = this.#depth
    let inString = this.#inString
    let found: Found = 'nothing'
    while (found === 'nothing' && at < end) {
      const byte = bytes[at++] ?? 0
      if (inString) {
        if (byte === BACKSLASH) at++
        else if (byte === QUOTE) inString = false
      } else if (byte === QUOTE) {
        inString = true
      } else if (byte < OPEN_BRACKET) {
        // most of what stands outside strings
      } else if ((byte | BRACE_BIT) === OPEN_BRACE) {
        if (++depth > OBJECT_DEPTH_MAX) this.isDeep = true
        if (depth === 2 && byte === OPEN_BRACKET) found = 'array'
      } else if ((byte | BRACE_BIT) === CLOSE_BRACE && --depth <= 0) {
        found = 'closed'
      }
    }
    this.at = at
    this.#depth = depth
    this.#inString = inString
    return found
  }
}
