/** Router: which address shows which page; nothing but sign-in is shown to nobody. */
import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import { pages } from './pages.ts'
import { queries } from './queries.ts'
import { sectionsFor } from './sections.ts'
import { sessionQuery } from './session.ts'
import { NoPage, PageProblem, Shell } from './shell.tsx'

const root = createRootRoute({ component: Outlet, errorComponent: PageProblem })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { back?: string } => {
    const { back } = search
    // Only a place of this console: an address from outside is never gone to.
    return typeof back === 'string' && /^\/(?!\/)/.test(back) ? { back } : {}
  },
  component: pages.signIn,
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

const queue = createRoute({ getParentRoute: () => desk, path: '/queue', component: pages.queue })
const oneCase = createRoute({ getParentRoute: () => desk, path: '/cases/$number', component: pages.oneCase })
const review = createRoute({
  getParentRoute: () => desk,
  path: '/cases/$number/review',
  component: pages.review,
})
const exposure = createRoute({ getParentRoute: () => desk, path: '/exposure', component: pages.exposure })
const people = createRoute({ getParentRoute: () => desk, path: '/people', component: pages.people })
const authorities = createRoute({
  getParentRoute: () => desk,
  path: '/people/authorities',
  component: pages.authorities,
})
const recipients = createRoute({
  getParentRoute: () => desk,
  path: '/people/recipients',
  component: pages.recipients,
})
const person = createRoute({ getParentRoute: () => desk, path: '/people/$id', component: pages.person })
const settings = createRoute({ getParentRoute: () => desk, path: '/settings', component: pages.settings })
const audit = createRoute({ getParentRoute: () => desk, path: '/audit', component: pages.audit })
const aboutPeople = [exposure, people, authorities, recipients, person, settings, audit] as const
const board = createRoute({ getParentRoute: () => desk, path: '/board', component: pages.board })
const ledger = createRoute({ getParentRoute: () => desk, path: '/ledger', component: pages.ledger })
const story = createRoute({ getParentRoute: () => desk, path: '/ledger/$number', component: pages.story })
const lists = createRoute({ getParentRoute: () => desk, path: '/lists', component: pages.lists })
const list = createRoute({ getParentRoute: () => desk, path: '/lists/$name', component: pages.list })

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    desk.addChildren([home, queue, oneCase, review, ...aboutPeople, board, ledger, story, lists, list]),
  ]),
  defaultPreload: false,
  defaultErrorComponent: PageProblem,
  defaultNotFoundComponent: NoPage,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
