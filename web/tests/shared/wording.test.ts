/** The sentences people read, in both languages, through the component that shows them. */
import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Alert } from '@/api/types'
import DueText from '@/desk/components/DueText.vue'
import CaseTimeline from '@/desk/pages/cases/CaseTimeline.vue'
import { i18n, useLanguage, type Language } from '@/shared/i18n'

const now = '2026-11-22T10:00:00+08:00'

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(now), toFake: ['Date', 'setInterval', 'clearInterval'] })
})
afterEach(() => vi.useRealTimers())

async function shown(language: Language, dueAt: string | null, alert: Alert, more: { provisional?: boolean; closed?: boolean } = {}) {
  await useLanguage(language)
  const wrapper = mount(DueText, { props: { dueAt, alert, ...more }, global: { plugins: [i18n, createPinia()] } })
  const text = wrapper.text()
  const classes = wrapper.classes()
  wrapper.unmount()
  return { text, classes }
}

describe('numbers in words', () => {
  it.each([[1, 'More time: 1 day.'], [3, 'More time: 3 days.']])('%s more', async (more, words) => {
    await useLanguage('en')
    const item = { seq: 1, actionName: { zh: '延期', en: 'Extend' }, post: {}, attachments: [], erased: [], ledger: null, extension: { more, unit: 'calendar_days', before: now, after: now } }
    const page = mount(CaseTimeline, { props: { caseId: 'c', items: [item] as never }, global: { plugins: [i18n, createPinia()], stubs: { StepProof: true } } })
    expect(page.text()).toContain(words)
    page.unmount()
  })

  it.each([['2026-11-23T10:00:00+08:00', '1 day left'], ['2026-11-24T10:00:00+08:00', '2 days left']] as const)('until %s', async (dueAt, words) => {
    expect((await shown('en', dueAt, 'none')).text).toContain(words)
  })
})

describe('time left in words', () => {
  it.each([
    ['zh-CN', '2026-11-24T13:00:00+08:00', '剩 2 天 3 小时', '11月24日 13:00 到期'],
    ['zh-CN', '2026-11-22T08:30:00+08:00', '超时 1 小时 30 分钟', '11月22日 08:30 到期'],
    ['zh-CN', '2027-01-04T18:00:00+08:00', '剩 43 天', '2027年1月4日 18:00 到期'],
    ['en', '2026-11-22T10:45:00+08:00', '45 min left', 'due Nov 22, 10:45'],
  ] as const)('%s %s', async (language, dueAt, left, at) => {
    const { text } = await shown(language, dueAt, 'none')
    expect(text).toContain(left)
    expect(text).toContain(at)
  })

  it('colours what is late even before the server has said so', async () => {
    expect((await shown('zh-CN', '2026-11-22T09:59:00+08:00', 'none')).classes).toContain('red')
    expect((await shown('zh-CN', '2026-11-22T11:00:00+08:00', 'amber')).classes).toContain('amber')
  })

  it('names pauses, provisional times and ends', async () => {
    expect((await shown('zh-CN', '2026-11-22T09:00:00+08:00', 'paused')).text).toContain('暂停计时')
    expect((await shown('zh-CN', '2027-03-01T09:00:00+08:00', 'none', { provisional: true })).text).toContain('暂定')
    expect((await shown('zh-CN', null, 'none', { closed: true })).text).toBe('已结束')
    expect((await shown('zh-CN', null, 'none')).text).toBe('无时限')
  })
})
