/** A form that was left: found again where it was, told what others did meanwhile, sent once, seen by nobody else. */
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ActionForm, Case, Me, TimelineItem } from '@/api/types'
import CaseActions from '@/desk/pages/cases/CaseActions.vue'
import { useSession } from '@/desk/stores/session'
import { draftNames } from '@/shared/draft'
import { i18n, useLanguage } from '@/shared/i18n'

const reject: ActionForm = { code: 'reject', name: { zh: '不予立案', en: 'Reject' }, tone: 'danger', note: 'required', evidence: 'none', to: 'none', caution: null, fields: null, targets: [] }
const at = (version: number, stateName: string, actions: ActionForm[]) =>
  ({ id: 'case-1', version, state: stateName, stateName: { zh: stateName, en: stateName }, closedAt: null, actions }) as unknown as Case
const step = (seq: number, who: string) =>
  ({ seq, at: '2026-11-22T10:00:00+08:00', actor: { name: who }, actionName: { zh: '立案', en: 'Register' }, note: '' }) as unknown as TimelineItem

const sent: { key: string | null; body: Record<string, unknown> }[] = []
let answer: () => Response | Promise<Response>

beforeEach(async () => {
  sent.length = 0
  setActivePinia(createPinia())
  signedIn('chen')
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push({ key: request.headers.get('Idempotency-Key'), body: await request.json() })
    return answer()
  })
})
afterEach(() => vi.unstubAllGlobals())

function signedIn(account: string): void {
  useSession().me = { account, permissions: { attach: false } } as Me
}

function open(shown: Case, timeline: TimelineItem[] = [step(1, '张三')]) {
  return mount(CaseActions, { props: { shown, timeline, sources: {} }, global: { plugins: [i18n], stubs: { NextTask: true } }, attachTo: document.body })
}

async function type(page: ReturnType<typeof open>, text: string): Promise<void> {
  await page.get('[data-action=reject]').trigger('click')
  await page.get('textarea').setValue(text)
}

describe('a form at a case', () => {
  it('says who was faster, by a live change too, and keeps what was typed', async () => {
    const page = open(at(3, '待立案', [reject]))
    await type(page, '情况不属实')
    await page.setProps({ shown: at(4, '待派遣', []), timeline: [step(1, '张三'), step(2, '李四')] })
    expect(page.get('[role=alert]').text()).toContain('李四')
    expect(page.get('[role=alert]').text()).toContain('待派遣')
    expect(page.get('[role=alert]').text()).not.toContain('张三')
    expect(page.get('textarea').element.value).toBe('情况不属实')
    expect(page.get<HTMLButtonElement>('button[type=submit]').element.disabled).toBe(true)
    page.unmount()
  })

  it('comes back after a reload, also when the step is gone, and only for who typed it', async () => {
    const first = open(at(3, '待立案', [reject]))
    await type(first, '情况不属实')
    first.unmount()
    const second = open(at(4, '待派遣', []), [step(1, '张三'), step(2, '李四')])
    expect(second.get('textarea').element.value).toBe('情况不属实')
    expect(second.get('[role=alert]').text()).toContain('李四')
    second.unmount()
    signedIn('lin')
    const other = open(at(3, '待立案', [reject]))
    expect(other.find('textarea').exists()).toBe(false)
    other.unmount()
    signedIn('chen')
    const third = open(at(3, '待立案', [reject]))
    await third.findAll('button').find((one) => one.text() === '取消')!.trigger('click')
    third.unmount()
    const last = open(at(3, '待立案', [reject]))
    expect(last.find('textarea').exists(), 'given up is forgotten').toBe(false)
    last.unmount()
  })

  it('outlives what another tab sent from the same form', async () => {
    const mine = open(at(3, '待立案', [reject]))
    await type(mine, '我写的理由')
    dispatchEvent(new Event('pagehide'))
    const own = { ...sessionStorage }
    sessionStorage.clear()
    const other = open(at(3, '待立案', [reject]))
    await other.get('textarea').setValue('另一页写的理由')
    answer = () => Response.json(at(4, '不予立案', []))
    await other.get('form').trigger('submit')
    await flushPromises()
    other.unmount()
    for (const [key, value] of Object.entries(own)) sessionStorage.setItem(key, value)
    mine.unmount()
    const reloaded = open(at(4, '不予立案', []), [step(1, '张三'), step(2, '陈')])
    expect(reloaded.get('textarea').element.value).toBe('我写的理由')
    expect(reloaded.get('[role=alert]').text()).toContain('不予立案')
    reloaded.unmount()
  })

  it('is the same request after a lost answer, and a new one after a change', async () => {
    const page = open(at(3, '待立案', [reject]))
    await type(page, '情况不属实')
    answer = () => Promise.reject(new TypeError('Failed to fetch'))
    await page.get('form').trigger('submit')
    await flushPromises()
    await page.setProps({ shown: at(4, '待派遣', [reject]) })
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(sent[1]).toEqual(sent[0])
    await page.get('textarea').setValue('情况不属实，已告知')
    answer = () => Response.json(at(5, '不予立案', []))
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(sent[2]!.key).not.toBe(sent[0]!.key)
    expect(sent[2]!.body['version']).toBe(4)
    expect(page.find('form').exists()).toBe(false)
    expect(draftNames('chen', '')).toEqual([])
    page.unmount()
  })

  it('goes once on a double tap', async () => {
    const page = open(at(3, '待立案', [reject]))
    await type(page, '情况不属实')
    answer = () => new Promise((resolve) => setTimeout(() => resolve(Response.json(at(4, '不予立案', []))), 0))
    const form = page.get('form')
    form.element.dispatchEvent(new Event('submit'))
    form.element.dispatchEvent(new Event('submit'))
    await vi.waitFor(() => expect(page.find('form').exists()).toBe(false))
    expect(sent).toHaveLength(1)
    page.unmount()
  })
})
