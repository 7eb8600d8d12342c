/** How the ledger is doing, in a picture and in words, and what to do when evidence is overdue. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LedgerState } from '@/api/types'
import LedgerPage from '@/desk/pages/ledger/LedgerPage.vue'
import { remedy, stages } from '@/desk/pages/ledger/ledgerState'
import { i18n, useLanguage } from '@/shared/i18n'

const signed = { name: 'court.example/witness', cosignedAt: '2026-11-22T10:00:00+08:00', refusal: null }
const refusing = { name: 'school.example/witness', cosignedAt: '2026-11-22T09:00:00+08:00', refusal: 'another root at size 300' }
const silent = { name: 'county.example/witness', cosignedAt: null, refusal: null }
const well: LedgerState = {
  size: 1234, published: 1234, publishedAt: '2026-11-22T10:00:00+08:00', behindSince: null, overdue: false, clockBehindSeconds: 0, overdueAfterSeconds: 60, gates: true, quorum: 1, origin: 'here.example/ledger', witnesses: [signed], fault: null,
}
const late: LedgerState = { ...well, size: 1240, behindSince: '2026-11-22T10:00:05+08:00', overdue: true, quorum: 2, witnesses: [signed, refusing] }

const going = (state: LedgerState) => stages(state).map((one) => one.going)

describe('the way of a record', () => {
  it('is done when everything is published', () => expect(going(well)).toEqual(['done', 'done', 'done', 'done']))
  it('waits for witnesses, and says so once that takes too long', () => {
    expect(going({ ...late, overdue: false })).toEqual(['done', 'done', 'going', 'going'])
    expect(going(late)).toEqual(['done', 'done', 'stuck', 'going'])
  })
  it('waits to be published when enough have signed', () => expect(going({ ...late, quorum: 1 })).toEqual(['done', 'done', 'done', 'stuck']))
  it('ends where the ledger stopped', () => expect(going({ ...late, fault: 'the disk is full' })).toEqual(['done', 'stuck', 'going', 'going']))
})

describe('what to do first', () => {
  it.each<[string, Partial<LedgerState>]>([
    ['fault', { fault: 'the disk is full' }],
    ['refused', {}],
    ['silent', { witnesses: [signed, silent] }],
    ['publish', { quorum: 1 }],
  ])('%s', (expected, more) => expect(remedy({ ...late, ...more })).toBe(expected))
})

describe('the page', () => {
  let answers: (LedgerState | 'fails')[]
  let page: VueWrapper

  beforeEach(async () => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
    await useLanguage('zh-CN')
    vi.stubGlobal('fetch', async (request: Request | string) => {
      if (String(request).endsWith('.sha256')) return new Response(`${'ab'.repeat(32)}  verify.html\n`)
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!
      return answer === 'fails' ? Response.json({ code: 'server', detail: '出错了' }, { status: 500 }) : Response.json(answer)
    })
  })
  afterEach(() => {
    page.unmount()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  async function open(...states: typeof answers) {
    answers = states
    page = mount(LedgerPage, { global: { plugins: [i18n] } })
    await flushPromises()
    return page
  }

  it('says what there is and how to check it', async () => {
    await open(well)
    for (const words of ['here.example/ledger', '1,234', 'court.example/witness', '10:00:00', 'abab abab']) expect(page.text()).toContain(words)
    expect(page.find('.overdue').exists()).toBe(false)
    expect(page.findAll('a').map((link) => link.attributes('href'))).toEqual(['/ledger/vkeys', '/verify', '/verify.html', '/ledger/checkpoint'])
  })

  it('says since when evidence is overdue, what is held back, and whom to call', async () => {
    await open(late)
    const told = page.get('.overdue[role=alert]').text()
    for (const words of ['存证已超时', '还有 6 条', '10:00:05', '1 分钟以内', '导出', 'school.example/witness 拒绝签名']) expect(told).toContain(words)
    expect(page.text()).toContain('another root at size 300')
  })

  it('says that nothing is held back where nothing is', async () => {
    await open({ ...late, gates: false })
    expect(page.get('.overdue').text()).toContain('没有暂停任何操作')
  })

  it('asks again while it is looked at, and goes on after a failure', async () => {
    await open(well, 'fails', { ...well, size: 5000, published: 5000 })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(page.text()).toContain('出错了')
    expect(page.text()).toContain('1,234')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(page.text()).toContain('5,000')
    expect(page.text()).not.toContain('出错了')
  })

  it('asks nothing while it is hidden', async () => {
    await open(well, { ...well, size: 5000, published: 5000 })
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(page.text()).not.toContain('5,000')
    hidden.mockRestore()
    document.dispatchEvent(new Event('visibilitychange'))
    await flushPromises()
    expect(page.text()).toContain('5,000')
  })
})
