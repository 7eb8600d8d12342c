/** Coming back to a list finds as many rows as were shown, and what answers after the page was left changes nothing. */
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { defineComponent } from 'vue'
import { usePages } from '@/desk/components/usePages'
import { pageFilled, rowsShown } from '@/shared/listPlace'

const asked: [string | undefined, number | undefined][] = []
const total = 330
let hold: Promise<void> | null = null

async function read(cursor: string | undefined, limit: number | undefined) {
  asked.push([cursor, limit])
  await hold
  const from = Number(cursor ?? 0)
  const items = Array.from({ length: Math.min(limit ?? 50, total - from) }, (_, n) => from + n)
  const next = from + items.length
  return { items, next: next < total ? String(next) : null }
}

function open() {
  let pages!: ReturnType<typeof usePages<number>>
  const wrapper = mount(defineComponent({ setup: () => ((pages = usePages(read)), () => null) }))
  return { pages, close: () => wrapper.unmount() }
}

beforeEach(() => {
  asked.length = 0
  hold = null
  history.replaceState({ position: 1 }, '')
})

describe('a list', () => {
  it('comes back to the rows that were shown', async () => {
    const first = open()
    await first.pages.reload()
    for (let turn = 0; turn < 5; turn += 1) await first.pages.more()
    expect(rowsShown()).toBe(300)
    first.close()

    asked.length = 0
    const second = open()
    void second.pages.reload()
    await pageFilled()
    expect(second.pages.items.value).toEqual(Array.from({ length: 300 }, (_, n) => n))
    expect(asked).toEqual([[undefined, 200], ['200', 100]])
    await second.pages.reload()
    expect(second.pages.items.value, 'asking again starts at the top').toHaveLength(50)
    second.close()
  })

  it('leaves the history alone once the page was left', async () => {
    let answer!: () => void
    hold = new Promise((resolve) => (answer = resolve))
    const page = open()
    void page.pages.reload()
    page.close()
    history.replaceState({ position: 2 }, '')
    answer()
    await flushPromises()
    expect(history.state).toEqual({ position: 2 })
  })

  it('keeps what else the history says', async () => {
    const page = open()
    await page.pages.reload()
    expect(history.state).toEqual({ position: 1, listRows: 50 })
    page.close()
  })
})
