/** A new password: who has a second factor shows its code, too; what was typed stays where it was refused. */
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Me } from '@/api/types'
import PasswordForm from '@/desk/pages/settings/PasswordForm.vue'
import { useSession } from '@/desk/stores/session'
import { i18n, useLanguage } from '@/shared/i18n'

const [old, fresh] = ['Own-words-77', 'Other-words-78']
const sent: unknown[] = []

beforeEach(async () => {
  sent.length = 0
  await useLanguage('zh-CN')
  setActivePinia(createPinia())
  vi.stubGlobal('fetch', async (request: Request) => {
    const change = (await request.json()) as { code?: string }
    sent.push(change)
    if (change.code === '000000') return Response.json({ code: 'wrong_code', detail: '动态验证码不对。', field: 'code' }, { status: 422 })
    return new Response(null, { status: 204 })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function change(totp: boolean, code?: string) {
  useSession().me = { totp } as Me
  const wrapper = mount(PasswordForm, { global: { plugins: [i18n] }, attachTo: document.body })
  const [current, password, again] = wrapper.findAll('input[type="password"]')
  await current!.setValue(old)
  await password!.setValue(fresh)
  await again!.setValue(fresh)
  if (code) await wrapper.get('input[name="code"]').setValue(code)
  await wrapper.get('form').trigger('submit')
  await flushPromises()
  const typed = () => wrapper.findAll('input[type="password"]').map((input) => (input.element as HTMLInputElement).value)
  return { wrapper, typed }
}

describe('a new password', () => {
  it('lacks something: that has the focus', async () => {
    useSession().me = { totp: false } as Me
    const wrapper = mount(PasswordForm, { global: { plugins: [i18n] }, attachTo: document.body })
    const fields = wrapper.findAll('input[type="password"]')
    for (const field of fields) {
      await wrapper.get('form').trigger('submit')
      await flushPromises()
      expect(document.activeElement).toBe(field.element)
      await field.setValue(fresh)
    }
    expect(sent).toEqual([])
    wrapper.unmount()
  })

  it('takes no code where there is no second factor', async () => {
    const { wrapper, typed } = await change(false)
    expect(wrapper.find('input[name="code"]').exists()).toBe(false)
    expect(sent).toEqual([{ current: old, password: fresh }])
    expect(typed()).toEqual(['', '', ''])
    wrapper.unmount()
  })

  it('takes the code of the phone, and keeps what was typed when that is wrong', async () => {
    const refused = await change(true, '000000')
    expect(refused.wrapper.get('[role="alert"]').text()).toContain('动态验证码不对')
    expect(refused.typed()).toEqual([old, fresh, fresh])
    refused.wrapper.unmount()
    const { wrapper, typed } = await change(true, '123456')
    expect(sent.at(-1)).toEqual({ current: old, password: fresh, code: '123456' })
    expect(typed()).toEqual(['', '', ''])
    wrapper.unmount()
  })
})
