/** Keys: what each key of the review does, and how they are listened to. None files anything by itself. */
import { useLayoutEffect, useRef } from 'react'

/** What keys do on the page. A digit is told with whether Shift was down. */
export interface KeyActs {
  grade(digit: string, isForStack: boolean): void
  confirm(): void
  takeBack(): void
  move(steps: number): void
  except(): void
  openView(): void
  show(isHeld: boolean): void
  release(): void
  toggle(): void
  done(): void
  fullScreen(): void
  handOver(): void
  next(): void
  sheet(): void
  focus(field: FieldKey): void
}

/** Fields that a key leads to. */
export const FIELD_KEYS = {
  a: 'age',
  s: 'sex',
  c: 'children',
  g: 'self',
  r: 'origin',
  e: 'series',
  m: 'notes',
  y: 'scheme',
  p: 'purpose',
} as const
export type FieldKey = (typeof FIELD_KEYS)[keyof typeof FIELD_KEYS]

const STORED = 'tutela-keys'

/** True unless the person switched keys off: some speak to their machine, and every word would be a key. */
export function keysAreOn(): boolean {
  return localStorage.getItem(STORED) !== 'off'
}

export function switchKeys(isOn: boolean): void {
  localStorage.setItem(STORED, isOn ? 'on' : 'off')
}

/** Listens to keys while the page is open and nothing else is in front of it. */
export function useKeys(acts: KeyActs): void {
  const now = useRef(acts)
  // Before anything is painted: a key that is pressed at what is on the screen must not act on what was there before.
  useLayoutEffect(() => {
    now.current = acts
  })
  useLayoutEffect(() => {
    const stop = new AbortController()
    const onDown = (event: KeyboardEvent): void => {
      if (isElsewhere(event) || !keysAreOn()) return
      if (pressed(event, now.current)) event.preventDefault()
    }
    const onUp = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'v') now.current.release()
    }
    window.addEventListener('keydown', onDown, { signal: stop.signal })
    window.addEventListener('keyup', onUp, { signal: stop.signal })
    return () => stop.abort()
  }, [])
}

/** True where a key is meant for something else: a field, a dialogue, the browser. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true
  if (document.querySelector('[role="dialog"]')) return true
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  const isWritten =
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !['radio', 'checkbox'].includes(target.type))
  // What a key does to what it stands on comes first.
  return isWritten || (event.key === 'Enter' && target.closest('button, a') !== null)
}

/** @returns true where the key did something */
function pressed(event: KeyboardEvent, acts: KeyActs): boolean {
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1]
  if (digit !== undefined) return did(() => acts.grade(digit, event.shiftKey))
  if (event.key === 'v' || event.key === 'V') return did(() => !event.repeat && acts.show(true))
  const steps = stepsOf(event)
  if (steps !== undefined) return did(() => acts.move(steps))
  if (event.repeat) return false
  const plain: Readonly<Record<string, () => void>> = {
    ...{ Enter: acts.confirm, u: acts.takeBack, x: acts.except, o: acts.openView, t: acts.toggle },
    ...{ d: acts.done, f: acts.fullScreen, h: acts.handOver, n: acts.next, '?': acts.sheet },
  }
  const act = plain[event.key.length === 1 ? event.key.toLowerCase() : event.key]
  if (act) return did(act)
  const field = FIELD_KEYS[event.key as keyof typeof FIELD_KEYS]
  return field !== undefined && did(() => acts.focus(field))
}

/** How far a key moves; arrows within a choice move in it. */
function stepsOf({ key, target }: KeyboardEvent): number | undefined {
  if (key.startsWith('Arrow') && target instanceof HTMLInputElement) return undefined
  if (key === 'j' || key === 'ArrowDown') return 1
  return key === 'k' || key === 'ArrowUp' ? -1 : undefined
}

function did(act: () => void): true {
  act()
  return true
}

/** What the sheet shows. */
export const KEY_WORDS: readonly (readonly [keys: string, words: string])[] = [
  ['1 … 9, 0', 'Draft a grade for this item, in the main scheme'],
  ['Shift + digit', 'Draft it for the whole stack'],
  ['X', 'This item stands apart from its stack, or no longer does'],
  ['Enter', 'Give the grade that is drafted'],
  ['U', 'Drop the draft; then take back what you gave last'],
  ['J, K or arrows', 'Next and previous item'],
  ['O', 'Open the next view: it is recorded, and nothing is shown yet'],
  ['V, held', 'Show it while the key is down'],
  ['T', 'Show it until it is hidden again'],
  ['D', 'Done looking'],
  ['F', 'Full screen, at the same level'],
  ['Esc', 'Hide everything at once, and end the viewing'],
  ['A S C G R E', 'Age band, sex, children, self-generated, origin, series'],
  ['M, Y, P', 'Notes, the other scheme, the purpose of a view'],
  ['H', 'Hand the case over: no reason is asked for'],
  ['N', 'The next case, after the last item'],
  ['Ctrl K', 'Go anywhere'],
]
