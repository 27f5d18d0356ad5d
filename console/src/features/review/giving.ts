/** Giving: a vote is sent. Where its answer was lost, it is seen first whether it arrived, so that nobody gives it twice. */
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import type { VotedTold, WholeCaseTold } from '#contract/desk'
import { ask, Problem, queries } from '../../app/queries.ts'
import type { voteOf } from './draft.ts'
import type { ItemTold } from './walk.ts'

interface Sent {
  readonly from: ItemTold
  readonly body: ReturnType<typeof voteOf>
}

/** @param given told what a vote came to */
export function useGiving(caseNumber: string, given: (voted: VotedTold, from: ItemTold) => void) {
  const path = `/v1/cases/${encodeURIComponent(caseNumber)}`
  /** The item whose vote may have arrived, or not. */
  const unsure = useRef<string>(undefined)
  return useMutation({
    mutationFn: async ({ from, body }: Sent) => {
      if (unsure.current === from.id) {
        const arrived = arrivedOf(await ask<WholeCaseTold>(path), from)
        if (arrived) return arrived
      }
      return ask<VotedTold>(`${path}/votes`, { body }).catch((error: unknown) => {
        const isUnknown = error instanceof Problem && (error.status === 0 || error.status >= 500)
        unsure.current = isUnknown ? from.id : undefined
        throw error
      })
    },
    onSuccess: (voted, { from }) => {
      unsure.current = undefined
      given(voted, from)
      void queries.invalidateQueries({ queryKey: ['queue'] })
    },
  })
}

/** What a vote came to that was given before its answer was lost; undefined where it did not arrive. */
function arrivedOf({ votes, items, case: one }: WholeCaseTold, from: ItemTold): VotedTold | undefined {
  const mine = votes.filter((vote) => vote.mine)
  const sent = mine.find(({ item }) => item === from.id)
  if (!sent) return undefined
  // Those of a stack went together, at one moment.
  const together = mine.filter(({ at }) => at === sent.at)
  const graded = items.filter(({ id }) => together.some(({ item }) => item === id))
  const decided = graded.filter(({ state }) => state === 'decided')
  return {
    ...{ votes: together, case: one, decided: decided.map(({ id }) => id) },
    entries: decided.flatMap(({ id, decision }) =>
      decision?.entry ? [{ item: id, ...decision.entry }] : [],
    ),
  }
}
