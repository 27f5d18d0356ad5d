/** Draft: a grade before it is given. It lives on this page alone, until it is confirmed. */
import type { VoteBody } from '#contract/desk'
import type { Basis } from '#terms/casework'
import type { UnseenBasis } from './levels.ts'
import type { Schemes } from './schemes.ts'
import type { ItemTold } from './walk.ts'

export type Annotation = NonNullable<VoteBody['annotation']>

export interface Draft {
  /** Category by scheme. */
  readonly grades: Readonly<Record<string, string>>
  readonly annotation: Annotation
  readonly rationale: string
  readonly isForStack: boolean
  /** Named by the person where they saw nothing. */
  readonly unseen?: UnseenBasis
}

export const NO_DRAFT: Draft = { grades: {}, annotation: {}, rationale: '', isForStack: false }

/** A draft with one category; to give it a second time takes it out. */
export function withGrade(
  draft: Draft,
  scheme: string,
  category: string | undefined,
  isForStack?: boolean,
): Draft {
  const { [scheme]: _, ...others } = draft.grades
  return {
    ...draft,
    grades: category === undefined ? others : { ...others, [scheme]: category },
    ...(isForStack !== undefined && { isForStack }),
  }
}

/** A draft with one field of the annotation; undefined takes it out. */
export function withAnnotation<K extends keyof Annotation>(
  draft: Draft,
  key: K,
  value: Annotation[K] | undefined,
): Draft {
  const { [key]: _, ...others } = draft.annotation
  const all: Annotation = value === undefined ? others : { ...others, [key]: value }
  // Without "self-generated" its context says nothing.
  const { selfGeneratedContext: __, ...rest } = all
  const annotation = all.selfGenerated === 'yes' ? all : rest
  return { ...draft, annotation }
}

/** True where it can be given: in the main scheme, whatever the others say. */
export function isWhole({ grades }: Draft, { main }: Schemes): boolean {
  return main !== undefined && grades[main.scheme] !== undefined
}

/** What is sent for a draft. @param except items of the stack that stand apart */
export function voteOf(
  draft: Draft,
  item: ItemTold,
  given: { readonly basis: Basis; readonly except: readonly ItemTold['id'][]; readonly schemes: Schemes },
): VoteBody {
  const grades = given.schemes.all.flatMap(({ scheme, version }) => {
    const category = draft.grades[scheme]
    return category === undefined ? [] : [{ scheme, version, category }]
  })
  const rationale = draft.rationale.trim()
  return {
    ...{ item: item.id, grades, basis: given.basis },
    ...(draft.isForStack && { stack: true, except: [...given.except] }),
    ...(Object.keys(draft.annotation).length > 0 && { annotation: draft.annotation }),
    ...(rationale !== '' && { rationale }),
  }
}
