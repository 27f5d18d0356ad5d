/** Signs: the bytes that give JSON its form. */

export const QUOTE = 0x22
export const BACKSLASH = 0x5c
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d
/** Brackets and braces differ in this bit alone. */
export const BRACE_BIT = 0x20
export const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf]
