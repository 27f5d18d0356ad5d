/** Text: whether content is text, and whether text that may carry pictures is among it. */
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

/** True when nothing in the beginning speaks against text: no control characters, and UTF-8 or mostly plain letters. */
function isText(head: Buffer): boolean {
  let high = 0
  for (const byte of head) {
    if (byte < 32 && !TEXT_CONTROLS.includes(byte)) return false
    if (byte >= 127) high += 1
  }
  if (high === 0) return true
  const cut = head.length < 4 ? head : head.subarray(0, head.length - 3) // a letter may be cut in two
  return !cut.toString('utf8').slice(0, -1).includes('\ufffd') || high < head.length / 4
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
  const drawing = DRAWINGS.find(({ begins }) => begins.test(beginning))
  if (drawing !== undefined)
    return { kind: 'unknown', because: 'unsupported', format: drawing.format, watched: [] }
  return { kind: 'other', format: 'text', watched: NARROW_SIGNS }
}
