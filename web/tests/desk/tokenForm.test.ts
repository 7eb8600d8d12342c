/** A token that was being made when the session ended: its form comes back, the password does not. */
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Me } from '@/api/types'
import TokensCard from '@/desk/pages/settings/TokensCard.vue'
import { useSession } from '@/desk/stores/session'
import { i18n, useLanguage } from '@/shared/i18n'

let expired = false

beforeEach(async () => {
  expired = false
  setActivePinia(createPinia())
  useSession().me = { account: 'chen', permissions: { readCases: true }, totpRequired: false } as unknown as Me
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    if (expired) return Response.json({ code: 'no_session' }, { status: 401 })
    return Response.json(request.method === 'POST' ? { token: 'yz_secret' } : { items: [], next: null })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function open() {
  const card = mount(TokensCard, { global: { plugins: [i18n] }, attachTo: document.body })
  await flushPromises()
  return card
}

const press = (card: Awaited<ReturnType<typeof open>>, text: string) => card.findAll('button').find((one) => one.text() === text)!.trigger('click')

it('comes back until it was made or given up', async () => {
  const first = await open()
  expect(first.find('form').exists()).toBe(false)
  await press(first, '新建令牌')
  await first.get('input[name=name]').setValue('统计程序')
  await first.get('input[name=current]').setValue('Own-words-77')
  expired = true
  await first.get('form').trigger('submit')
  await flushPromises()
  first.unmount()
  expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toContain('Own-words-77')

  expired = false
  const second = await open()
  expect(second.get<HTMLInputElement>('input[name=name]').element.value).toBe('统计程序')
  expect(second.get<HTMLInputElement>('input[name=current]').element.value).toBe('')
  await second.get('form').trigger('submit')
  await flushPromises()
  expect(second.text()).toContain('yz_secret')
  second.unmount()

  const third = await open()
  expect(third.find('form').exists()).toBe(false)
  await press(third, '新建令牌')
  await third.get('input[name=name]').setValue('又一个')
  await press(third, '取消')
  third.unmount()
  const last = await open()
  expect(last.find('form').exists()).toBe(false)
  last.unmount()
})
