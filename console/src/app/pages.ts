/** Pages: what each page is made of is fetched when it is gone to, or before, while nothing else is done. */
import { lazyRouteComponent } from '@tanstack/react-router'
import { ask } from './queries.ts'

/**
 * Fetches, and where that fails says whether the service is there: where it is, the console was replaced by another, and the
 * router begins anew with that.
 */
function fetched<T>(load: () => Promise<T>): () => Promise<T> {
  return () =>
    load().catch(async (error: unknown) => {
      await ask('/v1/deployment')
      throw error
    })
}

export const pages = {
  audit: lazyRouteComponent(
    fetched(() => import('../features/audit/audit-page.tsx')),
    'AuditPage',
  ),
  authorities: lazyRouteComponent(
    fetched(() => import('../features/people/authorities-page.tsx')),
    'AuthoritiesPage',
  ),
  board: lazyRouteComponent(
    fetched(() => import('../features/board/board-page.tsx')),
    'BoardPage',
  ),
  oneCase: lazyRouteComponent(
    fetched(() => import('../features/case/case-page.tsx')),
    'CasePage',
  ),
  exposure: lazyRouteComponent(
    fetched(() => import('../features/exposure/exposure-page.tsx')),
    'ExposurePage',
  ),
  ledger: lazyRouteComponent(
    fetched(() => import('../features/ledger/ledger-page.tsx')),
    'LedgerPage',
  ),
  list: lazyRouteComponent(
    fetched(() => import('../features/lists/list-page.tsx')),
    'ListPage',
  ),
  lists: lazyRouteComponent(
    fetched(() => import('../features/lists/lists-page.tsx')),
    'ListsPage',
  ),
  people: lazyRouteComponent(
    fetched(() => import('../features/people/people-page.tsx')),
    'PeoplePage',
  ),
  person: lazyRouteComponent(
    fetched(() => import('../features/people/person-page.tsx')),
    'PersonPage',
  ),
  queue: lazyRouteComponent(
    fetched(() => import('../features/queue/queue-page.tsx')),
    'QueuePage',
  ),
  recipients: lazyRouteComponent(
    fetched(() => import('../features/people/recipients-page.tsx')),
    'RecipientsPage',
  ),
  review: lazyRouteComponent(
    fetched(() => import('../features/review/review-page.tsx')),
    'ReviewPage',
  ),
  settings: lazyRouteComponent(
    fetched(() => import('../features/settings/settings-page.tsx')),
    'SettingsPage',
  ),
  signIn: lazyRouteComponent(
    fetched(() => import('../features/sign-in/sign-in-page.tsx')),
    'SignInPage',
  ),
  story: lazyRouteComponent(
    fetched(() => import('../features/ledger/story-page.tsx')),
    'StoryPage',
  ),
} as const

const QUIET_MILLISECONDS = 1500

/** Fetches every page once the one that was asked for is there. @returns how not to */
export function fetchTheOthers(): () => void {
  const due = setTimeout(() => {
    for (const page of Object.values(pages)) void page.preload?.()
  }, QUIET_MILLISECONDS)
  return () => clearTimeout(due)
}
