/** Setting up the second factor: who it is is asked first; what is shown, what is asked again, and that a code with a space in it will do. */
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import SecondFactorSteps from '@/desk/components/SecondFactorSteps.vue'
import { i18n, useLanguage } from '@/shared/i18n'

const setup = { secret: 'GEZDGNBVGY3TQOJQ', uri: 'otpauth://totp/yizhi:admin?secret=GEZDGNBVGY3TQOJQ', qr: '<svg xmlns="http://www.w3.org/2000/svg"/>' }
const sent: string[] = []

beforeEach(async () => {
  sent.length = 0
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'POST') {
      const { current } = (await request.json()) as { current: string }
      return current === 'Own-words-77' ? Response.json(setup) : Response.json({ code: 'wrong_password', detail: '现在的密码不对。', field: 'current' }, { status: 422 })
    }
    const { code } = (await request.json()) as { code: string }
    sent.push(code)
    if (code === '123456') return new Response(null, { status: 204 })
    return Response.json({ code: 'wrong_code', detail: '动态验证码不对。', field: 'code' }, { status: 422 })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function open() {
  const wrapper = mount(SecondFactorSteps, { global: { plugins: [i18n, createPinia()] }, attachTo: document.body })
  const prove = async (password: string) => {
    await wrapper.get('input[type="password"]').setValue(password)
    await wrapper.get('form').trigger('submit')
    await flushPromises()
  }
  await prove('Wrong-words-77')
  expect(wrapper.get('[role="alert"]').text()).toContain('密码不对')
  await prove('Own-words-77')
  const enter = async (code: string) => {
    await wrapper.get('input').setValue(code)
    await wrapper.get('form').trigger('submit')
    await flushPromises()
  }
  return { wrapper, enter }
}

describe('setting up the second factor', () => {
  it('shows the secret as a picture, in groups for typing, and as a link for the phone itself', async () => {
    const { wrapper } = await open()
    expect(wrapper.get('img').attributes('src')).toContain(encodeURIComponent(setup.qr))
    expect(wrapper.get('code').text()).toBe('GEZD GNBV GY3T QOJQ')
    expect(wrapper.get('a').attributes('href')).toBe(setup.uri)
    wrapper.unmount()
  })

  it('asks again before the server has to', async () => {
    const { wrapper, enter } = await open()
    await enter('12345')
    expect(sent).toEqual([])
    expect(wrapper.get('[role="alert"]').text()).toContain('6 位数字')
    expect(document.activeElement).toBe(wrapper.get('input').element)
    wrapper.unmount()
  })

  it('says what was wrong, empties the field, and is done with the right code', async () => {
    const { wrapper, enter } = await open()
    await enter('654321')
    expect(wrapper.get('[role="alert"]').text()).toContain('动态验证码不对')
    expect(wrapper.get('input').element.value).toBe('')
    expect(wrapper.emitted('done')).toBeUndefined()
    await enter('123 456')
    expect(sent).toEqual(['654321', '123456'])
    expect(wrapper.emitted('done')).toHaveLength(1)
    wrapper.unmount()
  })
})
