/** Profile: how long material may be kept for which purpose, under which instrument, read from a dated file. */
import { PURPOSES, type Purpose } from '#terms/people'
import { type Period, periodOf } from './period.ts'

/** How long for one purpose. */
export type Term =
  | { readonly kind: 'for'; readonly period: Period; readonly because: string }
  /** By nothing that ends by itself: somebody named decides, as police by instruction. */
  | { readonly kind: 'until-decided'; readonly by: string; readonly because: string }
  | { readonly kind: 'not-kept'; readonly because: string }

/** What a term rests on. */
export interface ProfileSource {
  readonly title: string
  /** ISO 8601 date of the instrument. */
  readonly dated?: string
  readonly paragraphs: readonly number[]
}

/** A retention profile. */
export interface RetentionProfile {
  readonly name: string
  readonly title: string
  /** Where its law holds. */
  readonly place: string
  /** From which date this version of it stands. */
  readonly from: string
  /** `text`: read in the text of its sources; `operator`: whoever runs Tutela has to verify it. */
  readonly verified: 'text' | 'operator'
  readonly sources: readonly ProfileSource[]
  /** For no purpose longer than this after the item was first kept under the profile. */
  readonly ceiling?: Period
  /** That the period itself is looked at again, by whom, and when that was done last. */
  readonly review?: { readonly every: Period; readonly by: string; readonly last: string }
  readonly purposes: ReadonlyMap<Purpose, Term>
  /** For every other purpose. */
  readonly otherwise: Term
  /** How long the name of somebody who has left is kept; absent where the profile says nothing of names. */
  readonly names?: Term
}

const MEMBERS = [
  ...['profile', 'title', 'place', 'from', 'verified', 'sources', 'ceiling', 'review', 'purposes'],
  ...['otherwise', 'names'],
]
const NAME = /^[a-z][a-z0-9-]{0,63}$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const CHARACTERS_MAX = 2000

/** What is wrong with a profile's file, in words. */
export class ProfileProblem extends Error {}

/**
 * Reads a profile from the value of its file. What is not known in it stops it.
 *
 * @throws ProfileProblem that says what is wrong
 */
export function parseProfile(untrusted: unknown): RetentionProfile {
  const file = members(untrusted, 'the profile', MEMBERS)
  const name = text(file['profile'], 'profile')
  if (!NAME.test(name)) throw new ProfileProblem(`"${name}" is no name of a profile`)
  const verified = text(file['verified'], 'verified')
  if (verified !== 'text' && verified !== 'operator')
    throw new ProfileProblem('"verified" is text or operator')
  const ceiling = file['ceiling'] === undefined ? undefined : period(file['ceiling'], 'ceiling')
  return {
    name,
    title: text(file['title'], 'title'),
    place: text(file['place'], 'place'),
    from: date(file['from'], 'from'),
    verified,
    sources: list(file['sources'], 'sources').map(sourceOf),
    ...(ceiling && { ceiling }),
    ...(file['review'] !== undefined && { review: reviewOf(file['review']) }),
    purposes: purposesOf(file['purposes']),
    otherwise: termOf(file['otherwise'], 'otherwise'),
    ...(file['names'] !== undefined && { names: termOf(file['names'], 'names') }),
  }
}

function sourceOf(untrusted: unknown): ProfileSource {
  const source = members(untrusted, 'a source', ['title', 'dated', 'paragraphs'])
  return {
    title: text(source['title'], 'title of a source'),
    ...(source['dated'] !== undefined && { dated: date(source['dated'], 'dated') }),
    paragraphs: list(source['paragraphs'] ?? [], 'paragraphs').map((one) => {
      if (!Number.isInteger(one)) throw new ProfileProblem('a paragraph is a whole number')
      return one as number
    }),
  }
}

function reviewOf(untrusted: unknown): NonNullable<RetentionProfile['review']> {
  const review = members(untrusted, 'the review', ['every', 'by', 'last'])
  return {
    every: period(review['every'], 'every'),
    by: text(review['by'], 'by'),
    last: date(review['last'], 'last'),
  }
}

function purposesOf(untrusted: unknown): Map<Purpose, Term> {
  const terms = members(untrusted ?? {}, 'the purposes', PURPOSES)
  return new Map(Object.entries(terms).map(([purpose, term]) => [purpose as Purpose, termOf(term, purpose)]))
}

function termOf(untrusted: unknown, of: string): Term {
  const term = members(untrusted, `the term of ${of}`, ['for', 'until-decided-by', 'not-kept', 'because'])
  const because = text(term['because'], `because of ${of}`)
  const kinds = ['for', 'until-decided-by', 'not-kept'].filter((kind) => term[kind] !== undefined)
  if (kinds.length !== 1)
    throw new ProfileProblem(`${of} has one of "for", "until-decided-by", "not-kept", and no other`)
  if (kinds[0] === 'for') return { kind: 'for', period: period(term['for'], of), because }
  if (kinds[0] === 'until-decided-by')
    return { kind: 'until-decided', by: text(term['until-decided-by'], of), because }
  if (term['not-kept'] !== true) throw new ProfileProblem(`"not-kept" of ${of} is true or not there`)
  return { kind: 'not-kept', because }
}

function members(untrusted: unknown, of: string, known: readonly string[]): Record<string, unknown> {
  if (typeof untrusted !== 'object' || untrusted === null || Array.isArray(untrusted))
    throw new ProfileProblem(`${of} is no set of members`)
  const unknown = Object.keys(untrusted).find((key) => !known.includes(key))
  if (unknown !== undefined) throw new ProfileProblem(`"${unknown}" is not known in ${of}`)
  return untrusted as Record<string, unknown>
}

function list(untrusted: unknown, of: string): readonly unknown[] {
  if (!Array.isArray(untrusted)) throw new ProfileProblem(`"${of}" is no list`)
  return untrusted
}

function text(untrusted: unknown, of: string): string {
  if (typeof untrusted === 'string' && untrusted !== '' && untrusted.length <= CHARACTERS_MAX)
    return untrusted
  throw new ProfileProblem(`"${of}" is no text, or too long`)
}

function date(untrusted: unknown, of: string): string {
  const written = text(untrusted, of)
  if (!DATE.test(written) || Number.isNaN(Date.parse(written)))
    throw new ProfileProblem(`"${of}" is no date as 2021-01-07`)
  return written
}

function period(untrusted: unknown, of: string): Period {
  const read = periodOf(untrusted)
  if (!read) throw new ProfileProblem(`"${of}" is no period as P2Y or P90D`)
  return read
}
