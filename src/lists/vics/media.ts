/** Media: one Media object of a VICS document as an entry of a list. Spec: VICS 1.3 and 2.0, Media. */
import { whyEmptyInput } from '../empty-input.ts'
import { type EntryDraft, setField, shown } from '../entry.ts'
import { hashField } from '../plain.ts'
import { whyPathLeaves } from './stored-path.ts'

/** Members that become fields of the entry. */
export const FIELD_NAMES: ReadonlySet<string> = new Set([
  'MD5',
  'SHA1',
  'SHA256',
  'PhotoDNA',
  'AlternativeHashes',
  'Category',
])
/** Highest category number. */
const CATEGORY = /^\d{1,4}$/

/**
 * Parses a Media object. Every member that is no field of an entry is kept in `extra.vics`, but for the decorations of OData
 * and `Miniature`: a picture is neither decoded, shown nor kept.
 *
 * @param scheme the scheme of its category number, where it is known
 * @param note told of what of the entry could not be taken, where the rest of it could
 * @returns the entry; a text says why there is none
 */
export function parseMedia(
  media: Readonly<Record<string, unknown>>,
  scheme: string | undefined,
  note: (reason: string) => void,
): EntryDraft | string {
  const draft: EntryDraft = {}
  const reason =
    setDigest(draft, 'md5', media['MD5']) ??
    setDigest(draft, 'sha1', media['SHA1']) ??
    setDigest(draft, 'sha256', media['SHA256']) ??
    setDigest(draft, 'photodna', media['PhotoDNA']) ??
    setCategory(draft, media['Category'], scheme)
  if (reason !== undefined) return reason
  if (draft.md5 === undefined) return 'has no MD5'
  draft.key = draft.md5
  const extra = restOf(draft, media, note)
  if (typeof extra === 'string') return extra
  if (extra) draft.extra = { vics: extra }
  return draft
}

function setDigest(
  draft: EntryDraft,
  field: 'md5' | 'sha1' | 'sha256' | 'photodna',
  untrusted: unknown,
): string | undefined {
  if (untrusted === undefined || untrusted === null || untrusted === '') return undefined
  if (typeof untrusted !== 'string') return `its ${field} is no text`
  return setField(draft, field, untrusted) ?? whyEmptyInput(draft, field)
}

/** A number, or a number as a text; null is a file that was not graded yet. */
function setCategory(draft: EntryDraft, untrusted: unknown, scheme: string | undefined): string | undefined {
  if (untrusted === undefined || untrusted === null || untrusted === '') return undefined
  const code = typeof untrusted === 'string' || typeof untrusted === 'number' ? String(untrusted) : ''
  if (!CATEGORY.test(code)) return `its Category is no number: ${shown(JSON.stringify(untrusted))}`
  draft.category = code
  if (scheme !== undefined) draft.categories = { [scheme]: [code] }
  return undefined
}

/** Every member that became no field; undefined when none did not. */
function restOf(
  draft: EntryDraft,
  media: Readonly<Record<string, unknown>>,
  note: (reason: string) => void,
): Record<string, unknown> | string | undefined {
  let rest: Record<string, unknown> | undefined
  for (const name in media) {
    const value = name === 'AlternativeHashes' ? takeAlternatives(draft, media[name], note) : media[name]
    const isField = FIELD_NAMES.has(name) && (name !== 'AlternativeHashes' || value === undefined)
    if ((isField && !isUngraded(name, value)) || name === 'Miniature' || name.includes('odata.')) continue
    if (name === '__proto__') return 'has a member with the name "__proto__"'
    if (name === 'MimeType') setMedia(draft, value)
    const leads = name === 'RelativeFilePath' ? whyPathLeaves(value) : undefined
    if (leads !== undefined) {
      note(`its RelativeFilePath ${leads}; the path is left out`)
      continue
    }
    rest ??= {}
    rest[name] = value
  }
  return rest
}

/** `Category: null` says that somebody has yet to look; no Category says nothing. */
function isUngraded(name: string, value: unknown): boolean {
  return name === 'Category' && value === null
}

function setMedia(draft: EntryDraft, untrusted: unknown): void {
  if (typeof untrusted !== 'string') return
  const [type] = untrusted.toLowerCase().split('/', 1)
  if (type === 'image' || type === 'video') draft.media = type
}

/** Takes the alternative hashes that an entry can carry. @returns the others; undefined when none is left */
function takeAlternatives(draft: EntryDraft, untrusted: unknown, note: (reason: string) => void): unknown {
  if (!Array.isArray(untrusted)) return untrusted ?? undefined
  const left: unknown[] = untrusted.filter(
    (alternative: unknown) => !takeAlternative(draft, alternative, note),
  )
  return left.length > 0 ? left : undefined
}

function takeAlternative(draft: EntryDraft, untrusted: unknown, note: (reason: string) => void): boolean {
  if (typeof untrusted !== 'object' || untrusted === null) return false
  const { HashName: name, HashValue: value } = untrusted as Readonly<Record<string, unknown>>
  const field = typeof name === 'string' ? hashField(name) : undefined
  if (field === undefined || typeof value !== 'string' || value === '') return false
  if (draft[field] !== undefined) return draft[field].toLowerCase() === value.toLowerCase()
  const reason = setField(draft, field, value) ?? whyEmptyInput(draft, field)
  if (reason !== undefined) note(`${reason}; the alternative hash is left out`)
  return reason === undefined
}
