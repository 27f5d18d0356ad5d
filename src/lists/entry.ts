/** Entry: the fields of one list entry as they stand in a file, parsed strictly whatever the format. */
import { md5, pdqHash, sha1, sha256 } from '#terms/hash'
import type { ListEntry } from '#terms/list'

/** The fields of an entry that name a hash. */
export const HASH_FIELDS = ['md5', 'sha1', 'sha256', 'pdq', 'photodna'] as const
export type HashField = (typeof HASH_FIELDS)[number]

/** The fields of an entry that say something of it. */
export const TEXT_FIELDS = ['label', 'category', 'source'] as const
export type TextField = (typeof TEXT_FIELDS)[number]

/** Every field of an entry, in the order in which they are written. */
export const FIELDS = [...HASH_FIELDS, ...TEXT_FIELDS] as const
export type Field = HashField | TextField

/** Longest label, category or source, in UTF-16 units. */
export const TEXT_LENGTH_MAX = 8_192
/** Longest PhotoDNA value as written: 144 numbers of three digits with commas take 575. */
export const PHOTODNA_LENGTH_MAX = 1_024

/** Longest part of a refused value that a reason repeats. */
const SHOWN_LENGTH_MAX = 24

/** An entry being put together, field by field. */
export type EntryDraft = { -readonly [F in keyof ListEntry]: ListEntry[F] }

/**
 * Parses one field into a draft. An empty value is an absent one.
 *
 * @returns why the value was refused; undefined when it was taken
 */
export function setField(draft: EntryDraft, field: Field, untrusted: string): string | undefined {
  switch (field) {
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'pdq':
    case 'photodna':
      return setHash(draft, field, untrusted)
    case 'label':
    case 'category':
    case 'source': {
      if (untrusted === '') return undefined
      const because = whyNoText(untrusted)
      if (because === undefined) draft[field] = untrusted
      return because && `${field} ${because}`
    }
  }
}

function setHash(draft: EntryDraft, field: HashField, untrusted: string): string | undefined {
  const value = untrusted.trim()
  if (value === '') return undefined
  switch (field) {
    case 'md5': {
      const hash = md5(value)
      if (hash) draft.md5 = hash
      return hash ? undefined : whyNoHex(field, value, 32)
    }
    case 'sha1': {
      const hash = sha1(value)
      if (hash) draft.sha1 = hash
      return hash ? undefined : whyNoHex(field, value, 40)
    }
    case 'sha256': {
      const hash = sha256(value)
      if (hash) draft.sha256 = hash
      return hash ? undefined : whyNoHex(field, value, 64)
    }
    case 'pdq': {
      const hash = pdqHash(value)
      if (hash) draft.pdq = hash
      return hash ? undefined : whyNoHex(field, value, 64)
    }
    case 'photodna':
      if (!isPhotoDna(value)) return `photodna is not up to ${PHOTODNA_LENGTH_MAX} plain characters`
      draft.photodna = value
      return undefined
  }
}

/** True of text that an entry can carry: not empty, whole Unicode, without NUL, no longer than the limit. */
export function isText(text: string): boolean {
  return text !== '' && whyNoText(text) === undefined
}

/** True of a PhotoDNA value that an entry can carry: printable ASCII within the limit, no space at either end. */
export function isPhotoDna(text: string): boolean {
  return text.length <= PHOTODNA_LENGTH_MAX && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text)
}

/** True of an entry that names at least one hash. */
export function hasHash(entry: ListEntry): boolean {
  return HASH_FIELDS.some((field) => entry[field] !== undefined)
}

function whyNoText(text: string): string | undefined {
  if (text.length > TEXT_LENGTH_MAX) return `is longer than ${TEXT_LENGTH_MAX} characters`
  if (!/[\p{Cc}\p{Surrogate}]/u.test(text)) return undefined // nearly every text: one look at it is enough
  if (text.includes('\0')) return 'holds a NUL'
  return /\p{Surrogate}/u.test(text) ? 'holds half a character' : undefined
}

function whyNoHex(field: HashField, value: string, digits: number): string {
  const hex = /^[0-9a-fA-F]*$/.test(value)
  if (!hex) return `${field} is not ${digits} hex digits: ${shown(value)}`
  return `${field} has ${value.length} hex digits, not ${digits}: ${shown(value)}`
}

/** The first part of an untrusted value, safe to print. */
export function shown(untrusted: string): string {
  const cut = untrusted.length > SHOWN_LENGTH_MAX ? `${untrusted.slice(0, SHOWN_LENGTH_MAX)}…` : untrusted
  return JSON.stringify(cut)
}
