/** A report is not sent without its photos unless that is chosen; what it went without waits at its case. */
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { networkError } from '@/api/problem'
import type { Me } from '@/api/types'
import { emptyReport, noPlace } from '@/desk/pages/report/reportForm'
import ReportPage from '@/desk/pages/report/ReportPage.vue'
import { useSession } from '@/desk/stores/session'
import { draftSave } from '@/shared/draft'
import { i18n, useLanguage } from '@/shared/i18n'
import { held } from './heldInMemory'

vi.mock('@/api/attachments', () => ({ attachmentUpload: () => ({ done: Promise.reject(networkError()), abort: () => {} }) }))
vi.mock('@/shared/heldFiles', () => import('./heldInMemory'))
const sent: unknown[] = []

beforeEach(async () => {
  held.clear()
  sent.length = 0
  setActivePinia(createPinia())
  useSession().me = { account: 'chen', resident: false, post: { region: '' }, permissions: {} } as unknown as Me
  await useLanguage('zh-CN')
  draftSave('chen', 'report', { ...emptyReport(), matter: 'event-0110', title: '油烟', place: { ...noPlace(), grid: '350302001001001' } })
  held.set('key-1', { key: 'key-1', account: 'chen', form: 'report', file: new File(['photo'], '现场.jpg') } as never)
  vi.stubGlobal('fetch', async (request: Request) => {
    if (new URL(request.url).pathname !== '/api/v1/cases') return Response.json({ items: [] })
    sent.push(await request.json())
    return Response.json({ id: 'case-9', number: '9' }, { status: 201 })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function open() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }] })
  const stubs = { MatterPicker: true, MatterFacts: true, PlacePicker: true, ReportDone: true }
  const page = mount(ReportPage, { global: { plugins: [i18n, router], stubs }, attachTo: document.body })
  await flushPromises()
  const press = async (text: string) => {
    await page.findAll('button').find((one) => one.text() === text)!.trigger('click')
    await flushPromises()
  }
  return { page, press }
}

it('asks, sends without the photo when told to, and keeps that for the case', async () => {
  const { page, press } = await open()
  await page.get('form').trigger('submit')
  await flushPromises()
  expect(sent).toEqual([])
  expect(page.text()).toContain('还有 1 张照片没有传上去。')
  await press('重新上传')
  expect(page.text()).toContain('还有 1 张照片没有传上去。')
  await press('不带这些照片提交')
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({ attachments: [] })
  expect([...held.values()].map((one) => one.form)).toEqual(['photos.case-9'])
  page.unmount()
})

it('lets go of the photo with a report that is given up', async () => {
  const { page, press } = await open()
  await press('放弃，重新填写')
  expect(held.size).toBe(0)
  expect(page.find('img[alt="现场.jpg"], .file').exists()).toBe(false)
  page.unmount()
})
