/** Entry: one image or video of an NCMEC hash-sharing page, live or deleted. Spec: NCMEC Hash Sharing v2, entries. */
import type { ListEntry } from '#terms/list'
import { whyEmptyInput } from '../empty-input.ts'
import { type EntryDraft, hasHash, isText, setField, shown } from '../entry.ts'
import type { XmlElement } from './xml.ts'

/** Who owns an entry. */
export interface NcmecMember {
  readonly id: number
  readonly name: string
}

/** What an entry says besides its hashes: `extra.ncmec` of a list entry. */
export interface NcmecExtra {
  readonly member: NcmecMember
  /** The owner's own identifier; with the member's id and the kind of media it is the key. */
  readonly id: string
  /** Last change, ISO 8601 UTC. */
  readonly timestamp: string
  /** Fingerprints that are no field of a list entry: large ones with their link, and kinds that are new. */
  readonly fingerprints?: readonly XmlElement[]
  /** Categorizations, feedback, and elements that are new, as they came. */
  readonly more?: readonly XmlElement[]
}

/** One entry of a page. */
export interface NcmecEntry extends NcmecExtra {
  readonly deleted: boolean
  readonly media: 'image' | 'video'
  /** The same as an entry of a list; a tombstone has `deleted` and its key. */
  readonly entry: ListEntry
}

/** The elements that are entries. */
export const ENTRY_KINDS: ReadonlyMap<string, { media: 'image' | 'video'; deleted: boolean }> = new Map([
  ['image', { media: 'image', deleted: false }],
  ['video', { media: 'video', deleted: false }],
  ['deletedImage', { media: 'image', deleted: true }],
  ['deletedVideo', { media: 'video', deleted: true }],
])

/** Codes that are of the scheme `ncmec-industry`; a list may use others. */
const INDUSTRY_CODES: ReadonlySet<string> = new Set(['A1', 'A2', 'B1', 'B2'])

const FINGERPRINT_FIELDS: ReadonlyMap<string, 'md5' | 'sha1' | 'sha256' | 'pdq' | 'photodna'> = new Map([
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['pdq', 'pdq'],
  ['pdna', 'photodna'],
])

/** Longest identifier of an entry. */
const ID_LENGTH_MAX = 1_024
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

/** The key of an entry among all entries of one environment. */
export function ncmecKey(media: 'image' | 'video', member: number, id: string): string {
  return `${media}:${member}:${id}`
}

/**
 * Parses one entry. Children are found by their names, since their order differs.
 *
 * @param note told of what of the entry could not be taken, where the rest of it could
 * @returns the entry; a text says why there is none
 */
export function parseEntry(tree: XmlElement, note: (reason: string) => void): NcmecEntry | string {
  const kind = tree.namespace === undefined ? ENTRY_KINDS.get(tree.name) : undefined
  if (!kind) return `${shown(tree.name)} is no entry that is known here`
  const known = parseIdentity(tree)
  if (typeof known === 'string') return known
  const key = ncmecKey(kind.media, known.member.id, known.id)
  const draft: EntryDraft = { key, media: kind.media, extra: { ncmec: known } }
  if (kind.deleted) {
    draft.deleted = true
    return entryOf(known, kind, draft)
  }
  const fingerprints = takeFingerprints(draft, tree, note)
  const more = takeMore(draft, tree)
  if (!hasHash(draft) && fingerprints.length === 0) return 'has no fingerprint'
  if (fingerprints.length > 0) known.fingerprints = fingerprints
  if (more.length > 0) known.more = more
  if (isText(known.member.name)) draft.source = known.member.name
  return entryOf(known, kind, draft)
}

type ExtraDraft = { -readonly [F in keyof NcmecExtra]: NcmecExtra[F] }

/** Made field by field: partners give millions of entries. */
function entryOf(
  { member, id, timestamp, fingerprints, more }: NcmecExtra,
  { media, deleted }: { media: 'image' | 'video'; deleted: boolean },
  entry: ListEntry,
): NcmecEntry {
  const found: { -readonly [F in keyof NcmecEntry]: NcmecEntry[F] } = {
    member,
    id,
    timestamp,
    media,
    deleted,
    entry,
  }
  if (fingerprints) found.fingerprints = fingerprints
  if (more) found.more = more
  return found
}

/** Member, identifier and time, which every entry has. */
function parseIdentity(tree: XmlElement): ExtraDraft | string {
  const member = child(tree, 'member')
  const number = member?.attributes?.['id'] ?? ''
  if (!/^\d{1,15}$/.test(number)) return `its member has no number: ${shown(number)}`
  const id = child(tree, 'id')?.text ?? ''
  if (id === '' || id.length > ID_LENGTH_MAX) return `its id is not of 1 to ${ID_LENGTH_MAX} characters`
  const stated = child(tree, 'timestamp')?.text ?? ''
  const time = MOMENT.test(stated) ? Date.parse(stated) : Number.NaN
  if (Number.isNaN(time)) return `its timestamp is none: ${shown(stated)}`
  const timestamp = new Date(time).toISOString()
  return { member: { id: Number(number), name: member?.text ?? '' }, id, timestamp }
}

/** The first child of a name. */
function child({ children: below = [] }: XmlElement, name: string): XmlElement | undefined {
  for (const one of below) if (one.name === name && one.namespace === undefined) return one
  return undefined
}

/** Fills in the fingerprints that an entry carries; gives back the others. One that is malformed is noted and given back. */
function takeFingerprints(draft: EntryDraft, tree: XmlElement, note: (reason: string) => void): XmlElement[] {
  const left: XmlElement[] = []
  for (const fingerprint of children(tree, 'fingerprints').flatMap((group) => group.children ?? [])) {
    const field = isPlainLeaf(fingerprint) ? FINGERPRINT_FIELDS.get(fingerprint.name) : undefined
    const text = fingerprint.text ?? ''
    if (field === undefined || draft[field] !== undefined || text === '') {
      left.push(fingerprint)
      continue
    }
    const reason = setField(draft, field, text) ?? whyEmptyInput(draft, field)
    if (reason === undefined) continue
    note(`${reason}; the fingerprint is left out`)
    left.push(fingerprint)
  }
  return left
}

function isPlainLeaf({ namespace, attributes, children: below }: XmlElement): boolean {
  return namespace === undefined && attributes === undefined && below === undefined
}

const IDENTITY: ReadonlySet<string> = new Set(['member', 'id', 'timestamp', 'fingerprints'])

/** Fills in the classification; gives back every other element as it came. */
function takeMore(draft: EntryDraft, tree: XmlElement): XmlElement[] {
  const more: XmlElement[] = []
  for (const child of tree.children ?? []) {
    if (child.namespace === undefined && IDENTITY.has(child.name)) continue
    const code = child.text ?? ''
    const isClass = child.name === 'classification' && isPlainLeaf(child) && draft.category === undefined
    if (!isClass || !isText(code)) {
      more.push(child)
      continue
    }
    draft.category = code
    if (INDUSTRY_CODES.has(code)) draft.categories = { 'ncmec-industry': [code] }
  }
  return more
}

function children(tree: XmlElement, name: string): readonly XmlElement[] {
  return (tree.children ?? []).filter((child) => child.name === name && child.namespace === undefined)
}
