/** Live: what happens at the desk is heard as it happens: what is shown is asked for again, and who else is here is known. */
import type { Query } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { LiveTold } from '#contract/desk'
import type { Role } from '#terms/people'
import { Problem, queries } from './queries.ts'
import { doubtService, isServiceLost, onService } from './service.ts'

/** Whoever reads the queue may listen; to ask without would be a refusal on record. */
const LISTENERS: readonly Role[] = [
  'analyst',
  'reviewer',
  'supervisor',
  'officer',
  'examiner',
  'safeguarding-lead',
  'auditor',
]
/** Several changes that come together are asked for once. */
const TOGETHER_MILLISECONDS = 300

let source: EventSource | undefined
let isWanted = false
let openCase: string | undefined
let isDue = false
const changed = new Set<string>()

/** Where the people who have a case open are kept among the queries. */
export function presenceKey(caseNumber: string): readonly string[] {
  return ['presence', caseNumber]
}

/** Listens while the page is there and in sight. */
export function useLive(roles: readonly Role[]): void {
  const may = LISTENERS.some((role) => roles.includes(role))
  useEffect(() => {
    if (!may) return
    const look = (): void => (document.hidden ? close() : reopen())
    const found = (): void => {
      if (isServiceLost()) close()
      else {
        reopen()
        changedAll()
      }
    }
    isWanted = true
    reopen()
    const forget = onService(found)
    document.addEventListener('visibilitychange', look)
    return () => {
      isWanted = false
      forget()
      document.removeEventListener('visibilitychange', look)
      close()
    }
  }, [may])
}

/** Tells the desk that somebody has a case open, for as long as the page of it is there. They must be allowed to read it. */
export function useOpenCase(caseNumber: string): void {
  useEffect(() => {
    openCase = caseNumber
    reopen()
    return () => {
      openCase = undefined
      queries.removeQueries({ queryKey: presenceKey(caseNumber) })
      reopen()
    }
  }, [caseNumber])
}

/** Begins anew, with the case that is open. A page that nobody looks at holds no connection: a browser has few. */
function reopen(): void {
  close()
  if (!isWanted || document.hidden) return
  const query = openCase === undefined ? '' : `?case=${encodeURIComponent(openCase)}`
  const opened = new EventSource(`/v1/live${query}`)
  source = opened
  opened.onerror = () => void doubtService()
  let isFirst = true
  opened.onopen = () => {
    // What happened while it was gone was not heard.
    if (!isFirst) changedAll()
    isFirst = false
  }
  for (const kind of ['case', 'presence', 'again'] as const)
    opened.addEventListener(kind, ({ data }: MessageEvent<string>) => heard(JSON.parse(data) as LiveTold))
}

function close(): void {
  source?.close()
  source = undefined
}

function heard(told: LiveTold): void {
  switch (told.event) {
    case 'case':
      // To read one's own case is to keep it: what follows from reading is not read again.
      if (told.what === 'claim-extended') return
      changed.add(told.case)
      if (!isDue) setTimeout(askAgain, TOGETHER_MILLISECONDS)
      isDue = true
      return
    case 'presence':
      queries.setQueryData(presenceKey(told.case), told.people)
      return
    case 'again':
      changedAll()
  }
}

function askAgain(): void {
  isDue = false
  const numbers = [...changed]
  changed.clear()
  void queries.invalidateQueries({ queryKey: ['queue'] })
  for (const number of numbers) {
    void queries.invalidateQueries({ queryKey: ['case', number], predicate: isReadable })
    void queries.invalidateQueries({ queryKey: ['story', number] })
  }
}

function changedAll(): void {
  for (const key of ['queue', 'case', 'story'])
    void queries.invalidateQueries({ queryKey: [key], predicate: isReadable })
}

/** What was refused is not asked for again by itself: each refusal is on record. */
function isReadable({ state: { error } }: Query): boolean {
  return !(error instanceof Problem && error.status === 403)
}
