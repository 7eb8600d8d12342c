/** The focus comes back to a button that was disabled while its request was under way. */
import { flushPromises, mount } from '@vue/test-utils'
import { ElButton } from 'element-plus/es/components/button/index.mjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import { keepFocus } from '@/shared/keepFocus'

let stop: () => void
beforeEach(() => (stop = keepFocus(document)))
afterEach(() => {
  stop()
  vi.restoreAllMocks()
})

async function press() {
  const busy = ref(false)
  const form = mount(defineComponent(() => () => h('form', [h('input'), h(ElButton, { loading: busy.value }, () => '提交'), h('a', { href: '#' })])), { attachTo: document.body })
  const button = form.get('button').element
  button.focus()
  busy.value = true
  await nextTick()
  expect(button.disabled).toBe(true)
  // Browsers take the focus from what is disabled, without an event; this one does not.
  const active = vi.spyOn(document, 'activeElement', 'get').mockReturnValue(document.body)
  const focus = vi.spyOn(button, 'focus')
  const answer = async () => {
    busy.value = false
    await flushPromises()
  }
  return { form, active, focus, answer }
}

describe('a button under way', () => {
  it('has the focus again when the answer is there', async () => {
    const { form, focus, answer } = await press()
    await flushPromises()
    expect(focus).not.toHaveBeenCalled()
    await answer()
    expect(focus).toHaveBeenCalledOnce()
    form.unmount()
  })

  it('takes it from nothing that the person went on to', async () => {
    const { form, active, focus, answer } = await press()
    active.mockRestore()
    form.get('input').element.focus()
    form.get('input').element.blur()
    await answer()
    expect(focus).not.toHaveBeenCalled()
    form.unmount()
  })

  it('is not given what it did not have', async () => {
    const busy = ref(true)
    const other = mount(defineComponent(() => () => h(ElButton, { loading: busy.value }, () => '刷新')), { attachTo: document.body })
    const focus = vi.spyOn(other.get('button').element, 'focus')
    busy.value = false
    await flushPromises()
    expect(focus).not.toHaveBeenCalled()
    other.unmount()
  })
})
