/** Written: the documents of NCMEC hash sharing v2 as text, to be given out. Spec: NCMEC Hash Sharing v2. */
import type { EntryHashes } from '#terms/register'
import type { NcmecMember } from './entry.ts'
import { NCMEC_NAMESPACE } from './page.ts'

/** One entry to be written; a tombstone has no hashes. */
export interface NcmecWritten {
  readonly media: 'image' | 'video'
  readonly member: NcmecMember
  readonly id: string
  /** When it changed last. */
  readonly at: Date
  readonly live?: { readonly hashes: EntryHashes; readonly classification?: string }
}

/** A `queryResult`. @param next path of the next page, below the root of the application */
export function queryResultXml(rows: readonly NcmecWritten[], next?: string): string {
  const groups = (['image', 'video'] as const).map((media) => groupXml(media, rows))
  return documentXml(
    'queryResult',
    groups.join('') + (next ? `<paging>${textXml('next', next)}</paging>` : ''),
  )
}

/** A `status`: who asks. */
export function statusXml(address: string, username: string, member: NcmecMember): string {
  const said = textXml('ipAddress', address) + textXml('username', username) + memberXml(member)
  return documentXml('status', said)
}

export function membersXml(members: readonly NcmecMember[]): string {
  return documentXml('members', members.map(memberXml).join(''))
}

/** @param type kind of hash, as `Sha1` */
export function reasonsXml(reasons: readonly { guid: string; name: string }[], type: string): string {
  const said = reasons.map(
    ({ guid, name }) => `<reason guid="${escaped(guid)}" name="${escaped(name)}" type="${escaped(type)}"/>`,
  )
  return documentXml('availableFeedbackReasons', said.join(''))
}

export function submissionResultXml(): string {
  return documentXml('submissionResult', '')
}

function groupXml(media: 'image' | 'video', all: readonly NcmecWritten[]): string {
  const rows = all.filter((row) => row.media === media)
  const latest = rows.reduce((last, { at }) => Math.max(last, at.getTime()), 0)
  const stated = latest > 0 ? ` maxTimestamp="${stamp(new Date(latest))}"` : ''
  return `<${media}s count="${rows.length}"${stated}>${rows.map(entryXml).join('')}</${media}s>`
}

function entryXml({ media, member, id, at, live }: NcmecWritten): string {
  const known = memberXml(member) + textXml('timestamp', stamp(at)) + textXml('id', id)
  if (!live) {
    const name = media === 'image' ? 'deletedImage' : 'deletedVideo'
    return `<${name}>${known}</${name}>`
  }
  const { md5, sha1, sha256, pdq, photodna: pdna } = live.hashes
  const prints = Object.entries({ md5, sha1, sha256, pdq, pdna }).map(([name, value]) =>
    value === undefined ? '' : textXml(name, value),
  )
  const grade = live.classification === undefined ? '' : textXml('classification', live.classification)
  return `<${media}>${known}${grade}<fingerprints>${prints.join('')}</fingerprints><feedback/></${media}>`
}

function memberXml({ id, name }: NcmecMember): string {
  return `<member id="${id}">${escaped(name)}</member>`
}

function textXml(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`
}

function documentXml(root: string, inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<${root} xmlns="${NCMEC_NAMESPACE}">${inner}</${root}>\n`
}

/** To the second, rounded down: what is asked for from a second on includes it. */
function stamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

/** Characters that XML cannot hold are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
