/** Session: who is signed in, and what their roles open. */
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import type { MeTold } from '#contract/sign-in'
import type { Role } from '#terms/people'
import { ask, Problem } from './queries.ts'

/** Who is signed in; null where nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: () =>
    ask<MeTold>('/v1/session').catch((error: unknown) => {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }),
})

/** Who is signed in. For pages that nobody sees who is not. */
export function useMe(): MeTold {
  const { data } = useSuspenseQuery(sessionQuery)
  if (data === null) throw new Problem(401, { detail: 'Nobody is signed in.' })
  return data
}

/** True of somebody who has one of some roles. */
export function hasRole({ roles }: Pick<MeTold, 'roles'>, ...wanted: readonly Role[]): boolean {
  return wanted.some((role) => roles.includes(role))
}
