/** Use review: where somebody is in the items of a case, what they drafted, what they saw, and what they gave. */

import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { CaseTold, VotedTold, WholeCaseTold } from '#contract/desk'
import type { Claim } from '#terms/casework'
import { ask, queries } from '../../app/queries.ts'
import { itemName } from '../case/words.ts'
import { type Draft, isWhole, NO_DRAFT, voteOf } from './draft.ts'
import { useGiving } from './giving.ts'
import { basisOf, type PictureLevel, unseenBasisOf } from './levels.ts'
import type { Schemes } from './schemes.ts'
import { type ItemTold, itemAfter, itemBeside, type Pile, pilesToGrade } from './walk.ts'

/** A vote that was given on this visit. */
export interface Given {
  readonly vote: VotedTold['votes'][number]
  readonly isDecided: boolean
  readonly entry?: { readonly list: string; readonly entry: number }
}

export type Review = ReturnType<typeof useReview>

/** Items as they waited when the visit began: what is graded keeps its place, and is marked. */
export function useReview(told: WholeCaseTold, purpose: Claim['purpose'], schemes: Schemes) {
  const visit = useVisit(told, purpose)
  const standing = standingOf(visit)
  useKeptDrafts(Object.keys(visit.drafts).some((id) => !standing.graded.has(id)))
  return { ...visit, ...standing, ...useActs(visit, standing, told, schemes) }
}

/** What is remembered while a visit lasts. */
function useVisit(told: WholeCaseTold, purpose: Claim['purpose']) {
  const [piles] = useState<readonly Pile[]>(() => pilesToGrade(told, purpose))
  const walk = useMemo(() => piles.flatMap(({ items }) => items), [piles])
  const [at, setAt] = useState<string | undefined>(walk[0]?.id)
  const [drafts, setDrafts] = useState<Readonly<Record<string, Draft>>>({})
  const [apart, setApart] = useState<ReadonlySet<string>>(new Set())
  const [views, setViews] = useState<Readonly<Record<string, ReadonlySet<PictureLevel>>>>({})
  const [given, setGiven] = useState<readonly Given[]>([])
  const [after, setAfter] = useState<CaseTold>(told.case)
  const [said, setSaid] = useState('')
  return {
    ...{ piles, walk, at, setAt, drafts, setDrafts, apart, setApart, views, setViews },
    ...{ given, setGiven, after, setAfter, said, setSaid },
  }
}
type Visit = ReturnType<typeof useVisit>

/** What is drafted is on this page alone: whoever is about to leave it is asked first. */
function useKeptDrafts(hasDrafts: boolean): void {
  useEffect(() => {
    if (!hasDrafts) return
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [hasDrafts])
}

/** How somebody stands with the item that they are at. */
function standingOf({ piles, walk, at, drafts, apart, views, given, after }: Visit) {
  const graded = new Map(given.map((one) => [one.vote.item as string, one]))
  const isOpen = ({ id }: ItemTold): boolean => !graded.has(id)
  const item = walk.find(({ id }) => id === at)
  const pile = piles.find(({ stack }) => stack === item?.stack)
  const draft = (item && drafts[item.id]) ?? NO_DRAFT
  const seen = views[item?.item ?? ''] ?? NOTHING_SEEN
  const isApart = item !== undefined && apart.has(item.id)
  return {
    ...{ graded, isOpen, item, pile, draft, seen },
    basis: item && basisOf(seen, draft.unseen ?? unseenBasisOf(item)),
    /** Of its stack, what would be graded with it. */
    others: (isApart ? [] : (pile?.items ?? [])).filter((one) => one.id !== item?.id && isOpen(one)),
    isOver: walk.every((one) => !isOpen(one)),
    /** True once nobody has the case in hand by this claim. */
    isLost: after.claim?.mine !== true,
    /** Votes of the last act that can be taken back: those of a stack go together. */
    last: lastGiven(given),
  }
}
type Standing = ReturnType<typeof standingOf>

function useActs(visit: Visit, standing: Standing, told: WholeCaseTold, schemes: Schemes) {
  const { walk, at, apart, given, setAt, setDrafts, setApart, setViews } = visit
  const { item, isOpen, draft, basis, others } = standing
  const giving = useGiving(told.case.number, (voted, from) => noted(visit, voted, from))
  const taking = useTakingBack((gone, one) => {
    visit.setGiven((all) => all.filter(({ vote }) => vote.id !== gone))
    visit.setAfter(one)
    const from = given.find(({ vote }) => vote.id === gone)
    if (!from) return
    visit.setSaid('Taken back.')
    setAt(from.vote.item)
  })
  return {
    isBusy: giving.isPending || taking.isPending,
    error: giving.error ?? taking.error,
    go: (id: string | undefined) => {
      if (id === undefined) return
      setAt(id)
      giving.reset()
    },
    step: (steps: number) => itemBeside(walk, at, steps)?.id,
    change: (next: Draft) => item && isOpen(item) && setDrafts((all) => ({ ...all, [item.id]: next })),
    drop: () => item && setDrafts(({ [item.id]: _, ...rest }) => rest),
    saw: (id: string, level: PictureLevel) =>
      setViews((all) => ({ ...all, [id]: new Set(all[id]).add(level) })),
    toggleApart: (id: string) => setApart((all) => (all.has(id) ? without(all, id) : new Set(all).add(id))),
    give: () => {
      if (!item || !basis || !isOpen(item) || !isWhole(draft, schemes) || giving.isPending) return
      const except = others.filter(({ id }) => apart.has(id)).map(({ id }) => id)
      const isForStack = draft.isForStack && others.length > except.length
      const body = voteOf({ ...draft, isForStack }, item, { basis, except, schemes })
      giving.mutate({ from: item, body })
    },
    takeBack: (ids: readonly string[]) => ids.length > 0 && !taking.isPending && taking.mutate(ids),
  }
}

/** Notes what a vote came to, and goes on to the next item that is open. */
function noted(
  { walk, given, setGiven, setAfter, setSaid, setAt }: Visit,
  voted: VotedTold,
  from: ItemTold,
): void {
  const entries = new Map(voted.entries?.map(({ item: of, ...entry }) => [of, entry]))
  const now = voted.votes.map((vote) => {
    const entry = entries.get(vote.item)
    return { vote, isDecided: voted.decided.includes(vote.item), ...(entry && { entry }) }
  })
  const all = [...given, ...now]
  const left = walk.filter(({ id }) => !all.some(({ vote }) => vote.item === id))
  const count = now.length === 1 ? itemName(from) : `${now.length} items`
  const golden = goldenWords(voted)
  // It stays on the screen for a while, also where this was the last item.
  if (golden !== '') notifications.show({ message: golden, autoClose: GOLDEN_MILLISECONDS })
  setGiven(all)
  setAfter(voted.case)
  setSaid(`Graded: ${count}. ${golden}${left.length === 0 ? 'None is left.' : `${left.length} left.`}`)
  const next = itemAfter(walk, from.id, (one) => left.includes(one))
  if (next) setAt(next.id)
}

/** Whoever graded a generated picture is told at once what it was labelled as. */
function goldenWords({ golden = [] }: VotedTold): string {
  if (golden.length === 0) return ''
  const labels = [...new Set(golden.map(({ category, scheme }) => `${category} (${scheme})`))].join(', ')
  const isRight = golden.every((one) => one.isRight)
  const compared = isRight ? 'as you graded it' : 'you graded it otherwise'
  return `It was a generated picture of the golden set, labelled ${labels}: ${compared}. `
}

const GOLDEN_MILLISECONDS = 15_000

const NOTHING_SEEN: ReadonlySet<PictureLevel> = new Set()

function without(all: ReadonlySet<string>, one: string): Set<string> {
  const rest = new Set(all)
  rest.delete(one)
  return rest
}

function lastGiven(given: readonly Given[]): string[] {
  const open = given.filter(({ vote }) => vote.withdrawable)
  const moment = open.at(-1)?.vote.at
  return open.filter(({ vote }) => vote.at === moment).map(({ vote }) => vote.id)
}

function useTakingBack(done: (gone: string, one: CaseTold) => void) {
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) done(id, await ask<CaseTold>(`/v1/votes/${id}/withdrawal`, { method: 'POST' }))
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['queue'] })
    },
  })
}
