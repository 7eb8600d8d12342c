/** Merging: the other case is asked for once its number is there, and this one is told from it. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ActionForm, Case, Me } from '@/api/types'
import ActionPanel from '@/desk/pages/cases/ActionPanel.vue'
import { useSession } from '@/desk/stores/session'
import { i18n, useLanguage } from '@/shared/i18n'

const merge: ActionForm = {
  code: 'merge', name: { zh: '并案', en: 'Merge' }, tone: 'neutral', note: 'optional', evidence: 'none', to: 'none', caution: null, targets: [],
  fields: { type: 'object', required: ['into'], properties: { into: { type: 'string', title: { zh: '并入案件', en: 'Merge into' }, 'x-source': 'duplicates' } } },
}
const name = { zh: '油烟', en: 'Fumes' }
const shown = { id: 'case-1', number: '350302-20261122-00001', title: '本案', state: 'reported', stateName: name, matter: { code: 'm', name }, region: { path: [] }, occurredAt: '2026-11-22T10:00:00+08:00', attachments: [] } as unknown as Case
const asked: string[] = []
let panel: VueWrapper

beforeEach(async () => {
  asked.length = 0
  vi.useFakeTimers()
  setActivePinia(createPinia())
  useSession().me = { permissions: { attach: false } } as Me
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async ({ url }: Request) => {
    asked.push(new URL(url).pathname.split('/').at(-1)!)
    return Response.json({ ...shown, id: 'case-2', number: '350302-20261122-00002', title: '另一案' })
  })
  const props = { action: merge, possible: true, caseId: 'case-1', version: 5, seen: { version: 5, state: 'reported', stateName: name, lastSeq: 1 }, conflicted: false, sources: { duplicates: { choices: [], help: i18n.global.t('merge.byNumber') } }, shown }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }] })
  panel = mount(ActionPanel, { props, global: { plugins: [i18n, router] }, attachTo: document.body })
})
afterEach(() => {
  panel.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function write(text: string): Promise<void> {
  await panel.get('input').setValue(text)
  await vi.advanceTimersByTimeAsync(600)
  await flushPromises()
}

it('says that a number is wanted', () => expect(panel.text()).toContain('填写案件编号'))

it('asks once, and for nothing that is no number yet', async () => {
  const number = '350302-20261122-00002'
  for (let length = 1; length <= number.length; length += 1) await panel.get('input').setValue(number.slice(0, length))
  expect(asked).toEqual([])
  await vi.advanceTimersByTimeAsync(600)
  await flushPromises()
  expect(asked).toEqual([number])
  expect(panel.text()).toContain('另一案')
})

it('asks for nothing that is no number, and says so when it is sent', async () => {
  await write('油烟那件')
  expect(asked).toEqual([])
  expect(panel.text()).not.toContain('这不是案件编号')
  await panel.get('form').trigger('submit')
  await flushPromises()
  expect(panel.text()).toContain('这不是案件编号')
  expect(document.activeElement).toBe(panel.get('input').element)
  expect(asked).toEqual([])
})

it('does not set the case beside itself', async () => {
  await write('350302-20261122-00001')
  expect(asked).toEqual([])
  expect(panel.text()).toContain('这就是本案的编号')
  await panel.get('form').trigger('submit')
  await flushPromises()
  expect(asked).toEqual([])
})
