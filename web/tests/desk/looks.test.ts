/** Looks: a purpose before anything is shown, failures in words, and the auditor's list. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Look, Me, Purpose } from '@/api/types'
import CaseExport from '@/desk/pages/cases/CaseExport.vue'
import ReporterContact from '@/desk/pages/cases/ReporterContact.vue'
import { lookFormFromQuery, queryFromLookForm, requestFromLookForm } from '@/desk/pages/looks/lookFilter'
import LooksPage from '@/desk/pages/looks/LooksPage.vue'
import { narrowed } from '@/desk/pages/looks/lookWords'
import { useSession } from '@/desk/stores/session'
import { i18n, useLanguage } from '@/shared/i18n'

const text = (zh: string) => ({ zh, en: zh })
const purposes: Purpose[] = [
  { code: 'contact_reporter', name: text('联系反映人'), basis: text('第三十四条'), kinds: ['unmask'] },
  { code: 'emergency', name: text('紧急情况'), basis: text('第十三条'), kinds: ['unmask'] },
  { code: 'supervise', name: text('督查督办'), basis: text('第三十八条'), kinds: ['export', 'read'] },
]
const look: Look = {
  seq: 41, at: '2026-11-22T10:00:00+08:00', kind: 'export', actor: { account: 'operator1', name: '陈受理' }, post: { role: 'operator', roleName: text('受理员'), regionName: '龙桥街道' }, purpose: { code: 'supervise', name: text('督查督办') },
  case: null, fields: ['number', 'title', 'unknown.field'], rows: 1240, filter: 'q=*&state=handling&since=2026-11-01T00:00:00+08:00',
}

let page: VueWrapper
let offered: Purpose[]
let answer: (request: Request) => Response | Promise<Response>
const sent: { path: string; query: string; body: unknown }[] = []

beforeEach(async () => {
  sent.length = 0
  offered = purposes
  setActivePinia(createPinia())
  useSession().me = { account: 'operator1', post: { id: 'post-1' }, permissions: {} } as Me
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/api/v1/purposes') return Response.json({ items: offered })
    sent.push({ path: pathname, query: search, body: request.method === 'POST' ? await request.json() : null })
    return answer(request)
  })
})
afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const router = () => createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }] })
const options = () => ({ global: { plugins: [i18n, router()] }, attachTo: document.body })
const button = (label: string) => page.findAll('button').find((one) => one.text() === label)!

async function press(label: string): Promise<void> {
  await button(label).trigger('click')
  await flushPromises()
}

async function claim(nth: number): Promise<void> {
  await page.findAll('input[type=radio]')[nth]!.setValue(true)
  await page.get('form').trigger('submit')
  await flushPromises()
}

describe('the reporter’s name and phone', () => {
  async function open() {
    page = mount(ReporterContact, { props: { caseId: 'case-1', reporter: { name: '林**', phone: '138****8642' } }, ...options() })
    await flushPromises()
  }

  it('are shown for a purpose that is named, with its law and who will know', async () => {
    answer = () => Response.json({ fields: { 'reporter.name': '林晓岚', 'reporter.phone': '13800138642' } })
    await open()
    await press('查看完整信息')
    expect(page.findAll('label').map((one) => one.text())).toEqual(['联系反映人第三十四条', '紧急情况第十三条'])
    expect(page.text()).toContain('审计管理员看得到')
    await page.get('form').trigger('submit')
    expect(page.get('[role=alert]').text()).toBe('请选择目的。')
    expect(sent).toEqual([])
    await claim(0)
    expect(sent).toEqual([{ path: '/api/v1/cases/case-1/unmask', query: '', body: { fields: ['reporter.name', 'reporter.phone'], purpose: 'contact_reporter' } }])
    expect(page.text()).toContain('13800138642')
    expect(document.activeElement?.className).toContain('known')
    await press('收起')
    expect(page.text()).not.toContain('13800138642')
    expect(page.text()).toContain('138****8642')
  })

  it.each([
    [503, 'evidence_overdue', '存证超时，暂停查看。', true],
    [403, 'purpose_not_allowed', '您的岗位不能为此查看。', false],
    [422, 'invalid', '没有这个目的。', false],
  ])('stay masked after %i, which is said in words', async (status, code, detail, ledger) => {
    answer = () => Response.json({ code, detail }, { status })
    await open()
    await press('查看完整信息')
    await claim(1)
    expect(page.get('[role=alert]').text()).toContain(detail)
    expect(page.find('a[href="/ledger"]').exists()).toBe(ledger)
    expect(page.text()).toContain('138****8642')
  })

  it('are not offered to a post without a purpose', async () => {
    offered = purposes.filter((one) => one.code === 'supervise')
    await open()
    expect(page.find('button').exists()).toBe(false)
  })
})

describe('an export', () => {
  it('goes with the filter of the list and the one purpose there is', async () => {
    answer = () => new Response('\ufeffnumber\n', { headers: { 'Content-Disposition': 'attachment; filename="cases-2026-11-22.csv"' } })
    const names: string[] = []
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download)
    })
    page = mount(CaseExport, { props: { filter: { state: 'handling', overdue: true } }, ...options() })
    await flushPromises()
    await press('导出')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(sent).toEqual([{ path: '/api/v1/cases/export', query: '?state=handling&overdue=true&purpose=supervise', body: null }])
    expect(names).toEqual(['cases-2026-11-22.csv'])
    expect(page.get('[role=status]').text()).toContain('已导出')
  })

  it('that is too large says so', async () => {
    answer = () => Response.json({ code: 'too_many_rows' }, { status: 422 })
    page = mount(CaseExport, { props: { filter: {} }, ...options() })
    await flushPromises()
    await press('导出')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(page.get('[role=alert]').text()).toContain('50,000')
  })
})

describe('the auditor’s list', () => {
  async function open(items: Look[]) {
    answer = () => Response.json({ items, next: null, keptUntilMonths: 6 })
    page = mount(LooksPage, options())
    await flushPromises()
  }

  it('says who saw what, why, under which filter, and how long it is kept', async () => {
    await open([look, { ...look, seq: 40, kind: 'unmask', fields: ['reporter.name'], rows: null, filter: null, case: { id: 'c', number: '350302-20261122-0001' } }])
    for (const words of ['至少保存 6 个月', '共 2 条', '1,240 行 · 编号、标题、unknown.field', '条件：有关键词 *、状态 handling、上报自', '账本第 42 条', '反映人姓名', '350302-20261122-0001', '陈受理', '督查督办']) {
      expect(page.text()).toContain(words)
    }
  })

  it('says what to expect when there is nothing', async () => {
    await open([])
    expect(page.text()).toContain('没有符合条件的查看记录')
  })

  it('is walked with the arrow keys', async () => {
    await open([look, { ...look, seq: 40 }])
    const places = page.findAll<HTMLElement>('button.place')
    places[0]!.element.focus()
    await places[0]!.trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement).toBe(places[1]!.element)
  })
})

describe('its filters', () => {
  const query = { from: '2026-11-01', to: '2026-11-22', account: 'operator1', kind: 'unmask', case: '350302-20261122-0001' }

  it('go to the address bar and back', () => expect(queryFromLookForm(lookFormFromQuery(query))).toEqual(query))
  it('drop what they do not know', () => expect(queryFromLookForm(lookFormFromQuery({ kind: 'else', x: '1' }))).toEqual({}))
  it('ask with whole days of China', () => {
    expect(requestFromLookForm(lookFormFromQuery(query))).toEqual(query)
  })
  it('are read from a record', () => expect(narrowed('state=a,b&overdue=true')).toEqual([{ name: 'state', value: 'a,b' }, { name: 'overdue', value: 'true' }]))
})
