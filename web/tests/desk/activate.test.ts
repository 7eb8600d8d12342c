/** Setting one's own password by a one-time code: what is asked, in which order, and that the code leaves the address. */
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import ActivatePage from '@/desk/pages/sign-in/ActivatePage.vue'
import { i18n, useLanguage } from '@/shared/i18n'

interface Sent {
  code: string
  confirmation?: string
  password?: string
}
const sent: Sent[] = []
let inHalves = false

beforeEach(async () => {
  sent.length = 0
  inHalves = false
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    const body = (await request.json()) as Sent
    sent.push(body)
    if (body.code.startsWith('WRONG')) return Response.json({ code: 'activation_over', detail: '激活码不对。', field: 'code' }, { status: 401 })
    return Response.json({ account: 'wang.fang', name: '王芳', inHalves, done: !!body.password })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function open(hash: string) {
  const routes = ['/activate', '/sign-in'].map((path) => ({ path, component: { template: '<p />' } }))
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push(`/activate${hash}`)
  const wrapper = mount(ActivatePage, { global: { plugins: [i18n, createPinia(), router] }, attachTo: document.body })
  await flushPromises()
  const fill = async (values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) await wrapper.get(`input[name="${name}"]`).setValue(value)
    await wrapper.get('form').trigger('submit')
    await flushPromises()
  }
  return { wrapper, router, fill }
}

describe('activating an account', () => {
  it('takes the code out of the address and says whose it is', async () => {
    const { wrapper, router } = await open('#code=AAAA-BBBB-CCCC-DDDD')
    expect(router.currentRoute.value.fullPath).toBe('/activate')
    expect(sent).toEqual([{ code: 'AAAA-BBBB-CCCC-DDDD' }])
    expect(wrapper.text()).toContain('wang.fang')
    expect(wrapper.find('input[name="confirmation"]').exists()).toBe(false)
    wrapper.unmount()
  })

  it('asks twice for the password before the server is asked', async () => {
    const { wrapper, fill } = await open('#code=AAAA')
    await fill({ password: 'Own-choice-77', again: 'Own-choice-78' })
    expect(sent).toHaveLength(1)
    expect(wrapper.get('[role="alert"]').text()).toContain('不一致')
    await fill({ again: 'Own-choice-77' })
    expect(sent[1]).toEqual({ code: 'AAAA', password: 'Own-choice-77' })
    expect(wrapper.text()).toContain('密码已设置')
    wrapper.unmount()
  })

  it('takes both halves where two people tell them', async () => {
    inHalves = true
    const { wrapper, fill } = await open('#code=AAAA')
    await fill({ password: 'Own-choice-77', again: 'Own-choice-77' })
    expect(wrapper.get('[role="alert"]').text()).toContain('第二个激活码')
    await fill({ confirmation: 'BBBB' })
    expect(sent.at(-1)).toEqual({ code: 'AAAA', confirmation: 'BBBB', password: 'Own-choice-77' })
    wrapper.unmount()
  })

  it('says what is wrong with a code', async () => {
    const { wrapper, fill } = await open('')
    expect(sent).toEqual([])
    await fill({ code: 'WRONG' })
    expect(wrapper.text()).toContain('激活码不对')
    wrapper.unmount()
  })
})
