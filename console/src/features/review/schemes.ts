/** Schemes: what is graded in here, the main one first. */
import { queryOptions } from '@tanstack/react-query'
import type { SchemesTold } from '#contract/desk'
import { ask } from '../../app/queries.ts'

export type Scheme = SchemesTold['schemes'][number]

export interface Schemes {
  readonly main: Scheme | undefined
  readonly all: readonly Scheme[]
  readonly ageBands: SchemesTold['ageBands']
}

export const schemesQuery = queryOptions({
  queryKey: ['schemes'],
  staleTime: 600_000,
  queryFn: async (): Promise<Schemes> => {
    const { schemes, ageBands } = await ask<SchemesTold>('/v1/schemes')
    const all = schemes.toSorted((a, b) => Number(b.isMain) - Number(a.isMain))
    return { main: all.find(({ isMain }) => isMain), all, ageBands }
  },
})
