/** Name before: whether a value in the bytes of a JSON object belongs to a member of some name. */

import { COLON, COMMA, OPEN_BRACE, QUOTE } from './signs.ts'

/** True of the four signs that JSON takes for white space. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** True when the value at a place is that of a member with one of these names. Nothing before `start` is looked at. */
export function isNamed(bytes: Buffer, start: number, value: number, names: readonly string[]): boolean {
  const colon = spaceBefore(bytes, start, value)
  const nameEnd = spaceBefore(bytes, start, colon)
  if (bytes[colon] !== COLON || bytes[nameEnd] !== QUOTE) return false
  return names.some((name) => {
    const nameStart = nameEnd - name.length - 1
    if (nameStart <= start || bytes[nameStart] !== QUOTE) return false
    const sign = bytes[spaceBefore(bytes, start, nameStart)]
    const isMember = sign === COMMA || sign === OPEN_BRACE // the quote of a text within a text has a backslash before it
    return isMember && bytes.toString('latin1', nameStart + 1, nameEnd) === name
  })
}

/** The nearest place before this one that is no white space. */
function spaceBefore(bytes: Buffer, start: number, place: number): number {
  let at = place - 1
  while (at > start && isSpace(bytes[at] ?? 0)) at--
  return at
}
