/** Erasing: what is offered, what is asked for, and that two people and no value are in it. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Attachment, Case, Erasure, Me, TimelineItem } from '@/api/types'
import { describeField, erasableFields } from '@/desk/components/erasureFields'
import CaseErasures from '@/desk/pages/cases/CaseErasures.vue'
import ErasureForm from '@/desk/pages/cases/ErasureForm.vue'
import ErasuresPage from '@/desk/pages/erasures/ErasuresPage.vue'
import { useSession } from '@/desk/stores/session'
import { i18n, useLanguage } from '@/shared/i18n'

const file = (id: string, erased = false) => ({ id, name: `${id}.jpg`, erased }) as Attachment
const shown = { id: 'case-1', title: '油烟', description: '', reporter: { name: '林**', phone: '138****8642' }, location: { lon: 1, lat: 2 }, attachments: [file('a'), file('b', true)], erased: ['title'] } as unknown as Case
const step = (seq: number, note: string, more: Partial<TimelineItem> = {}) => ({ seq, note, actionName: { zh: '核实', en: 'Verify' }, attachments: [], erased: [], ...more }) as unknown as TimelineItem
const timeline = [step(1, ''), step(2, '林晓岚家'), step(3, '', { erased: ['note'], attachments: [file('a'), file('c')] })]

const proposed: Erasure = {
  id: 'e1', case: { id: 'case-1', number: '350302-1' }, fields: ['reporter', 'note:2', 'attachment:a'], authorisedBy: { id: 'y', number: '350302-7' }, reason: '本人申请', state: 'proposed',
  proposedBy: { account: 'operator1', name: '陈受理' }, proposedAt: '2026-11-22T10:00:00+08:00', decidedBy: null, decidedAt: null, note: null,
}

let page: VueWrapper
let answer: (request: Request) => unknown
const sent: [string, string, unknown][] = []

beforeEach(async () => {
  sent.length = 0
  setActivePinia(createPinia())
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    const body = request.method === 'POST' ? await request.text() : ''
    sent.push([request.method, pathname + search, body ? JSON.parse(body) : null])
    const given = answer(request)
    return given instanceof Response ? given : Response.json(given)
  })
})
afterEach(() => {
  page?.unmount()
  vi.unstubAllGlobals()
})

const options = () => ({ global: { plugins: [i18n, createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }] })] }, attachTo: document.body })

async function press(label: string): Promise<void> {
  const found = page.findAll('button').find((one) => one.text() === label)!
  await (found.attributes('type') === 'submit' ? found.element.closest('form')!.dispatchEvent(new Event('submit', { cancelable: true })) : found.trigger('click'))
  await flushPromises()
}

describe('what can be erased', () => {
  it('is what the case still has, each once', () => {
    expect(erasableFields(shown, timeline)).toEqual(['reporter', 'location', 'note:2', 'attachment:a', 'attachment:c'])
  })

  it('is described without a value', () => expect(describeField('note:2')).toEqual({ field: 'note:2', key: 'note', values: { n: 2 } }))
})

describe('a proposal', () => {
  it('wants fields, an authorising case and a reason, and sends them', async () => {
    answer = () => proposed
    page = mount(ErasureForm, { props: { shown, timeline, keep: 'erasure.case-1' }, ...options() })
    await press('提交，等待确认')
    expect(sent).toEqual([])
    expect(page.findAll('.problem')).toHaveLength(3)
    await page.findAll('input[type=checkbox]')[2]!.setValue(true)
    await page.get('input[type=text]').setValue(' 350302-7 ')
    await page.get('textarea').setValue('本人申请')
    await press('提交，等待确认')
    expect(sent).toEqual([['POST', '/api/v1/cases/case-1/erasures', { fields: ['note:2'], authorisedBy: '350302-7', reason: '本人申请' }]])
    expect(page.emitted('proposed')).toHaveLength(1)
  })

  it('keeps what was typed when it is refused', async () => {
    answer = () => Response.json({ code: 'invalid', detail: '找不到依据案件' }, { status: 422 })
    page = mount(ErasureForm, { props: { shown, timeline, keep: 'erasure.case-1' }, ...options() })
    await page.get('input[type=checkbox]').setValue(true)
    await page.get('input[type=text]').setValue('x')
    await page.get('textarea').setValue('本人申请')
    await press('提交，等待确认')
    expect(page.get('[role=alert]').text()).toContain('找不到依据案件')
    expect(page.get('textarea').element.value).toBe('本人申请')
  })
})

describe('the form of a proposal', () => {
  it('tells files apart: by picture, step and time', async () => {
    const at = (seq: number, attachments: Attachment[]) => step(seq, '', { at: `2026-11-2${seq}T10:00:00+08:00`, attachments })
    const [first, second] = [file('a'), file('c')].map((one) => ({ ...one, name: 'p1.png', thumbnailUrl: `/thumbs/${one.id}` }))
    page = mount(ErasureForm, { props: { shown: { ...shown, attachments: [first!] }, timeline: [at(1, []), at(2, [second!])], keep: 'erasure.case-1' }, ...options() })
    const files = page.findAll('label.check').filter((one) => one.find('img').exists())
    expect(files.map((one) => one.get('img').attributes('src'))).toEqual(['/thumbs/a', '/thumbs/c'])
    expect(files.map((one) => one.get('.soft').text())).toEqual(['核实 · 11月21日 10:00 · p1.png', '核实 · 11月22日 10:00 · p1.png'])
  })

  it('keeps what was typed when it is left by Escape, and drops it when it is cancelled', async () => {
    answer = () => ({ items: [] })
    useSession().me = { account: 'operator1', permissions: { proposeErasure: true } } as Me
    page = mount(CaseErasures, { props: { shown, timeline }, ...options() })
    await press('提出删除')
    await page.get('textarea').setValue('本人申请')
    await page.get('form').trigger('keydown', { key: 'Escape' })
    await flushPromises()
    expect(page.find('form').exists()).toBe(false)
    expect(page.get('.said').text()).toContain('已保留')
    expect(document.activeElement?.textContent).toBe('提出删除')
    await press('提出删除')
    expect(page.get('textarea').element.value).toBe('本人申请')
    await press('取消')
    expect(page.get('.said').text()).toBe('')
    await press('提出删除')
    expect(page.get('textarea').element.value).toBe('')
  })
})

describe('the page of who decides', () => {
  async function open(account: string, decide: boolean, items: Erasure[]) {
    answer = (request) => (request.method === 'POST' ? { ...proposed, state: request.url.endsWith('confirm') ? 'done' : 'refused' } : { items, next: null })
    useSession().me = { account, permissions: { decideErasure: decide, proposeErasure: !decide } } as Me
    page = mount(ErasuresPage, options())
    await flushPromises()
  }
  const posts = () => sent.filter(([method]) => method === 'POST')

  it('shows which fields, under which case, and asks once more before erasing', async () => {
    await open('safe1', true, [proposed])
    for (const words of ['350302-1', '350302-7', '反映人姓名和电话', '第 2 步的说明', '一份照片或附件', '本人申请', '陈受理']) expect(page.text()).toContain(words)
    await press('确认删除')
    expect(posts()).toEqual([])
    await press('删除，不能恢复')
    expect(posts()).toEqual([['POST', '/api/v1/erasures/e1/confirm', null]])
    expect(page.get('[role=status]').text()).toContain('已删除')
  })

  it('wants a reason to refuse', async () => {
    await open('safe1', true, [proposed])
    await press('拒绝')
    await press('拒绝这次删除')
    expect(posts()).toEqual([])
    await page.get('textarea').setValue('不是本人')
    await press('拒绝这次删除')
    expect(posts()).toEqual([['POST', '/api/v1/erasures/e1/refuse', { note: '不是本人' }]])
  })

  it('keeps a reason that is left by Escape', async () => {
    await open('safe1', true, [proposed])
    await press('拒绝')
    await page.get('textarea').setValue('不是本人')
    await page.get('form').trigger('keydown', { key: 'Escape' })
    await flushPromises()
    expect(page.text()).toContain('已保留')
    await press('拒绝')
    expect(page.get('textarea').element.value).toBe('不是本人')
  })

  it('does not let the proposer decide, nor who may only propose', async () => {
    await open('operator1', true, [proposed])
    expect(page.text()).toContain('须由别人决定')
    expect(page.find('[data-decide]').exists()).toBe(false)
    page.unmount()
    await open('operator1', false, [proposed])
    expect(page.find('[data-decide]').exists()).toBe(false)
  })

  it('asks for each state by itself, and says when there is nothing', async () => {
    await open('safe1', true, [])
    expect(page.text()).toContain('没有等待确认的删除')
    await press('已拒绝')
    expect(sent.map(([, path]) => path)).toEqual(['/api/v1/erasures?state=proposed', '/api/v1/erasures?state=refused'])
    expect(page.text()).toContain('没有拒绝过')
  })
})
