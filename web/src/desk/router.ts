/** Addresses of the desk. Every page is its own chunk; the guard asks for a session once and keeps where one was going. */
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { pageFilled } from '@/shared/listPlace'
import type { Room } from './stores/rooms'
import { useSession } from './stores/session'
import { startPage } from './stores/start'

declare module 'vue-router' {
  interface RouteMeta {
    /** Locale key of the page's name. */
    title: string
    public?: boolean
    /** Signed in, but without header and navigation. */
    bare?: boolean
    /** The permission that opens this room. */
    room?: Room
    /** The page uses the whole width and height. */
    wide?: boolean
  }
}

const secondFactor = '/second-factor'

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => (saved ? pageFilled().then(() => saved) : { top: 0 }),
  routes: [
    { path: '/', component: () => import('./pages/NotFound.vue'), meta: { title: 'app.name' } },
    { path: '/sign-in', component: () => import('./pages/sign-in/SignIn.vue'), meta: { title: 'signIn.title', public: true } },
    { path: '/link', component: () => import('./pages/sign-in/LinkSignIn.vue'), meta: { title: 'signIn.linkTitle', public: true } },
    { path: '/activate', component: () => import('./pages/sign-in/ActivatePage.vue'), meta: { title: 'activate.title', public: true } },
    { path: secondFactor, component: () => import('./pages/sign-in/SecondFactor.vue'), meta: { title: 'secondFactor.title', bare: true } },
    { path: '/tasks', component: () => import('./pages/work/MyWork.vue'), meta: { title: 'nav.work', room: 'cases' } },
    { path: '/cases', component: () => import('./pages/cases/CaseList.vue'), meta: { title: 'nav.cases', room: 'cases' } },
    { path: '/cases/:id', component: () => import('./pages/cases/CasePage.vue'), props: true, meta: { title: 'case.title', room: 'cases' } },
    { path: '/report', component: () => import('./pages/report/ReportPage.vue'), meta: { title: 'nav.report', room: 'report' } },
    { path: '/map', component: () => import('./pages/map/MapPage.vue'), meta: { title: 'nav.map', room: 'map', wide: true } },
    { path: '/overview', component: () => import('./pages/overview/OverviewPage.vue'), meta: { title: 'nav.overview', room: 'overview' } },
    { path: '/ledger', component: () => import('./pages/ledger/LedgerPage.vue'), meta: { title: 'nav.ledger', room: 'ledger' } },
    { path: '/looks', component: () => import('./pages/looks/LooksPage.vue'), meta: { title: 'nav.looks', room: 'looks' } },
    { path: '/erasures', component: () => import('./pages/erasures/ErasuresPage.vue'), meta: { title: 'nav.erasures', room: 'erasures' } },
    { path: '/people', component: () => import('./pages/people/PeoplePage.vue'), meta: { title: 'nav.people', room: 'people' } },
    { path: '/duties', component: () => import('./pages/duties/DutiesPage.vue'), meta: { title: 'nav.duties', room: 'duties' } },
    { path: '/confidential', component: () => import('./pages/confidential/ConfidentialPage.vue'), meta: { title: 'nav.confidential', room: 'confidential' } },
    { path: '/notices', component: () => import('./pages/notices/NoticesPage.vue'), meta: { title: 'nav.notices' } },
    { path: '/timers', component: () => import('./pages/timers/TimersPage.vue'), meta: { title: 'nav.timers', room: 'overview' } },
    { path: '/jobs', component: () => import('./pages/jobs/DeadJobs.vue'), meta: { title: 'nav.jobs', room: 'jobs' } },
    { path: '/settings', component: () => import('./pages/settings/SettingsPage.vue'), meta: { title: 'nav.settings' } },
    { path: '/:rest(.*)*', component: () => import('./pages/NotFound.vue'), meta: { title: 'notFound.title' } },
  ],
})

/** There first, then where one was going. */
const via = (path: string, to: RouteLocationNormalized) => ({ path, query: to.path === '/' ? {} : { next: to.fullPath } })

router.beforeEach(async (to) => {
  if (to.meta.public) return true
  const session = useSession()
  if (!session.me && !(await session.load())) return via('/sign-in', to)
  if (!session.me) return via('/sign-in', to)
  if (session.confined) return to.path === secondFactor ? true : via(secondFactor, to)
  const closed = to.path === '/' || to.path === secondFactor || (to.meta.room && !session.can(to.meta.room))
  return closed ? { path: await startPage(session.me), replace: true } : true
})

/**
 * On to where one was going. Where that is the entry of the history one was thrown out of, back to it: it knows the place in
 * its list, and Back goes on working as if nothing had happened.
 */
export function arrive(next: unknown): void {
  const path = insidePath(next)
  if (history.state?.back === path) router.back()
  else void router.replace(path)
}

/** Only places inside the desk: a link must not send anybody elsewhere. */
export function insidePath(path: unknown): string {
  return typeof path === 'string' && /^\/(?![/\\])/.test(path) ? path : '/'
}
