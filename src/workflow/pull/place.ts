/** Place: where a source asks, and what is kept of its file. */
import type { SourceState } from '#store/sources'
import { type Canonical, canonical } from '#terms/event'
import type { ListTerms } from '#terms/register'
import type { SourceDefinition } from '#terms/source'

/** Where a source asks, as one text. */
export function placeOf(definition: unknown): string {
  const { kind, base, options } = (definition as SourceDefinition).api
  return canonical({ kind, base, options } as Canonical)
}

/** True of a source whose file names another place than the one that is known of it. */
export function isMoved(
  source: SourceDefinition,
  state: Pick<SourceState, 'definition'> | undefined,
): boolean {
  return state?.definition !== undefined && placeOf(state.definition) !== placeOf(source)
}

/** What is kept of the definition: not where its secrets lie. */
export function definitionOf({ secrets: _, secretsFolder: __, ...said }: SourceDefinition): unknown {
  return said
}

/** The terms of a list that is made for a source. */
export function termsOf({ kind, publisher, terms, uses, trust, scheme }: SourceDefinition): ListTerms {
  return { kind, publisher, terms, uses, trust, ...(scheme !== undefined && { scheme }) }
}
