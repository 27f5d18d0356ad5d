/** Router: which address shows which page; nothing but sign-in is shown to nobody. */
import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import { AuditPage } from '../features/audit/audit-page.tsx'
import { BoardPage } from '../features/board/board-page.tsx'
import { CasePage } from '../features/case/case-page.tsx'
import { ExposurePage } from '../features/exposure/exposure-page.tsx'
import { LedgerPage } from '../features/ledger/ledger-page.tsx'
import { StoryPage } from '../features/ledger/story-page.tsx'
import { ListPage } from '../features/lists/list-page.tsx'
import { ListsPage } from '../features/lists/lists-page.tsx'
import { AuthoritiesPage } from '../features/people/authorities-page.tsx'
import { PeoplePage } from '../features/people/people-page.tsx'
import { PersonPage } from '../features/people/person-page.tsx'
import { RecipientsPage } from '../features/people/recipients-page.tsx'
import { QueuePage } from '../features/queue/queue-page.tsx'
import { ReviewPage } from '../features/review/review-page.tsx'
import { SettingsPage } from '../features/settings/settings-page.tsx'
import { SignInPage } from '../features/sign-in/sign-in-page.tsx'
import { queries } from './queries.ts'
import { sectionsFor } from './sections.ts'
import { sessionQuery } from './session.ts'
import { PageProblem, Shell } from './shell.tsx'

const root = createRootRoute({ component: Outlet, errorComponent: PageProblem })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { back?: string } => {
    const { back } = search
    // Only a place of this console: an address from outside is never gone to.
    return typeof back === 'string' && /^\/(?!\/)/.test(back) ? { back } : {}
  },
  component: SignInPage,
})

const desk = createRoute({
  getParentRoute: () => root,
  id: 'desk',
  beforeLoad: async ({ location }) => {
    const me = await queries.ensureQueryData(sessionQuery)
    if (me === null) throw redirect({ to: '/sign-in', search: { back: location.href } })
  },
  component: Shell,
  errorComponent: PageProblem,
})

const home = createRoute({
  getParentRoute: () => desk,
  path: '/',
  beforeLoad: async () => {
    const me = await queries.ensureQueryData(sessionQuery)
    throw redirect({ to: sectionsFor(me?.roles ?? [])[0]?.to ?? '/settings' })
  },
})

const queue = createRoute({ getParentRoute: () => desk, path: '/queue', component: QueuePage })
const oneCase = createRoute({ getParentRoute: () => desk, path: '/cases/$number', component: CasePage })
const review = createRoute({
  getParentRoute: () => desk,
  path: '/cases/$number/review',
  component: ReviewPage,
})
const exposure = createRoute({ getParentRoute: () => desk, path: '/exposure', component: ExposurePage })
const people = createRoute({ getParentRoute: () => desk, path: '/people', component: PeoplePage })
const authorities = createRoute({
  getParentRoute: () => desk,
  path: '/people/authorities',
  component: AuthoritiesPage,
})
const recipients = createRoute({
  getParentRoute: () => desk,
  path: '/people/recipients',
  component: RecipientsPage,
})
const person = createRoute({ getParentRoute: () => desk, path: '/people/$id', component: PersonPage })
const settings = createRoute({ getParentRoute: () => desk, path: '/settings', component: SettingsPage })
const audit = createRoute({ getParentRoute: () => desk, path: '/audit', component: AuditPage })
const aboutPeople = [exposure, people, authorities, recipients, person, settings, audit] as const
const board = createRoute({ getParentRoute: () => desk, path: '/board', component: BoardPage })
const ledger = createRoute({ getParentRoute: () => desk, path: '/ledger', component: LedgerPage })
const story = createRoute({ getParentRoute: () => desk, path: '/ledger/$number', component: StoryPage })
const lists = createRoute({ getParentRoute: () => desk, path: '/lists', component: ListsPage })
const list = createRoute({ getParentRoute: () => desk, path: '/lists/$name', component: ListPage })

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    desk.addChildren([home, queue, oneCase, review, ...aboutPeople, board, ledger, story, lists, list]),
  ]),
  defaultPreload: false,
  defaultErrorComponent: PageProblem,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
