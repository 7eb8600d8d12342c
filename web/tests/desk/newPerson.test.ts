/** A new account: which code to hand over, before and after its post. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Me } from '@/api/types'
import PersonForm from '@/desk/pages/people/PersonForm.vue'
import PeoplePage from '@/desk/pages/people/PeoplePage.vue'
import PostForm from '@/desk/pages/people/PostForm.vue'
import { useSession } from '@/desk/stores/session'
import { i18n, useLanguage } from '@/shared/i18n'

const person = { account: 'newcomer', name: '林新人', phone: null, active: false, locked: false, lockedUntil: null, posts: [], tokens: 0, totp: false }
const code = (text: string, half: string | null) => ({ code: text, half, link: null, qr: null, expiresAt: '2026-11-29T10:00:00+08:00' })
let page: VueWrapper

beforeEach(async () => {
  setActivePinia(createPinia())
  useSession().me = { account: 'admin1', permissions: { managePeople: true } } as Me
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async () => Response.json({ items: [], next: null }))
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }] })
  page = mount(PeoplePage, { global: { plugins: [i18n, router] }, attachTo: document.body })
  await flushPromises()
  await page.findAll('button').find((one) => one.text() === '新建账号')!.trigger('click')
  page.getComponent(PersonForm).vm.$emit('done', { ...person, activation: code('CODE-1', null) } as never)
  await flushPromises()
})
afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

const card = () => page.get('[role=status][aria-label="一次性激活码"]').text()

async function give(given: object): Promise<void> {
  page.getComponent(PostForm).vm.$emit('done', given as never)
  await flushPromises()
}

it('what is wrong with a new account is said of its field', async () => {
  page.unmount()
  vi.stubGlobal('fetch', async () => Response.json({ code: 'invalid', detail: '太长了：最多50个字，现在有56个。', field: 'name' }, { status: 422 }))
  page = mount(PersonForm, { props: { keep: 'person' }, global: { plugins: [i18n] }, attachTo: document.body }) as unknown as VueWrapper
  const [account, name] = page.findAll('input')
  await page.get('form').trigger('submit')
  await flushPromises()
  expect(document.activeElement).toBe(account!.element)
  await account!.setValue('newcomer')
  await name!.setValue('林新人')
  expect(name!.attributes('maxlength')).toBe('50')
  await page.get('form').trigger('submit')
  await flushPromises()
  expect(page.get('[role=alert]').text()).toBe('姓名：太长了：最多50个字，现在有56个。')
  expect(name!.attributes('aria-invalid')).toBe('true')
  expect(document.activeElement).toBe(name!.element)
})

describe('the code of a new account', () => {
  it('has the focus, though the form of the post opens too', () => {
    expect(document.activeElement).toBe(page.get('[role=status][aria-label="一次性激活码"]').element)
  })

  it('is not to be handed over before the post is there', () => {
    expect(card()).toContain('CODE-1')
    expect(card()).toContain('加完岗位再交给本人')
  })

  it('is handed over when the post needs nobody else', async () => {
    await give({ id: 'post-1' })
    expect(card()).toContain('CODE-1')
    expect(card()).toMatch(/^林新人的激活码，只显示这一次。请当面交给本人/)
  })

  it('gives way to the first half where a second person confirms', async () => {
    await give({ proposal: { id: 'post-1' }, activation: code('CODE-2', 'first') })
    expect(card()).not.toContain('CODE-1')
    expect(card()).toContain('CODE-2')
    expect(card()).toContain('先前给过的激活码已作废')
  })
})
