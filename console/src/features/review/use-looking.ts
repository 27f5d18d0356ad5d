/** Use looking: the viewing of a page; Esc, idling and leaving the page take everything off the screen and end it. */
import { useEffect, useState, useSyncExternalStore } from 'react'
import { isServiceLost, onService } from '../../app/service.ts'
import type { PictureLevel } from './levels.ts'
import { type Look, Looking } from './looking.ts'

/** Without any sign of the person for so long, nothing stays on the screen. */
export const IDLE_MILLISECONDS = 60_000
const SIGNS = ['pointermove', 'pointerdown', 'wheel', 'keydown', 'touchstart'] as const

export interface UseLooking {
  readonly look: Look
  readonly looking: Looking
}

/** @param seen told when something of an item is on the screen */
export function useLooking(seen: (item: string, level: PictureLevel) => void): UseLooking {
  const [looking] = useState(() => new Looking(seen))
  const look = useSyncExternalStore(looking.subscribe, looking.look)
  const isOpen = look.kind === 'open'
  useEffect(() => leaving(looking), [looking])
  useEffect(() => (isOpen ? idling(looking) : undefined), [looking, isOpen])
  return { look, looking }
}

/** What takes everything off the screen. @returns how to stop listening, which ends what is open too */
function leaving(looking: Looking): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const end = (because: string) => () => looking.end({ isComplete: false, because })
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') end('You hid it.')()
  }
  window.addEventListener('keydown', onKey, { signal, capture: true })
  window.addEventListener('blur', end('The window was left.'), { signal })
  window.addEventListener('pagehide', end('The page was left.'), { signal })
  window.addEventListener('beforeprint', end('Nothing is printed.'), { signal })
  const onVisible = (): void => {
    if (document.visibilityState === 'hidden') end('The page was left.')()
  }
  document.addEventListener('visibilitychange', onVisible, { signal })
  const forget = onService(() => {
    if (isServiceLost()) end('The service was lost.')()
  })
  let wasFull = false
  const onFull = (): void => {
    // The browser keeps the key to itself with which somebody leaves the full screen.
    if (wasFull && !document.fullscreenElement) end('You hid it.')()
    wasFull = document.fullscreenElement !== null
  }
  document.addEventListener('fullscreenchange', onFull, { signal })
  return () => {
    stop.abort()
    forget()
    looking.end({ isComplete: true })
  }
}

function idling(looking: Looking): () => void {
  const stop = new AbortController()
  const end = (): void => looking.end({ isComplete: false, because: 'Nothing moved for a while.' })
  let timer = setTimeout(end, IDLE_MILLISECONDS)
  const moved = (event: Event): void => {
    // Something that lies on a key is nobody.
    if (event instanceof KeyboardEvent && event.repeat) return
    looking.sign()
    clearTimeout(timer)
    timer = setTimeout(end, IDLE_MILLISECONDS)
  }
  // Before a key does anything: what shows a picture is no sign that somebody stayed.
  const options = { signal: stop.signal, passive: true, capture: true }
  for (const sign of SIGNS) window.addEventListener(sign, moved, options)
  return () => {
    stop.abort()
    clearTimeout(timer)
  }
}
