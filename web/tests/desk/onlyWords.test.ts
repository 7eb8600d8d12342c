/** Codes and remarks of the catalog stay with us: matters are offered and limits shown in words. */
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Clock } from '@/api/types'
import MatterPicker from '@/desk/components/MatterPicker.vue'
import CaseClocks from '@/desk/pages/cases/CaseClocks.vue'
import { i18n, useLanguage } from '@/shared/i18n'

const cover = { code: 'component-0101', kind: 'component', scope: 'national', name: { zh: '上水井盖', en: 'Manhole cover' }, category: { zh: '公用设施', en: 'Utilities' } }
const asked: string[] = []

beforeEach(async () => {
  asked.length = 0
  setActivePinia(createPinia())
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url)
    asked.push(searchParams.get('q') ?? '')
    if (pathname.endsWith('/matters')) return Response.json({ items: [cover] })
    return Response.json({ type: 'about:blank', code: 'not_found', status: 404 }, { status: 404 })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const picker = (modelValue: string) =>
  mount(MatterPicker, { props: { modelValue, label: '事项', placeholder: '' }, global: { plugins: [i18n] }, attachTo: document.body })

it('a matter is found by its code, which is not shown', async () => {
  vi.useFakeTimers()
  const page = picker('')
  await page.get('input').setValue('component-0101')
  await vi.advanceTimersByTimeAsync(300)
  await flushPromises()
  expect(asked).toContain('component-0101')
  expect(page.get('[role=option]').text()).toBe('上水井盖 公用设施')
  page.unmount()
})

it('a matter whose name cannot be had is not shown as its code', async () => {
  const page = picker('component-9999')
  await flushPromises()
  expect(page.get('input').element.value).toBe('查不到名称的事项')
  page.unmount()
})

it('a clock says its limit, not where we took it from', () => {
  const clock: Clock = {
    name: 'overall', label: { zh: '全案时限', en: 'Whole case' }, from: '2026-11-20T10:00:00+08:00', until: '2026-12-20T10:00:00+08:00', state: 'running', provisional: false,
    limit: { value: 30, unit: 'calendar_days', counting: 'same_time', source: '平台默认，可按地方规定调整' },
  }
  const page = mount(CaseClocks, { props: { clocks: [clock] }, global: { plugins: [i18n] } })
  expect(page.text()).toContain('全案时限')
  expect(page.text()).not.toContain('平台默认')
  page.unmount()
})
