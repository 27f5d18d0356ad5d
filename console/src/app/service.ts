/** Service: whether it can be reached. What is lost says so, hides what it shows, and comes back by itself. */
import { useSyncExternalStore } from 'react'

const BETWEEN_MILLISECONDS = 1_000

let isLost = false
let isAsking = false
const told = new Set<() => void>()

/** Listens to whether the service is lost. @returns how to stop listening */
export function onService(changed: () => void): () => void {
  told.add(changed)
  return () => told.delete(changed)
}

export const isServiceLost = (): boolean => isLost

/** True while the service cannot be reached. */
export function useServiceLost(): boolean {
  return useSyncExternalStore(onService, isServiceLost)
}

/** Something did not arrive: it is seen whether the service is there, and asked until it is. */
export async function doubtService(): Promise<void> {
  if (isAsking) return
  isAsking = true
  while (!(await isThere())) {
    set(true)
    await new Promise((after) => setTimeout(after, BETWEEN_MILLISECONDS))
  }
  isAsking = false
  set(false)
}

async function isThere(): Promise<boolean> {
  const answer = await fetch('/readyz', { cache: 'no-store' }).catch(() => undefined)
  return answer?.ok ?? false
}

function set(next: boolean): void {
  if (next === isLost) return
  isLost = next
  for (const changed of told) changed()
}
