/** A report that lacks something: the focus goes to what is asked for, not to what stands before it. */
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Me } from '@/api/types'
import ReportPage from '@/desk/pages/report/ReportPage.vue'
import { emptyReport, noPlace, type ReportForm } from '@/desk/pages/report/reportForm'
import { useSession } from '@/desk/stores/session'
import { draftSave } from '@/shared/draft'
import { i18n, useLanguage } from '@/shared/i18n'

const text = { zh: '油烟', en: 'Fumes' }
const matter = { code: 'event-0110', name: text, category: text, departmentName: text, scope: 'national', place: true, conditions: [], defaultCondition: null }
const village = { ...noPlace(), region: '350302001001', label: '拱辰社区' }
const filled = { matter: 'event-0110', title: '油烟', place: { ...village, address: '小学后门' } }

beforeEach(async () => {
  setActivePinia(createPinia())
  await useLanguage('zh-CN')
  useSession().me = { account: 'grid1', permissions: {}, post: { region: '350302000000' } } as unknown as Me
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  vi.stubGlobal('fetch', async ({ url }: Request) => {
    const { pathname } = new URL(url)
    if (pathname.includes('/matters/')) return Response.json(matter)
    if (pathname.includes('/regions/')) return Response.json({ code: '350302000000', name: '荔城区', level: 'county', ancestors: [], items: [] })
    return Response.json({ items: [], features: [] })
  })
})
afterEach(() => vi.unstubAllGlobals())

it.each<[Partial<ReportForm>, string]>([
  [{ ...filled, matter: '' }, '事项'],
  [{ ...filled, title: '' }, 'title'],
  [{ ...filled, place: noPlace() }, '按地址、村（社区）或网格查找'],
  [{ ...filled, place: village }, 'address'],
  [{ ...filled, reporterPhone: '12' }, 'reporterPhone'],
])('%o: %s', async (kept, wanted) => {
  draftSave('grid1', 'report', { ...emptyReport(), ...kept })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }] })
  const page = mount(ReportPage, { global: { plugins: [i18n, router] }, attachTo: document.body })
  await flushPromises()
  await page.get('form').trigger('submit')
  await flushPromises()
  const at = document.activeElement!
  expect(at.getAttribute('aria-label') ?? at.getAttribute('name')).toBe(wanted)
  page.unmount()
})
