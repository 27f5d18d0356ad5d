/** Empty input: the hashes of no bytes at all, which some lists carry by mistake and which would match every empty file. */
import type { EntryDraft, HashField } from './entry.ts'

const EMPTY_INPUT: Readonly<Partial<Record<HashField, string>>> = {
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
  sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
}

/** Takes the hash of no bytes out of a draft. @returns why it was refused; undefined for any other hash */
export function whyEmptyInput(draft: EntryDraft, field: HashField): string | undefined {
  if (draft[field] === undefined || draft[field] !== EMPTY_INPUT[field]) return undefined
  delete draft[field]
  return `its ${field} is that of an empty file`
}

/** Looks at every digest of a draft. @returns why it was refused; undefined when none is that of no bytes */
export function emptyDraftReason(draft: EntryDraft): string | undefined {
  return whyEmptyInput(draft, 'md5') ?? whyEmptyInput(draft, 'sha1') ?? whyEmptyInput(draft, 'sha256')
}
