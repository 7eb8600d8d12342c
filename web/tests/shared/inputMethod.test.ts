/** Keys of an input method never reach the page, however a browser tells of them. */
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { guardInputMethod, isInputMethods, onKeys } from '@/shared/inputMethod'
import { walkRows } from '@/shared/walkRows'

const press = (key: string, more: KeyboardEventInit & { type?: string; keyCode?: number } = {}) => {
  const event = new KeyboardEvent(more.type ?? 'keydown', { key, bubbles: true, cancelable: true, ...more })
  if (more.keyCode !== undefined) Object.defineProperty(event, 'keyCode', { value: more.keyCode })
  return event
}

describe('onKeys', () => {
  const enter = vi.fn()
  const keys = onKeys({ Enter: enter, Escape: () => false })
  beforeEach(() => enter.mockClear())

  it.each([
    ['Chrome and Firefox while composing', { isComposing: true, keyCode: 229 }],
    ['a synthetic key while composing', { isComposing: true, keyCode: 13 }],
    ['Safari after the composition', { isComposing: false, keyCode: 229 }],
  ])('leaves %s alone', (_, more) => {
    const event = press('Enter', more)
    expect(isInputMethods(event)).toBe(true)
    keys(event)
    expect(enter).not.toHaveBeenCalled()
    expect(event.defaultPrevented).toBe(false)
  })

  it('handles a person’s own key, once', () => {
    const [own, left, other] = [press('Enter', { keyCode: 13 }), press('Escape'), press('toString')]
    for (const event of [own, left, other]) keys(event)
    expect(enter).toHaveBeenCalledTimes(1)
    expect([own, left, other].map((event) => event.defaultPrevented)).toEqual([true, false, false])
  })
})

describe('walkRows', () => {
  it('moves by a person’s own arrows only', () => {
    const rowKeys = walkRows('a')
    const table = mount(defineComponent({ render: () => h('div', { onKeydown: rowKeys }, [h('a', { href: '#1' }), h('a', { href: '#2' })]) }), { attachTo: document.body })
    const [first, second] = table.findAll('a').map((one) => one.element)
    first!.focus()
    first!.dispatchEvent(press('ArrowDown', { isComposing: true }))
    expect(document.activeElement).toBe(first)
    first!.dispatchEvent(press('ArrowDown'))
    expect(document.activeElement).toBe(second)
    table.unmount()
  })
})

describe('the page’s guard', () => {
  let drop: () => void
  const heard: string[] = []
  const field = document.createElement('input')
  const text = document.createElement('textarea')

  beforeEach(() => {
    heard.length = 0
    drop = guardInputMethod(window)
    document.body.append(field, text)
    for (const kind of ['keydown', 'keyup']) document.addEventListener(kind, note)
  })
  afterEach(() => {
    drop()
    for (const kind of ['keydown', 'keyup']) document.removeEventListener(kind, note)
  })
  const note = (event: Event) => void heard.push(`${event.type} ${(event as KeyboardEvent).key}`)

  it('keeps keys from listeners of libraries too, and Enter from sending a form', () => {
    const enter = press('Enter', { isComposing: true })
    field.dispatchEvent(enter)
    const escape = press('Escape', { isComposing: true })
    text.dispatchEvent(escape)
    const line = press('Enter', { isComposing: true })
    text.dispatchEvent(line)
    expect(heard).toEqual([])
    expect([enter, escape, line].map((event) => event.defaultPrevented)).toEqual([true, true, false])
  })

  it('knows the key that ends a composition when it is let go', () => {
    field.dispatchEvent(press('Enter', { isComposing: true }))
    field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
    field.dispatchEvent(press('Enter', { type: 'keyup', keyCode: 13 }))
    expect(heard).toEqual([])
    field.dispatchEvent(press('Enter', { keyCode: 13 }))
    field.dispatchEvent(press('Enter', { type: 'keyup', keyCode: 13 }))
    expect(heard).toEqual(['keydown Enter', 'keyup Enter'])
  })

  it('knows Safari’s order: the composition ends before the key', () => {
    field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
    field.dispatchEvent(press('Enter', { keyCode: 229 }))
    field.dispatchEvent(press('Enter', { type: 'keyup', keyCode: 13 }))
    expect(heard).toEqual([])
  })

  it('goes by the composition itself where the key does not tell, until the field is left', () => {
    field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
    field.dispatchEvent(press('Enter'))
    text.dispatchEvent(press('Enter'))
    expect(heard).toEqual(['keydown Enter'])
    field.dispatchEvent(new FocusEvent('focusout', { bubbles: true }))
    field.dispatchEvent(press('Escape'))
    expect(heard).toEqual(['keydown Enter', 'keydown Escape'])
  })

  it('takes no own key after a composition that a click ended', () => {
    field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
    field.dispatchEvent(press('Escape', { keyCode: 27 }))
    field.dispatchEvent(press('Escape', { type: 'keyup', keyCode: 27 }))
    expect(heard).toEqual(['keydown Escape', 'keyup Escape'])
  })
})
