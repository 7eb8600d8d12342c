/** Where a page cannot be had, or work is done, people are told so and shown a way on. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Me } from '@/api/types'
import AppShell from '@/desk/layout/AppShell.vue'
import CasePage from '@/desk/pages/cases/CasePage.vue'
import NextTask from '@/desk/pages/cases/NextTask.vue'
import StatePicker from '@/desk/pages/cases/StatePicker.vue'
import { useMeta } from '@/desk/stores/meta'
import { useSession } from '@/desk/stores/session'
import { i18n, useLanguage } from '@/shared/i18n'

const blank = { template: '<i />' }
let router: Router
let page: VueWrapper
let answer: unknown

beforeEach(async () => {
  setActivePinia(createPinia())
  await useLanguage('zh-CN')
  router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/people', component: blank, meta: { title: 'nav.people', room: 'people' } },
      { path: '/:rest(.*)*', component: blank, meta: { title: 'app.name' } },
    ],
  })
  vi.stubGlobal('fetch', async () => (answer instanceof Response ? answer : Response.json(answer)))
})
afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

describe('a page that the post does not have', () => {
  async function go(path: string): Promise<void> {
    useSession().me = { account: 'grid1', permissions: {}, posts: [], post: { roleName: { zh: '网格员', en: 'Grid worker' }, regionName: '兴安社区' } } as unknown as Me
    router.beforeEach((to) => (to.meta.room || to.path === '/' ? { path: '/tasks', replace: true } : true))
    await router.push(path)
    page = mount(AppShell, { global: { plugins: [i18n, router], stubs: { AppHeader: true, AppNav: true, LiveNotice: true } } })
  }

  it('is named, with the post one is in, until one goes on', async () => {
    await go('/people')
    expect(page.get('[role=status]').text()).toBe('您现在的岗位（网格员 · 兴安社区）没有“人员与岗位”这个页面，已回到首页。')
    await router.push('/settings')
    await flushPromises()
    expect(page.text()).not.toContain('没有')
  })

  it('is not spoken of to who went to the start', async () => {
    await go('/')
    expect(page.text()).not.toContain('没有')
  })
})

it('a case that is not there leads to the list', async () => {
  answer = Response.json({ code: 'not_found', detail: '没有找到。' }, { status: 404 })
  page = mount(CasePage, { props: { id: '350302-20261122-99999' }, global: { plugins: [i18n, router] } })
  await flushPromises()
  expect(page.get('a[href="/cases"]').text()).toBe('去案件列表')
})

describe('after a step', () => {
  const item = (id: string) => ({ id, number: id, title: `案件${id}` })

  it.each([
    ['nothing waits', [], '待办都已办完'],
    ['the same case waits for its next step', [item('1')], ''],
    ['another case waits', [item('1'), item('2')], '下一件：案件2'],
  ])('%s', async (_, items, words) => {
    answer = { items, next: null }
    page = mount(NextTask, { props: { done: '1' }, global: { plugins: [i18n, router] } })
    await flushPromises()
    expect(page.text()).toContain(words)
    expect(page.text() === '').toBe(words === '')
  })
})

it('a filter by a state that there is not says so', () => {
  useMeta().meta = { states: [{ code: 'reported', name: { zh: '待核实', en: 'To be verified' } }] } as never
  page = mount(StatePicker, { props: { modelValue: ['reported', 'foo'] }, global: { plugins: [i18n] } })
  expect(page.get('button').text()).toBe('待核实、没有这个状态')
})
