/** Router: which address shows which page; nothing but sign-in is shown to nobody. */
import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import { CasePage } from '../features/case/case-page.tsx'
import { ExposurePage } from '../features/exposure/exposure-page.tsx'
import { QueuePage } from '../features/queue/queue-page.tsx'
import { ReviewPage } from '../features/review/review-page.tsx'
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

export const router = createRouter({
  routeTree: root.addChildren([signIn, desk.addChildren([home, queue, oneCase, review, exposure])]),
  defaultPreload: false,
  defaultErrorComponent: PageProblem,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
