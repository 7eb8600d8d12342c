/** Where the focus goes: what opens is in view and has it, what closes hands it back, what is wrong gets it. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import type { Me } from '@/api/types'
import { focusOn, focusProblem } from '@/desk/components/focus'
import DutiesPage from '@/desk/pages/duties/DutiesPage.vue'
import PeoplePage from '@/desk/pages/people/PeoplePage.vue'
import TokensCard from '@/desk/pages/settings/TokensCard.vue'
import TotpForm from '@/desk/pages/settings/TotpForm.vue'
import { useSession } from '@/desk/stores/session'
import { i18n, useLanguage } from '@/shared/i18n'

const person = { account: 'lin', name: '林一', phone: null, active: true, locked: false, lockedUntil: null, posts: [], tokens: 0, totp: false }
const grid = { grid: '350302001010001', name: '兴安一格', duties: [], candidates: [{ role: 'grid_worker', roleName: { zh: '网格员', en: 'Grid worker' }, person: { account: 'lin', name: '林一' } }] }
const activation = { code: 'CODE-9', half: null, link: null, qr: null, expiresAt: '2026-11-29T10:00:00+08:00' }
let page: VueWrapper

function answer({ method, url }: Request): unknown {
  const { pathname } = new URL(url)
  if (pathname.endsWith('/reset')) return { activation, proposal: null }
  if (pathname.endsWith('/me/tokens')) return method === 'POST' ? { token: 'SECRET' } : { items: [] }
  if (pathname.endsWith('/people')) return { items: [person], next: null }
  if (pathname.includes('/duties')) return { items: [grid] }
  return { items: [], next: null }
}

beforeEach(async () => {
  setActivePinia(createPinia())
  useSession().me = { account: 'admin1', permissions: { managePeople: true }, totp: false, totpRequired: false } as Me
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => Response.json(answer(request)))
  vi.stubGlobal('prompt', () => '忘了密码')
})
afterEach(() => {
  page?.unmount()
  vi.unstubAllGlobals()
})

async function show(what: Component, path = '/'): Promise<void> {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }] })
  await router.push(path)
  page = mount(what, { global: { plugins: [i18n, router] }, attachTo: document.body })
  await flushPromises()
}

const button = (label: string) => page.findAll('button').find((one) => one.text() === label)!

async function press(label: string): Promise<void> {
  await button(label).trigger('click')
  await flushPromises()
}

const focused = () => document.activeElement!

describe('people', () => {
  beforeEach(() => show(PeoplePage))

  it('a new account is asked for in its form, and given up where it was begun', async () => {
    await press('新建账号')
    expect(focused().closest('form')?.getAttribute('aria-label')).toBe('新建账号')
    await press('取消')
    expect(focused()).toBe(button('新建账号').element)
  })

  it('a post is given in its form, and given up at the person', async () => {
    await press('添加岗位')
    expect(focused().closest('form')?.getAttribute('aria-label')).toBe('为林一添加岗位')
    await press('取消')
    expect(focused().getAttribute('aria-label')).toBe('为林一添加岗位')
  })

  it('a code that is shown once is before the eyes, and put away at the person', async () => {
    const seen = vi.spyOn(HTMLElement.prototype, 'scrollIntoView')
    await press('重新激活')
    expect(focused().textContent).toContain('CODE-9')
    expect(seen.mock.contexts).toContain(focused())
    await press('已记下')
    expect(focused().closest('[data-person="lin"]')).not.toBeNull()
  })
})

describe('duties', () => {
  beforeEach(() => show(DutiesPage, '/duties?village=350302001010'))

  it('are set in the form of the grid, and given up at the grid', async () => {
    await press('设值守')
    expect(focused().tagName).toBe('SELECT')
    await press('取消')
    expect(focused()).toBe(button('设值守').element)
  })

  it('are read from a file, and the file given up where it was begun', async () => {
    await press('从表格导入')
    expect(focused().getAttribute('type')).toBe('file')
    await press('关闭')
    expect(focused()).toBe(button('从表格导入').element)
  })
})

describe('settings', () => {
  it('a token is made in its form, shown, and put away', async () => {
    await show(TokensCard)
    await press('新建令牌')
    expect(focused().getAttribute('name')).toBe('name')
    await press('取消')
    expect(focused()).toBe(button('新建令牌').element)
    await press('新建令牌')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(focused().textContent).toContain('SECRET')
    await press('已记下')
    expect(focused()).toBe(button('新建令牌').element)
  })

  it('a phone is bound where one proves who one is', async () => {
    await show(TotpForm)
    await press('绑定验证器')
    expect(focused().getAttribute('name')).toBe('current')
    await press('取消')
    expect(focused()).toBe(button('绑定验证器').element)
  })
})

describe('what has to be mended', () => {
  function drawn(markup: string): HTMLElement {
    document.body.innerHTML = `<form tabindex="-1">${markup}</form>`
    return document.querySelector('form')!
  }

  it.each([
    ['<input id="a"><input id="b" aria-invalid="true">', 'b'],
    ['<input id="a"><fieldset aria-invalid="true"><input id="b" type="radio"><input id="c" type="radio"></fieldset>', 'b'],
    ['<input id="a"><select id="b" aria-invalid="true"></select><textarea id="c" aria-invalid="true"></textarea>', 'b'],
  ])('%s', async (markup, first) => {
    const form = drawn(markup)
    await focusProblem(() => form)
    expect(focused().id).toBe(first)
  })

  it('a part without fields is focused itself', async () => {
    const form = drawn('<p>CODE</p><button>OK</button>')
    await focusOn(() => form)
    expect(focused()).toBe(form)
  })
})
