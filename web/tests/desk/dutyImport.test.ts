/** What came of a table of duties, in words: the server tells only so many faults at once. */
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import DutyImport from '@/desk/pages/duties/DutyImport.vue'
import { i18n, useLanguage } from '@/shared/i18n'

let answer: { added: number; faultCount: number; faults: { line: number; message: string }[] }

beforeEach(async () => {
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async () => Response.json(answer))
})
afterEach(() => vi.unstubAllGlobals())

const faults = (count: number) => Array.from({ length: count }, (_, index) => ({ line: index + 2, message: '没有这个网格。' }))

async function importing() {
  const page = mount(DutyImport, { global: { plugins: [i18n] }, attachTo: document.body })
  const input = page.get<HTMLInputElement>('input[type=file]')
  Object.defineProperty(input.element, 'files', { value: [new File(['网格编码'], 'duties.csv')], configurable: true })
  await input.trigger('change')
  await vi.waitFor(flushPromises)
  await vi.waitFor(() => expect(page.get('[role=status]').text()).not.toBe(''))
  return page
}

describe('faults of a table', () => {
  it.each([[49, 49, '有 49 处错误，全部改正后才会导入'], [100, 100, '有 100 处错误，全部改正后才会导入'], [5_000, 100, '有 5000 处错误，先列出前 100 处']])('%s of them', async (faultCount, count, words) => {
    answer = { added: 0, faultCount, faults: faults(count) }
    const page = await importing()
    expect(page.get('[role=status]').text()).toMatch(new RegExp(`^${words}`))
    expect(page.findAll('li')).toHaveLength(count)
    page.unmount()
  })

  it('in one line are all told', async () => {
    answer = { added: 0, faultCount: 2, faults: [{ line: 1, message: '缺少“网格编码”列。' }, { line: 1, message: '缺少“角色”列。' }] }
    const warned = vi.spyOn(console, 'warn')
    const page = await importing()
    expect(page.findAll('li')).toHaveLength(2)
    expect(warned).not.toHaveBeenCalled()
    page.unmount()
  })
})
