/** Text: whether content is text, and whether text that may carry pictures is among it. */
import { isUtf8 } from 'node:buffer'
import type { Sniffed } from './sniff.ts'
import type { Watched } from './watch.ts'

/** Marks of text that carries pictures: what it is, and how it begins. */
const CARRIERS: readonly { readonly begins: RegExp; readonly format: string }[] = [
  { begins: /^\{\\rtf/, format: 'rtf' },
  { begins: /^%!PS/, format: 'postscript' },
  { begins: /^From \S+.*\n[\w-]+:/, format: 'mbox' },
  {
    begins: /^(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*(?:MIME-Version|Content-Transfer-Encoding):/i,
    format: 'mail',
  },
]

/** Netpbm, X bitmaps and vector drawings: pictures in themselves, and not decoded. */
const DRAWINGS: readonly { readonly begins: RegExp; readonly format: string }[] = [
  { begins: /^(?:\s|<\?[^>]*>|<![^>]*>)*<svg[\s>]/, format: 'svg' },
  { begins: /^P[1-7]\s+(?:#[^\n]*\n\s*)*\d+\s+\d+/, format: 'pnm' },
  { begins: /^#define \w+_width \d+/, format: 'xbm' },
  { begins: /^\/\* XPM \*\//, format: 'xpm' },
]

/** Signs of a picture written out as text: data addresses, mail parts, address cards, uuencode. */
const SIGNS = [
  'data:image/',
  'data:application/octet-stream;base64',
  'ransfer-Encoding: base64',
  'ransfer-encoding: base64',
  'ENCODING=b',
  'begin 644 ',
  'begin 666 ',
]

/** Bytes of the beginning that the patterns are tried on. */
const PATTERN_BYTES = 4096

function signsAs(encoding: 'latin1' | 'utf16le'): readonly Watched[] {
  return SIGNS.map((sign) => ({ needle: Buffer.from(sign, encoding), because: 'container', format: 'text' }))
}

/** A byte that text of one byte a letter, or UTF-8, does not have. */
const NUL: Watched = { needle: Buffer.from([0]), because: 'unsupported' }

const NARROW_SIGNS = [...signsAs('latin1'), NUL]
const WIDE_SIGNS = signsAs('utf16le')

/** Control characters that text has: tab, line feed, form feed, carriage return, escape, backspace, bell. */
const TEXT_CONTROLS = [7, 8, 9, 10, 12, 13, 27]

const IS_CONTROL = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 32 && !TEXT_CONTROLS.includes(byte) ? 1 : 0,
)

/** From this length on, the want of control characters alone tells text of any old code page from other content. */
const TELLING_BYTES = 128

/** True when nothing in the beginning speaks against text: no control characters, and UTF-8 where it is short. */
function isText(head: Buffer): boolean {
  for (const byte of head) if (IS_CONTROL[byte] === 1) return false
  if (head.length >= TELLING_BYTES) return true
  return isUtf8(head) // short enough to be whole: no letter is cut in two
}

/** Long lines of nothing but base64: a file written out as text, and no list of hashes. */
function isBase64(beginning: string): boolean {
  const isRun = /^[A-Za-z0-9+/]{60}/.test(beginning) && /^[A-Za-z0-9+/=\r\n]+$/.test(beginning)
  return isRun && beginning.length > 512 && /[G-Z]/.test(beginning) && /[g-z]/.test(beginning)
}

function isWide(head: Buffer): boolean {
  const mark = head.readUInt16BE(0)
  return mark === 0xfffe || mark === 0xfeff
}

/** What text is; undefined when content is no text. */
export function textKind(head: Buffer): Sniffed | undefined {
  if (head.length >= 4 && isWide(head) && !head.subarray(2).includes('\0\0\0\0')) {
    return { kind: 'other', format: 'text', watched: WIDE_SIGNS }
  }
  if (!isText(head)) return undefined
  const beginning = head.toString('latin1', 0, PATTERN_BYTES).replace(/^\xef\xbb\xbf/, '')
  const carrier = CARRIERS.find(({ begins }) => begins.test(beginning))
  if (carrier !== undefined)
    return { kind: 'unknown', because: 'container', format: carrier.format, watched: [] }
  if (isBase64(beginning)) return { kind: 'unknown', because: 'container', format: 'base64', watched: [] }
  const drawing = DRAWINGS.find(({ begins }) => begins.test(beginning))
  if (drawing !== undefined)
    return { kind: 'unknown', because: 'unsupported', format: drawing.format, watched: [] }
  return { kind: 'other', format: 'text', watched: NARROW_SIGNS }
}
