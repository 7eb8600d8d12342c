/** The proof of each step on the timeline: its place, its receipt, and what was erased. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { effectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TimelineItem } from '@/api/types'
import CaseTimeline from '@/desk/pages/cases/CaseTimeline.vue'
import { useTimeline } from '@/desk/pages/cases/useTimeline'
import { i18n, useLanguage } from '@/shared/i18n'
import { takeHandedOver } from '@/verify/handOver'
import { receiptText } from '../verify/vectors'

const step = (seq: number, more: Partial<TimelineItem> = {}) => ({
  seq, action: 'verify', actionName: { zh: '核实', en: 'Verify' }, actor: { account: 'a', name: '林小网' }, post: { role: 'grid_worker', roleName: { zh: '网格员', en: 'Grid worker' }, regionName: '龙桥', department: null, departmentName: null },
  at: '2026-11-22T10:00:00+08:00', from: 'reported', to: 'reported', fromName: null, toName: { zh: '已上报', en: 'Reported' }, note: '', recordId: 'r', ledger: 256, erased: [], recipient: null, recipientName: null, attachments: [], ...more,
}) as TimelineItem

let asked: string[]
let answer: () => Response
let page: VueWrapper | null

beforeEach(async () => {
  asked = []
  page = null
  sessionStorage.clear()
  setActivePinia(createPinia())
  await useLanguage('zh-CN')
  answer = () => new Response(receiptText, { headers: { 'Content-Disposition': 'attachment; filename="350302-1-256.tlog-proof"' } })
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(new URL(request.url).pathname)
    return answer()
  })
})
afterEach(() => {
  page?.unmount()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function open(...items: TimelineItem[]) {
  page = mount(CaseTimeline, { props: { caseId: 'case-1', items }, global: { plugins: [i18n] }, attachTo: document.body })
  return page
}

async function press(label: string): Promise<void> {
  await page!.findAll('button').find((one) => one.text().includes(label))!.trigger('click')
  await vi.waitFor(() => expect(page!.findAll('button[disabled]')).toHaveLength(0))
  await flushPromises()
}

describe('a step', () => {
  it('says that it will be in the ledger, then its place, counted from one', () => {
    expect(open(step(1, { ledger: null })).text()).toContain('一秒内记入账本')
    page!.unmount()
    expect(open(step(1)).text()).toContain('账本第 257 条')
    page!.unmount()
    page = mount(CaseTimeline, { props: { caseId: 'case-1', items: [step(1, { ledger: null })], late: true }, global: { plugins: [i18n] } })
    expect(page.text()).toContain('还没有记入账本')
  })

  it('asks for its receipt when it is wanted, and once', async () => {
    open(step(1))
    await press('存证回执')
    expect(page!.text()).toContain('不证明所写属实')
    expect(asked).toEqual([])
    const links: string[] = []
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      links.push(this.download)
    })
    await press('下载回执')
    await press('下载回执')
    expect(links).toEqual(['350302-1-256.tlog-proof', '350302-1-256.tlog-proof'])
    expect(asked).toEqual(['/api/v1/cases/case-1/receipts/256'])
  })

  it('hands its receipt to the page that checks it, without an address that names it', async () => {
    const opened: string[] = []
    const inTab: (string | null)[] = []
    vi.stubGlobal('open', (address: string) => {
      opened.push(address)
      inTab.push(sessionStorage.getItem('yizhi.verify.receipt'))
      return {}
    })
    open(step(1))
    await press('存证回执')
    await press('去核对')
    expect(opened).toEqual(['/verify'])
    expect(sessionStorage.length).toBe(0)
    sessionStorage.setItem('yizhi.verify.receipt', inTab[0]!)
    expect(takeHandedOver()).toEqual({ name: '350302-1-256.tlog-proof', text: receiptText })
    expect(takeHandedOver()).toBeNull()
  })

  it('is printed as a sheet with a code, which goes when the printing is over', async () => {
    const print = vi.fn()
    vi.stubGlobal('print', print)
    open(step(1))
    await press('存证回执')
    await press('打印回执纸')
    await vi.waitFor(() => expect(print).toHaveBeenCalledOnce())
    expect(document.querySelector('body > .paper svg path')?.getAttribute('d')).toMatch(/^M4 4h1v1h-1z/)
    window.dispatchEvent(new Event('afterprint'))
    await flushPromises()
    expect(document.querySelector('body > .paper')).toBeNull()
  })

  it('says in words that the receipt is not there yet', async () => {
    answer = () => Response.json({ code: 'not_in_ledger_yet', detail: '这一步还没有写进账本，通常只要一秒。请稍后再试。' }, { status: 503 })
    open(step(1))
    await press('存证回执')
    await press('下载回执')
    expect(page!.get('[role=alert]').text()).toContain('还没有写进账本')
  })

  it('shows what was erased as such', () => {
    expect(open(step(1), step(2, { erased: ['note'] })).findAll('li').map((one) => one.text().includes('已依法删除'))).toEqual([false, true])
  })
})

describe('a timeline', () => {
  it('is looked at again until every step is in the ledger', async () => {
    vi.useFakeTimers()
    const answers = [[step(1, { ledger: null })], [step(1, { ledger: null })], [step(1)], [step(1)]]
    answer = () => Response.json({ items: answers.shift() })
    const scope = effectScope()
    const { timeline, reload } = scope.run(() => useTimeline('case-1'))!
    await reload()
    expect(timeline.value[0]?.ledger).toBeNull()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(timeline.value[0]?.ledger).toBe(256)
    expect(asked).toHaveLength(3)
    scope.stop()
    vi.useRealTimers()
  })

  it('is not looked at for ever', async () => {
    vi.useFakeTimers()
    answer = () => Response.json({ items: [step(1, { ledger: null })] })
    const scope = effectScope()
    const { late, reload } = scope.run(() => useTimeline('case-1'))!
    await reload()
    expect(late.value).toBe(false)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(late.value).toBe(true)
    expect(asked).toHaveLength(6)
    scope.stop()
    vi.useRealTimers()
  })

  it('is left alone once the page is left', async () => {
    vi.useFakeTimers()
    answer = () => Response.json({ items: [step(1, { ledger: null })] })
    const scope = effectScope()
    await scope.run(() => useTimeline('case-1'))!.reload()
    scope.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveLength(1)
    vi.useRealTimers()
  })
})
