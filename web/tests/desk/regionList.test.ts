/** The lists beside the map: where nothing lies below is said once it is known. */
import { mount } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'
import type { RegionDetail } from '@/api/types'
import RegionList from '@/desk/pages/map/RegionList.vue'
import { i18n, useLanguage } from '@/shared/i18n'

beforeEach(() => useLanguage('zh-CN'))

const village = { code: '350302001010', name: '兴安社区', level: 'village', ancestors: [] } as unknown as RegionDetail

it.each([[null, false, false], [village, false, false], [village, true, true]])('in %s, all there %s: lowest %s', (region, complete, lowest) => {
  const list = mount(RegionList, { props: { region, children: [], counts: new Map(), grids: [], grid: '', complete }, global: { plugins: [i18n] } })
  expect(list.text().includes('已到最小一级')).toBe(lowest)
})
