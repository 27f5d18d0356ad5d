/** Text: elements as XML that any strict reader takes. */
import type { XmlElement } from './xml.ts'

/** Names without a prefix; `xml:lang` and its like are the only ones with one. */
const NAME = /^(?:xml:)?[\p{L}_][\p{L}\p{N}._-]*$/u
/** Signs that XML 1.0 has no way to write. */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

/** True of a text that XML can hold. */
export function isXmlText(text: string): boolean {
  return !UNWRITABLE.test(text)
}

/** True of a name that an element or an attribute can have. */
export function isXmlName(name: string): boolean {
  return name.length <= 256 && NAME.test(name)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"\r\n\t]/g, (sign) => ESCAPES[sign] ?? sign)
}

/** An element and everything below it. Its names and texts were looked at before. */
export function elementText({
  name,
  namespace,
  attributes = {},
  text = '',
  children = [],
}: XmlElement): string {
  const outer = namespace === undefined ? '' : ` xmlns="${escaped(namespace)}"`
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`)
  const open = `${name}${outer}${said.join('')}`
  if (text === '' && children.length === 0) return `<${open}/>`
  return `<${open}>${escaped(text)}${children.map(elementText).join('')}</${name}>`
}
