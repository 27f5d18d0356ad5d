/** Case told: a case as one person sees it. */
import type { Static } from 'typebox'
import type * as contract from '#contract/desk'
import type { Case } from '#terms/casework'

/** A case for whoever asks; whose claim it is said of. */
export function caseTold(one: Case, viewer: string): Static<typeof contract.CaseTold> {
  const { claim, ...rest } = one
  return { ...rest, ...(claim && { claim: { ...claim, mine: claim.by === viewer } }) }
}
