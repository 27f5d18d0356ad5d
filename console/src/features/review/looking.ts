/** Looking: one viewing at a time, from its grant to its end. Nothing of it is on the screen but while it is shown. */
import type { FramesTold, ViewingAskedBody, ViewingTold } from '#contract/viewings'
import { ask, Problem, queries } from '../../app/queries.ts'
import type { PictureLevel } from './levels.ts'

/** What is asked for. */
export type LookAsked = Omit<ViewingAskedBody, 'level'> & {
  readonly level: PictureLevel
  /** Of a picture with several. */
  readonly frame?: number
}

/** One picture of a viewing: of a video a frame. */
export interface Shot {
  readonly bytes: Blob
  /** Of a video: from its first frame. */
  readonly milliseconds?: number
}

/** A viewing that was released. */
export interface OpenLook {
  readonly viewing: string
  readonly item: string
  readonly level: PictureLevel
  readonly shots: readonly Shot[]
  /** Frames that the file has, or seconds of a video. */
  readonly frames: number
  readonly seconds: number
}

export type Look =
  | { readonly kind: 'closed'; readonly error?: Error; readonly because?: string }
  | { readonly kind: 'asking'; readonly level: PictureLevel }
  | { readonly kind: 'open'; readonly open: OpenLook; readonly isShown: boolean; readonly isHeld: boolean }

/** The end is told this long before the viewing's time is over, so that it counts what was seen. */
const MARGIN_MILLISECONDS = 1_500

/** Looks at one item after another; whoever made it ends it. */
export class Looking {
  #look: Look = { kind: 'closed' }
  #turn = 0
  #seenMilliseconds = 0
  #shownAt: number | undefined
  #hasSign = false
  #over: ReturnType<typeof setTimeout> | undefined
  readonly #told = new Set<() => void>()
  readonly #seen: (item: string, level: PictureLevel) => void

  /** @param seen told when something of an item is on the screen */
  constructor(seen: (item: string, level: PictureLevel) => void) {
    this.#seen = seen
  }

  readonly subscribe = (told: () => void): (() => void) => {
    this.#told.add(told)
    return () => this.#told.delete(told)
  }

  readonly look = (): Look => this.#look

  /** Asks for a viewing, and fetches what it shows; it is not shown yet. What was open before has been seen. */
  async open(asked: LookAsked): Promise<void> {
    this.end({ isComplete: true })
    const turn = ++this.#turn
    this.#set({ kind: 'asking', level: asked.level })
    try {
      const { frame, ...body } = asked
      const { viewing, seconds } = await ask<ViewingTold>('/v1/viewings', { body })
      if (turn !== this.#turn) return tellEnd(viewing, 0, false)
      const from = performance.now()
      const fetched = asked.frames ? await framesOf(viewing) : await pictureOf(viewing, frame)
      if (turn !== this.#turn) return tellEnd(viewing, 0, false)
      const open = { viewing, item: asked.item, level: asked.level, seconds, ...fetched }
      this.#set({ kind: 'open', open, isShown: false, isHeld: false })
      const left = seconds * 1000 - (performance.now() - from) - MARGIN_MILLISECONDS
      this.#over = setTimeout(() => this.#timeOver(), Math.max(0, left))
    } catch (error) {
      if (turn === this.#turn) this.#set({ kind: 'closed', error: error as Error })
    }
    void queries.invalidateQueries({ queryKey: ['exposure'] })
  }

  /** Puts it on the screen. @param isHeld only while a key or a button is held */
  show(isHeld: boolean): void {
    if (this.#look.kind !== 'open' || this.#look.isShown) return
    const { open } = this.#look
    this.#shownAt = performance.now()
    this.#hasSign = isHeld
    this.#set({ kind: 'open', open, isShown: true, isHeld })
    this.#seen(open.item, open.level)
  }

  /** Says that the person is there. */
  sign(): void {
    this.#hasSign = true
  }

  /** Takes it off the screen; until the viewing ends it can be shown again. */
  hide(): void {
    if (this.#look.kind !== 'open' || !this.#look.isShown) return
    this.#countSeen()
    this.#set({ ...this.#look, isShown: false, isHeld: false })
  }

  /**
   * Ends the viewing, and drops what it showed.
   *
   * @param isComplete false where the person turned away; what was never on the screen was not seen either
   */
  end({ isComplete, because }: { readonly isComplete: boolean; readonly because?: string }): void {
    this.#turn++
    clearTimeout(this.#over)
    this.#countSeen()
    const milliseconds = this.#seenMilliseconds
    this.#seenMilliseconds = 0
    if (this.#look.kind === 'open')
      tellEnd(this.#look.open.viewing, milliseconds, isComplete && milliseconds > 0)
    if (this.#look.kind !== 'closed') this.#set({ kind: 'closed', ...(because !== undefined && { because }) })
  }

  /** Forgets what was said of the last one. */
  clear(): void {
    if (this.#look.kind === 'closed') this.#set({ kind: 'closed' })
  }

  /** Whoever gave no sign since it was shown may not have been there. */
  #timeOver(): void {
    this.end({ isComplete: this.#hasSign, because: 'Its time was over.' })
  }

  #countSeen(): void {
    if (this.#shownAt === undefined) return
    this.#seenMilliseconds += Math.max(1, Math.round(performance.now() - this.#shownAt))
    this.#shownAt = undefined
  }

  #set(look: Look): void {
    this.#look = look
    for (const told of this.#told) told()
  }
}

/** Says that a viewing is over, also while the page is being left. Where it does not arrive, the whole time is counted. */
function tellEnd(viewing: string, seenMilliseconds: number, complete: boolean): void {
  const options = {
    ...({ method: 'POST', credentials: 'same-origin', keepalive: true } as const),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seenMilliseconds, complete }),
  }
  void fetch(`/v1/viewings/${viewing}/end`, options)
    .then(() => queries.invalidateQueries({ queryKey: ['exposure'] }))
    .catch(() => undefined)
}

/** The part of a screen that a picture may take. */
function screenNow(): { width: number; height: number } {
  const dots = window.devicePixelRatio
  const side = (pixels: number): number => Math.max(1, Math.min(8192, Math.floor(pixels * dots)))
  return { width: side(window.screen.width), height: side(window.screen.height) }
}

async function pictureOf(viewing: string, frame = 0): Promise<Pick<OpenLook, 'shots' | 'frames'>> {
  const answer = await fetch(`/v1/viewings/${viewing}/picture`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ screen: screenNow(), frame }),
  })
  if (!answer.ok) throw new Problem(answer.status, (await answer.json().catch(() => ({}))) as object)
  const frames = Number(answer.headers.get('x-viewing-frames') ?? 1)
  return { shots: [{ bytes: await answer.blob() }], frames }
}

async function framesOf(viewing: string): Promise<Pick<OpenLook, 'shots' | 'frames'>> {
  const told = await ask<FramesTold>(`/v1/viewings/${viewing}/frames`, {
    body: { screen: screenNow() },
  })
  const shots = told.frames.map(({ picture, mediaType, milliseconds }) => {
    const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0))
    return { bytes: new Blob([bytes], { type: mediaType }), milliseconds }
  })
  return { shots, frames: told.secondsInAll }
}
