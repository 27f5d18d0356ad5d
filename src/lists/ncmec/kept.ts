/** Kept: what a page of NCMEC said of an entry, parsed back from where it was kept. */
import { extraOf, isObject } from '../extra.ts'
import type { NcmecExtra } from './entry.ts'
import { isXmlName, isXmlText } from './text.ts'
import { XML_DEPTH_MAX, type XmlElement } from './xml.ts'

/** What was kept of an entry; undefined when it came from elsewhere. */
export function ncmecExtra(extra: unknown): NcmecExtra | undefined {
  const kept = extraOf(extra, 'ncmec')
  if (!isObject(kept)) return undefined
  const { member, id, timestamp, fingerprints, more } = kept
  if (!isObject(member) || typeof id !== 'string' || typeof timestamp !== 'string') return undefined
  const { id: number, name } = member
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || typeof name !== 'string')
    return undefined
  if (Number.isNaN(Date.parse(timestamp))) return undefined
  return {
    member: { id: number, name },
    id,
    timestamp,
    ...(Array.isArray(fingerprints) && { fingerprints: elements(fingerprints) }),
    ...(Array.isArray(more) && { more: elements(more) }),
  }
}

/** The elements among some values: those that cannot be written are no elements. */
function elements(values: readonly unknown[], depth = 0): XmlElement[] {
  return values.flatMap((value) => element(value, depth) ?? [])
}

function element(value: unknown, depth: number): XmlElement | undefined {
  if (!isObject(value) || depth > XML_DEPTH_MAX) return undefined
  const { name, namespace, attributes, text, children } = value
  if (typeof name !== 'string' || !isXmlName(name)) return undefined
  return {
    name,
    ...(typeof namespace === 'string' && isXmlText(namespace) && { namespace }),
    ...(isObject(attributes) && { attributes: writable(attributes) }),
    ...(typeof text === 'string' && isXmlText(text) && { text }),
    ...(Array.isArray(children) && { children: elements(children, depth + 1) }),
  }
}

function writable(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      isXmlName(name) && typeof value === 'string' && isXmlText(value) ? [[name, value] as const] : [],
    ),
  )
}
