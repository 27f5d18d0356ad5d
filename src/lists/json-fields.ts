/** JSON fields: the fields of an entry that are no plain text, as JSON lines hold them. */
import { type Categories, TRUSTS } from '#terms/register'
import { type EntryDraft, isText, shown } from './entry.ts'
import { isObject, whyNotKept } from './extra.ts'

/** The keys, in the order in which they are written. */
export const JSON_FIELDS = ['key', 'categories', 'trust', 'media', 'extra', 'deleted'] as const
export type JsonField = (typeof JSON_FIELDS)[number]

const MEDIA = ['image', 'video'] as const
const SCHEMES_MAX = 32
const CODES_MAX = 256

/** Parses one field into a draft. @returns why it was refused; undefined when it was taken */
export function setJsonField(draft: EntryDraft, field: JsonField, untrusted: unknown): string | undefined {
  switch (field) {
    case 'key':
      if (typeof untrusted !== 'string' || !isText(untrusted)) return 'key is no text'
      draft.key = untrusted
      return undefined
    case 'categories':
      return setCategories(draft, untrusted)
    case 'trust': {
      const trust = TRUSTS.find((known) => known === untrusted)
      if (trust) draft.trust = trust
      return trust ? undefined : `trust is none of ${TRUSTS.join(', ')}`
    }
    case 'media': {
      const media = MEDIA.find((known) => known === untrusted)
      if (media) draft.media = media
      return media ? undefined : `media is none of ${MEDIA.join(', ')}`
    }
    case 'extra': {
      const reason = isObject(untrusted) ? whyNotKept(untrusted) : 'is no object'
      if (reason === undefined) draft.extra = untrusted
      return reason && `extra ${reason}`
    }
    case 'deleted':
      if (untrusted !== true) return 'deleted is not true'
      draft.deleted = true
      return undefined
  }
}

function setCategories(draft: EntryDraft, untrusted: unknown): string | undefined {
  if (!isObject(untrusted)) return 'categories is no object'
  const pairs = Object.entries(untrusted)
  if (pairs.length > SCHEMES_MAX) return `categories are of more than ${SCHEMES_MAX} schemes`
  for (const [scheme, codes] of pairs) {
    const isCodes =
      Array.isArray(codes) &&
      codes.length <= CODES_MAX &&
      codes.every((code: unknown) => typeof code === 'string' && isText(code))
    if (!isText(scheme) || !isCodes) return `categories of ${shown(scheme)} are no list of codes`
  }
  draft.categories = untrusted as Categories
  return undefined
}
