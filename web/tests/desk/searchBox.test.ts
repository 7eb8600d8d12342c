/** Choosing by keyboard alone, and never what was not asked for. */
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import SearchBox from '@/desk/components/SearchBox.vue'
import { i18n, useLanguage } from '@/shared/i18n'

const names = ['龙桥社区', '龙德井社区', '南门社区']
const search = vi.fn(async (q: string) => names.filter((one) => one.includes(q)).map((one) => ({ key: one, text: one, note: '', value: one })))

beforeEach(async () => {
  vi.useFakeTimers()
  search.mockClear()
  await useLanguage('zh-CN')
})
afterEach(() => vi.useRealTimers())

function open(chosen = '', invalid = false) {
  const props = { search, label: '地点', placeholder: '', nothing: '没有', chosen, eager: true, invalid }
  const wrapper = mount(SearchBox<string>, { props, global: { plugins: [i18n] }, attachTo: document.body })
  const input = wrapper.get('input')
  const type = async (text: string) => {
    await input.setValue(text)
    await vi.advanceTimersByTimeAsync(300)
    await flushPromises()
  }
  const chosenValues = () => (wrapper.emitted('choose') ?? []).map(([value]) => value)
  return { wrapper, input, type, chosenValues }
}

describe('SearchBox', () => {
  it('takes the first with Enter and walks with the arrows', async () => {
    const { input, type, chosenValues } = open()
    await type('龙')
    await input.trigger('keydown', { key: 'Enter' })
    await type('龙')
    await input.trigger('keydown', { key: 'ArrowDown' })
    await input.trigger('keydown', { key: 'ArrowDown' })
    expect(input.attributes('aria-activedescendant')).toMatch(/-1$/)
    await input.trigger('keydown', { key: 'Enter' })
    await type('社')
    await input.trigger('keydown', { key: 'ArrowUp' })
    await input.trigger('keydown', { key: 'Enter' })
    expect(chosenValues()).toEqual(['龙桥社区', '龙德井社区', '南门社区'])
  })

  it('drops what does not fit before the answer has come', async () => {
    const { input, type, wrapper, chosenValues } = open()
    await type('')
    expect(wrapper.findAll('[role=option]')).toHaveLength(3)
    await input.setValue('南')
    await input.trigger('keydown', { key: 'Enter' })
    expect(chosenValues()).toEqual(['南门社区'])
  })

  it.each([[false, 3], [true, 0]])('opens when entered, but covers no message about itself: invalid %s', async (invalid, offered) => {
    const { input, wrapper } = open('', invalid)
    input.element.focus()
    await flushPromises()
    expect(wrapper.findAll('[role=option]')).toHaveLength(offered)
    await input.trigger('click')
    await flushPromises()
    expect(wrapper.findAll('[role=option]')).toHaveLength(3)
    wrapper.unmount()
  })

  it('says when nothing fits, and leaves with Escape as it was', async () => {
    const { input, type, wrapper } = open('南门社区')
    await type('大连')
    expect(wrapper.get('[role=status]').text()).toBe('没有')
    await input.trigger('keydown', { key: 'Escape' })
    expect(input.element.value).toBe('南门社区')
    await type('')
    expect(wrapper.emitted('clear')).toHaveLength(1)
  })

  it('leaves the keys of an input method alone', async () => {
    const { wrapper, input, type, chosenValues } = open()
    await type('龙')
    input.element.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
    for (const key of ['ArrowDown', 'Enter', 'Escape']) await input.trigger('keydown', { key, isComposing: true })
    for (const key of ['ArrowDown', 'Enter', 'Escape']) await input.trigger('keydown', { key, keyCode: 229 })
    expect(input.attributes('aria-activedescendant')).toBeUndefined()
    expect(chosenValues()).toEqual([])
    expect(wrapper.findAll('[role=option]')).toHaveLength(2)
    search.mockClear()
    input.element.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: true }))
    await vi.advanceTimersByTimeAsync(300)
    expect(search).not.toHaveBeenCalled()
  })

  it('keeps Escape for itself while there is something to leave', async () => {
    const { wrapper, input, type } = open()
    const around = vi.fn()
    wrapper.element.parentElement!.addEventListener('keydown', around)
    await type('龙')
    await input.trigger('keydown', { key: 'Escape' })
    expect(around).not.toHaveBeenCalled()
    await input.trigger('keydown', { key: 'Escape' })
    expect(around).toHaveBeenCalledTimes(1)
    wrapper.unmount()
  })
})
