/** The lists beside the map: where nothing lies below is said once it is known, and who walks down by keyboard stays in them. */
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import type { Region, RegionDetail } from '@/api/types'
import RegionList from '@/desk/pages/map/RegionList.vue'
import { i18n, useLanguage } from '@/shared/i18n'

beforeEach(() => useLanguage('zh-CN'))

const village = { code: '350302001010', name: '兴安社区', level: 'village', ancestors: [] } as unknown as RegionDetail

it.each([[null, false, false], [village, false, false], [village, true, true]])('in %s, all there %s: lowest %s', (region, complete, lowest) => {
  const list = mount(RegionList, { props: { region, children: [], counts: new Map(), grids: [], grid: '', complete }, global: { plugins: [i18n] } })
  expect(list.text().includes('已到最小一级')).toBe(lowest)
})

it('the place one has come to has the focus', async () => {
  const below = [{ code: village.code, name: village.name, level: 'village' }] as unknown as Region[]
  const props = { region: null, children: below, counts: new Map(), grids: [], grid: '', complete: true }
  const list = mount(RegionList, { props, global: { plugins: [i18n] }, attachTo: document.body })
  list.get<HTMLElement>('.below button').element.focus()
  await list.setProps({ region: village, children: [] })
  await flushPromises()
  expect(document.activeElement?.getAttribute('aria-current')).toBe('location')
  list.unmount()
})

it('whoever is elsewhere stays there', async () => {
  const list = mount(RegionList, { props: { region: null, children: [], counts: new Map(), grids: [], grid: '', complete: true }, global: { plugins: [i18n] }, attachTo: document.body })
  await list.setProps({ region: village })
  await flushPromises()
  expect(document.activeElement).toBe(document.body)
  list.unmount()
})
