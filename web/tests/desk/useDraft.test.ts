/** A form comes back as it was typed, without its secrets, and only until it was sent. */
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, nextTick, reactive } from 'vue'
import { useDraft } from '@/desk/components/useDraft'
import { draftLoad, draftSave, draftsClear, draftsOpen } from '@/shared/draft'

interface Form {
  title: string
  phone: string
  password: string
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function open(account = 'chen') {
  const form = reactive<Form>({ title: '', phone: '', password: '' })
  let draft!: ReturnType<typeof useDraft<Form>>
  const page = defineComponent({
    setup() {
      draft = useDraft<Form>(account, 'form', form, { isBlank: (one) => !one.title && !one.phone, tabOnly: ['phone'], never: ['password'] })
      return () => null
    },
  })
  const wrapper = mount(page)
  return { form, draft, close: () => wrapper.unmount() }
}

async function typed(form: Form, values: Partial<Form>): Promise<void> {
  Object.assign(form, values)
  await nextTick()
}

describe('a draft', () => {
  it('keeps names for the tab, secrets nowhere', async () => {
    const first = open()
    await typed(first.form, { title: '路灯', phone: '13800000001', password: 'secret-9' })
    first.close()
    expect(JSON.stringify({ ...localStorage })).not.toMatch(/13800000001|secret-9/)
    expect(JSON.stringify({ ...sessionStorage })).not.toContain('secret-9')
    const second = open()
    expect(second.draft.restored.value).toBe(true)
    expect(second.form).toEqual({ title: '路灯', phone: '13800000001', password: '' })
    second.close()
    sessionStorage.clear()
    const laterTab = open()
    expect(laterTab.form).toEqual({ title: '路灯', phone: '', password: '' })
    laterTab.close()
  })

  it('is written when the page is hidden, before any timer', async () => {
    const page = open()
    await typed(page.form, { title: '路灯' })
    window.dispatchEvent(new Event('pagehide'))
    expect(draftLoad('chen', 'form')).toEqual({ title: '路灯' })
    page.close()
  })

  it('ends when it was sent, when it is emptied, and with the person', async () => {
    const sent = open()
    await typed(sent.form, { title: '路灯' })
    sent.draft.forget()
    sent.close()
    expect(draftLoad('chen', 'form')).toBeNull()

    const emptied = open()
    await typed(emptied.form, { title: '路灯' })
    vi.advanceTimersByTime(1000)
    expect(draftLoad('chen', 'form')).not.toBeNull()
    await typed(emptied.form, { title: '' })
    vi.advanceTimersByTime(1000)
    expect(draftLoad('chen', 'form')).toBeNull()

    await typed(emptied.form, { title: '又来' })
    draftsClear('chen')
    emptied.close()
    expect(draftLoad('chen', 'form'), 'a form on its way out keeps nothing').toBeNull()
    draftsOpen('chen')
  })

  it('of one tab is not ended by what another tab sent or emptied', async () => {
    const tabs = [{}, {}] as Record<string, string>[]
    let here = 0
    function turnTo(tab: number): void {
      tabs[here] = { ...sessionStorage }
      sessionStorage.clear()
      for (const [key, value] of Object.entries(tabs[tab]!)) sessionStorage.setItem(key, value)
      here = tab
    }
    async function typeIn(tab: number, page: ReturnType<typeof open>, title: string): Promise<void> {
      turnTo(tab)
      await typed(page.form, { title })
      vi.advanceTimersByTime(1000)
    }
    for (const [order, ending] of [[[0, 1], 'sent'], [[1, 0], 'sent'], [[0, 1], 'emptied'], [[1, 0], 'emptied']] as const) {
      const pages = [open(), open()]
      for (const tab of order) await typeIn(tab, pages[tab]!, `第 ${tab} 页`)
      turnTo(0)
      if (ending === 'sent') pages[0]!.draft.forget()
      else await typeIn(0, pages[0]!, '')
      pages[0]!.close()
      expect(draftLoad('chen', 'form'), `${order} ${ending}`).toEqual(order[1] === 1 ? { title: '第 1 页' } : null)
      turnTo(1)
      pages[1]!.close()
      const again = open()
      expect(again.form.title, `${order} ${ending}`).toBe('第 1 页')
      again.draft.forget()
      again.close()
      expect(draftLoad('chen', 'form')).toBeNull()
      turnTo(0)
    }
  })

  it('that came back and was sent as it was leaves what another tab has written since', async () => {
    draftSave('chen', 'form', { title: '别的页' })
    draftSave('chen', 'form', { title: '这一页', phone: '', password: '' }, Date.now(), 'tab')
    const page = open()
    expect(page.form.title).toBe('这一页')
    page.draft.forget()
    page.close()
    expect(draftLoad('chen', 'form')).toEqual({ title: '别的页' })
  })

  it('is another person’s to nobody', async () => {
    const page = open('chen')
    await typed(page.form, { title: '路灯' })
    page.close()
    const other = open('lin')
    expect(other.draft.restored.value).toBe(false)
    expect(other.form.title).toBe('')
    other.close()
  })
})
