/** Use look: the viewing of the item that somebody is at: which view comes next, for what, and of which part. */
import { useQuery } from '@tanstack/react-query'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { ItemShown } from '#contract/vault'
import type { Purpose, Role } from '#terms/people'
import { ask } from '../../app/queries.ts'
import { highest, LADDER, lookableOf, nextLevel, type PictureLevel, purposesFor } from './levels.ts'
import type { LookAsked } from './looking.ts'
import { type RegionPlace, rectangleOf } from './region-choice.tsx'
import { type UseLooking, useLooking } from './use-looking.ts'
import type { ItemTold } from './walk.ts'

/** Which pictures of a file are asked for. */
export type FramesChosen =
  | { readonly kind: 'picture'; readonly frame: number }
  | { readonly kind: 'strip'; readonly count: number }
  | { readonly kind: 'seconds'; readonly from: number; readonly until: number }

export interface UseLook extends UseLooking {
  readonly seen: ReadonlySet<PictureLevel>
  /** The cheapest view above what was seen. */
  readonly next: PictureLevel | undefined
  readonly choices: ReadonlySet<PictureLevel>
  readonly purpose: Purpose
  readonly purposes: readonly Purpose[]
  readonly place: RegionPlace
  readonly frames: FramesChosen
  readonly framesInAll: number
  readonly stage: RefObject<HTMLDivElement | null>
  setPurpose(purpose: Purpose): void
  setPlace(place: RegionPlace): void
  setFrames(frames: FramesChosen): void
  mayOpen(level: PictureLevel): boolean
  open(level: PictureLevel | undefined): void
  toggle(): void
  fullScreen(): void
}

interface Given {
  readonly item: ItemTold | undefined
  readonly caseNumber: string
  readonly claimed: Purpose
  readonly roles: readonly Role[]
  readonly seen: ReadonlySet<PictureLevel>
  readonly saw: (item: string, level: PictureLevel) => void
}

/** The views of one item after another; to go on ends what was open. */
export function useLook({ item, caseNumber, claimed, roles, seen, saw }: Given): UseLook {
  const using = useLooking(saw)
  const { looking, look } = using
  const purposes = purposesFor(roles, claimed)
  const [purpose, setPurpose] = useState<Purpose>(purposes[0] ?? claimed)
  const [place, setPlace] = useState<RegionPlace>('the middle')
  const stage = useRef<HTMLDivElement>(null)
  const { frames, setFrames, framesInAll } = useFrames(item, using)
  const size = useSize(item)
  const id = item?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the item that ends a viewing
  useLayoutEffect(() => {
    looking.end({ isComplete: true })
    looking.clear()
  }, [looking, id])
  const isOpen = look.kind === 'open'
  useEffect(() => {
    if (isOpen) stage.current?.scrollIntoView({ block: 'nearest' })
  }, [isOpen])
  const hasRegions = size !== undefined
  const choices = new Set(LADDER.filter((level) => level !== 'region' || hasRegions))
  const next = item && nextLevel(seen, { hasRegions })
  const mayOpen = (level: PictureLevel): boolean => mayBeOpened(level, seen, next)
  const open = (level: PictureLevel | undefined): void => {
    if (!item?.item || level === undefined || !mayOpen(level) || look.kind === 'asking') return
    const region = level === 'region' && size ? { region: rectangleOf(place, size) } : {}
    const about = { item: item.item, level, purpose, case: caseNumber }
    void looking.open({ ...about, ...region, ...framesBody(frames) })
  }
  const toggle = (): void => {
    if (look.kind === 'open') look.isShown ? looking.hide() : looking.show(false)
  }
  const fullScreen = (): void => {
    if (look.kind === 'open') void stage.current?.requestFullscreen()
  }
  return {
    ...{ ...using, seen, next, choices, purpose, purposes, place, frames, framesInAll, stage },
    ...{ setPurpose, setPlace, setFrames, mayOpen, open, toggle, fullScreen },
  }
}

/** Any view that costs no more than what was seen, and the next one above. */
function mayBeOpened(
  level: PictureLevel,
  seen: ReadonlySet<PictureLevel>,
  next: PictureLevel | undefined,
): boolean {
  const top = highest(seen)
  const reached = top === undefined ? -1 : LADDER.indexOf(top)
  // After a blurred view the whole picture is there too: a part of it is no step that everybody needs.
  const isPastRegion = level === 'full' && reached >= LADDER.indexOf('blurred')
  return level === next || isPastRegion || LADDER.indexOf(level) <= reached
}

function framesBody(frames: FramesChosen): Pick<LookAsked, 'frame' | 'frames'> {
  switch (frames.kind) {
    case 'picture':
      return { frame: frames.frame }
    case 'strip':
      return { frames: { strip: frames.count } }
    case 'seconds':
      return { frames: { from: frames.from, until: frames.until } }
  }
}

const STRIP = 6

/** Which frames are asked for, from the beginning anew with each item. */
function useFrames(item: ItemTold | undefined, { look }: UseLooking) {
  const isVideo = item !== undefined && lookableOf(item) === 'video'
  const first: FramesChosen = isVideo ? { kind: 'strip', count: STRIP } : { kind: 'picture', frame: 0 }
  const [chosen, setChosen] = useState<{ readonly item?: string; readonly frames: FramesChosen }>()
  const [found, setFound] = useState<{ readonly item: string; readonly frames: number }>()
  const open = look.kind === 'open' ? look.open : undefined
  if (open && (found?.item !== open.item || found.frames !== open.frames))
    setFound({ item: open.item, frames: open.frames })
  const isOfThis = found !== undefined && found.item === item?.item
  return {
    frames: chosen && chosen.item === item?.id ? chosen.frames : first,
    setFrames: (frames: FramesChosen) => setChosen({ ...(item && { item: item.id }), frames }),
    framesInAll: isOfThis ? found.frames : 1,
  }
}

/** Pixels of a picture, where the machine has measured it. Of a video no part is asked for. */
function useSize(item: ItemTold | undefined): { width: number; height: number } | undefined {
  const isPicture = item !== undefined && lookableOf(item) === 'picture'
  const { data } = useQuery({
    queryKey: ['vault', item?.item],
    enabled: isPicture,
    staleTime: 600_000,
    queryFn: () => ask<ItemShown>(`/v1/vault/items/${item?.item}`),
  })
  const { width, height } = data?.item.derived ?? {}
  return width !== undefined && height !== undefined && width > 1 && height > 1
    ? { width, height }
    : undefined
}
